"""Addresses of the surveys."""

from django.urls import path

from surveys import views

app_name = "surveys"
urlpatterns = [
    path("phieu/", views.vote, name="vote"),
    path("cam-on/", views.thanks, name="thanks"),
    path("<token>/", views.ballot, name="ballot"),
]
