"""A gateway on this machine, as ill-behaved as real ones: it answers, late, with an error, or never."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from onestop.outbox.gateway import is_signed

KEY = "a-key-that-only-the-tests-and-their-gateway-know"


class FakeGateway(ThreadingHTTPServer):
    """`answers` are taken one after the other, the last one for ever: a status, "late" or "never" (both after taking the message).

    `taken` is what a citizen would get: one message for each errand, however often it was posted.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int | str] = [200]
        self.posts: list[dict] = []
        self.taken: dict[str, dict] = {}
        self.unsigned = 0
        self.lag = 0.6
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"

    def next_answer(self) -> int | str:
        with self.lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def handle_error(self, request, client_address) -> None:
        """Whoever gave up waiting has closed the line; that is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeGateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not is_signed(self.headers.get("X-Onestop-Signature", ""), KEY, body, now=int(time.time())):
            self.server.unsigned += 1
            return self._answer(401)
        content = json.loads(body)
        errand = self.headers["Idempotency-Key"]
        self.server.posts.append(content | {"errand": errand, "path": self.path})
        answer = self.server.next_answer()
        if answer in {"late", "never"} or (isinstance(answer, int) and answer < 300):
            with self.server.lock:
                self.server.taken.setdefault(errand, content)
        if answer in {"late", "never"}:
            time.sleep(self.server.lag if answer == "late" else 3 * self.server.lag)
            if answer == "never":
                return self.connection.close()
            answer = 200
        return self._answer(answer)

    do_GET = do_POST

    def _answer(self, status: int) -> None:
        body = json.dumps({"id": f"gw-{len(self.server.taken)}"}).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.address}-elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def fake_gateway() -> Iterator[FakeGateway]:
    """A gateway that runs while the block does."""
    server = FakeGateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
