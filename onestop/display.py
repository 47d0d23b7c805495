"""What a visitor chose to see: language, size of letters, contrast."""


class DisplayMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


def page_frame(request) -> dict:
    """What every page's frame needs."""
    return {}
