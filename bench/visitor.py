"""A browser without a network: requests go through the whole WSGI application, middleware and all."""
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit

from django.core.handlers.wsgi import WSGIHandler

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return body.decode()


class Visitor:
    """Keeps cookies as a browser does and asks for compressed pages as every browser does."""

    application: WSGIHandler | None = None

    def __init__(self, cookies: dict[str, str] | None = None) -> None:
        if Visitor.application is None:
            Visitor.application = WSGIHandler()
        self.cookies = dict(cookies or {})

    def get(self, address: str) -> Answer:
        """One page, not following redirects; cookies that it sets are kept."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        body = self._run(self._environ(address), lambda status, headers, *_: started.append((status, headers)))
        status, headers = started[0]
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        return Answer(int(status.split()[0]), {name.lower(): value for name, value in headers}, body)

    def getter(self, address: str) -> Callable[[], None]:
        """The same request again and again, for the clock; raises when the page is not the one that is meant."""
        environ = self._environ(address)

        def get() -> None:
            # A fresh copy each time, as a server gives; Django writes into it.
            self._run({**environ, "wsgi.input": BytesIO()}, expect_ok)

        return get

    def _environ(self, address: str) -> dict:
        parts = urlsplit(address)
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            # WSGI wants the bytes of the path as Latin-1.
            "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": f"{HOST}:8000",
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "HTTP_ACCEPT_LANGUAGE": "vi",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return environ

    def _run(self, environ: dict, start: Callable) -> bytes:
        response = Visitor.application(environ, start)
        try:
            return b"".join(response)
        finally:
            response.close()


def expect_ok(status: str, headers: list, *_: object) -> None:
    if not status.startswith("200"):
        raise RuntimeError(f"a page that is measured answered {status}")
