"""Addresses of the accounts."""
from django.urls import path

from onestop.staff.views import people, session

app_name = "staff"
urlpatterns = [
    path("dang-nhap/", session.log_in, name="log_in"),
    path("dang-xuat/", session.log_out, name="log_out"),
    path("doi-nguoi/", session.switch_person, name="switch_person"),
    path("doi-mat-khau/", session.change_password, name="change_password"),
    path("bat-dau/", session.start, name="start"),
    path("quan-tri/nguoi-dung/", people.people, name="people"),
    path("quan-tri/nguoi-dung/them/", people.person_create, name="person_create"),
    path("quan-tri/nguoi-dung/<int:pk>/", people.person_edit, name="person_edit"),
    path("quan-tri/nguoi-dung/<int:pk>/khoa/", people.person_disable, name="person_disable"),
    path("quan-tri/nguoi-dung/<int:pk>/mo/", people.person_enable, name="person_enable"),
    path("quan-tri/nguoi-dung/<int:pk>/cap-mat-khau/", people.person_new_password, name="person_new_password"),
    path("quan-tri/nguoi-dung/<int:pk>/mat-khau-lan-dau/", people.person_first_password, name="person_first_password"),
]
