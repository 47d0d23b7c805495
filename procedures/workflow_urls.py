"""Addresses of the internal processes."""

from django.urls import path

from procedures.views import workflows as views

app_name = "workflows"
urlpatterns = [
    path("", views.index, name="list"),
    path("du-thao/<int:pk>/", views.draft, name="draft"),
    path("du-thao/<int:pk>/ban-hanh/", views.publish, name="publish"),
    path("du-thao/<int:pk>/bo/", views.discard, name="discard"),
    path("<str:ma>/", views.detail, name="detail"),
    path("<str:ma>/soan/", views.start, name="start"),
]
