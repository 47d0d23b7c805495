from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HistoryConfig(AppConfig):
    name = "onestop.history"
    label = "history"
    verbose_name = "Nhật ký"

    def ready(self) -> None:
        from onestop.history.triggers import install_after_migrate  # models are not loaded before this moment

        # The one permitted signal: a table that SQLite rebuilds in a migration silently loses its triggers.
        post_migrate.connect(install_after_migrate, sender=self)
