from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "onestop.worktime"
    label = "worktime"
    verbose_name = "Lịch làm việc"
