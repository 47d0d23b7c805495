from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "onestop.vault"
    label = "vault"
    verbose_name = "Kho tệp"
