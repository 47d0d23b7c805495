"""The worker's entry point with the real schedule, hurried: each job every second instead of at its time."""
from django.conf import settings

from onestop.celery import app

app.conf.beat_schedule = {title: {"task": entry["task"], "schedule": 1.0} for title, entry in settings.CELERY_BEAT_SCHEDULE.items()}
