"""Pages of the frame: home, health, display choices, errors."""
from django.http import HttpResponseForbidden


def csrf_failure(request, reason=""):
    return HttpResponseForbidden()
