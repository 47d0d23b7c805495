"""The last full page of a long register against its first."""
import re
from html import unescape

from django.urls import reverse

from bench.bench import Bench
from bench.measure import compare
from bench.report import Line, ratio_line
from bench.subjects.register import codes
from bench.visitor import Visitor
from dossiers.listing import PAGE_SIZE
from dossiers.models import Dossier

RATIO = 1.25
NEXT = re.compile(r'<a rel="next" href="([^"]+)"')


def measure(bench: Bench) -> list[Line]:
    office = bench.world.big
    clerk = bench.logged_in(office.clerk)
    pages, seen = walk(clerk, reverse("dossiers:list"))
    # The register leaves the certification sessions out until somebody asks for them.
    expected = Dossier.objects.filter(agency=office.agency).without_certification().count()
    last = pages[-1 if len(seen) % PAGE_SIZE == 0 else -2]
    if len(seen) != expected or len(set(seen)) != expected or len(codes(clerk.get(last).text)) != PAGE_SIZE:
        raise ValueError(f"{len(pages)} pages showed {len(set(seen))} of {expected} dossiers, {len(seen)} lines in all")
    found = compare(clerk.getter(last), clerk.getter(pages[0]), bench.clock)
    bench.check_connection()
    return [ratio_line("keyset", f"register, last full page of {len(pages)} ÷ page 1", RATIO, found)]


def walk(visitor: Visitor, address: str) -> tuple[list[str], list[str]]:
    """Follow "next" to the end, as a clerk would: the addresses of all pages and every code on them."""
    base, pages, seen = address, [address], []
    while True:
        text = visitor.get(pages[-1]).text
        seen += codes(text)
        following = NEXT.search(text)
        if following is None:
            return pages, seen
        pages.append(base + unescape(following[1]))
