"""Entry point of the web server."""
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
application = get_wsgi_application()
# Reads the models, which are loaded only now.
import_module("onestop.staff.checks").refuse_demo_accounts()
