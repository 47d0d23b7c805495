"""A counter PC without a browser: one kept connection, the cookies of one person, the forms of the desk."""
import http.client
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode
from uuid import uuid4

from onestop.demo.people import invented_id

SECONDS_FOR_AN_ANSWER = 60
INTAKE = "/quay/tiep-nhan/"
# The server closes a kept connection after two idle seconds; a browser notices that and opens another.
IDLE_SECONDS = 1.0
# Django takes any well-formed secret as long as cookie and form say the same.
CSRF = "stress0test0stress0test0stress00"
NAMES = ("Thạch Thị Sóc Kha", "Nguyễn Văn Đặng", "Sơn Minh Khang", "Trần Thị Ngọc Ánh", "Kim Sa Rươl", "Lý Thị Hồng Thắm")
_serial = count(700_000)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


@dataclass
class Desk:
    """One person's browser. Errors of the connection are OSError or http.client.HTTPException, as they come."""

    port: int
    cookies: dict[str, str] = field(default_factory=lambda: {"csrftoken": CSRF})
    _connection: http.client.HTTPConnection | None = None
    _used_at: float = 0.0

    def get(self, address: str) -> Answer:
        return self._request("GET", address, None)

    def post(self, address: str, fields: dict[str, str]) -> Answer:
        return self._request("POST", address, urlencode({**fields, "csrfmiddlewaretoken": CSRF}))

    def log_in(self, username: str, password: str) -> None:
        answer = self.post("/dang-nhap/", {"username": username, "password": password})
        assert answer.status in {302, 303}, answer.text[:500]

    def _request(self, method: str, address: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            self.hang_up()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_FOR_AN_ANSWER)
        try:
            self._connection.request(method, address, body, headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        self._used_at = time.monotonic()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.split(";")[0]
        self.cookies["csrftoken"] = CSRF
        return Answer(response.status, response.getheader("Location", ""), text.decode("utf-8", "replace"))

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(frozen=True)
class Form:
    """A filled intake. `key` is its submission key without hyphens, as SQLite keeps it."""

    key: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Procedure:
    """What is handed in: the code, the case, and how many papers "Đủ" ticks."""

    code: str
    case: str
    basis: str
    papers: int


def filled(procedure: Procedure) -> Form:
    """The intake of somebody who was never here."""
    serial, key = next(_serial), uuid4()
    fields = {
        "submission_key": str(key),
        "act": "save",
        "name": NAMES[serial % len(NAMES)],
        "personal_id": invented_id(1985, "female", serial),
        "birth": "05/03/1985",
        "sex": "female",
        "address": "Ấp Chợ, xã Trà Kha",
        "phone": "0900000123",
        "phone_owner": "own",
        "procedure": procedure.code,
        "case": procedure.case,
        "basis": procedure.basis,
        "all_there": "on",
        "channel": "counter",
        "delivery": "desk",
        "set_count": "1",
        "slip_language": "vi",
        "warnings_seen": "1",
    }
    return Form(key.hex, fields)


def code_of(location: str) -> str:
    """The dossier code in the address of the page after saving."""
    return location.rstrip("/").rsplit("/", 1)[-1]


def at_once(works: Sequence[Callable[[], None]], seconds: float) -> None:
    """Do all of this at the same time; re-raises the first fault, and whoever takes longer is one."""
    faults: list[BaseException] = []
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            barrier.wait(seconds)
            work()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        if thread.is_alive():
            raise TimeoutError(f"a client was not done within {seconds} s")
    if faults:
        raise faults[0]
