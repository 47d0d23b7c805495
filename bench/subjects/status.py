"""The citizen's status page against an empty public page behind the same middleware."""
from django.urls import reverse

from bench.bench import Bench
from bench.measure import compare
from bench.report import Line, ratio_line
from bench.urls import HELLO
from bench.visitor import Visitor
from dossiers import secrets
from dossiers.models import Dossier

RATIO = 20
PAGE_KB = 8


def measure(bench: Bench) -> list[Line]:
    dossier = bench.world.long
    citizen, passer_by = citizen_of(bench, dossier), bench.visitor()
    page = citizen.get(reverse("dossiers:status"))
    if page.status != 200 or dossier.code not in page.text:
        raise RuntimeError(f"the status page answered {page.status} without the dossier's code")
    if passer_by.get(HELLO).status != 200:
        raise RuntimeError("the hello page is not there")
    found = compare(citizen.getter(reverse("dossiers:status")), passer_by.getter(HELLO), bench.clock)
    bench.check_connection()
    return [
        ratio_line("status", "status page ÷ hello page, same middleware", RATIO, found),
        Line("status", "status page on the wire", round(len(page.body) / 1000, 1), PAGE_KB, "kB"),
    ]


def citizen_of(bench: Bench, dossier: Dossier) -> Visitor:
    """A phone that has followed the QR of the dossier's slip."""
    visitor = bench.visitor()
    opened = visitor.get(reverse("dossiers:token", args=[secrets.token(dossier.code, dossier.secret_version)]))
    if opened.status not in {302, 303} or not visitor.cookies:
        raise RuntimeError(f"the token's page answered {opened.status} and gave no grant")
    return visitor
