from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "onestop.history"
    label = "history"
    verbose_name = "Nhật ký"
