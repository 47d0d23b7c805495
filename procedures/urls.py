from django.urls import path

from procedures.views import public as views

app_name = "procedures"
urlpatterns = [
    path("", views.procedure_list, name="list"),
    path("<str:ma>/", views.procedure_detail, name="detail"),
]
