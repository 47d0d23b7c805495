"""All addresses (the sitemap is described in docs/architecture.md)."""
from django.urls import path

urlpatterns: list = []
