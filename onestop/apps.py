from django.apps import AppConfig


class OnestopConfig(AppConfig):
    name = "onestop"
    label = "onestop"
    verbose_name = "Khung của cổng"
