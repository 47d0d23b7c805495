from django.apps import AppConfig
from django.core.checks import register


class StaffConfig(AppConfig):
    name = "onestop.staff"
    label = "staff"
    verbose_name = "Cán bộ"

    def ready(self) -> None:
        # Reads the models, which are not loaded before.
        from onestop.staff.checks import no_demo_accounts

        register(no_demo_accounts, "onestop")
