"""The product's settings with Django's admin beside it: the peer that the register is measured against.

Nothing else of what answers a request differs, least of all the middleware. The product itself has no
admin: it would go round the lifecycle.
"""
from onestop import settings as product

for _name in dir(product):
    if _name.isupper():
        globals()[_name] = getattr(product, _name)

INSTALLED_APPS = [*product.INSTALLED_APPS, "django.contrib.admin"]
ROOT_URLCONF = "bench.urls"
DATABASES = {
    "default": product.DATABASES["default"]
    # A parallel worker's CPU time would be counted nowhere: neither side may have one.
    | {"OPTIONS": {"options": "-c max_parallel_workers_per_gather=0"}}
}
# Hashed names as in production, without the minutes of compressing the admin's own files.
STORAGES = product.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
SILENCED_SYSTEM_CHECKS = [*product.SILENCED_SYSTEM_CHECKS]
