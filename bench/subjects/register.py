"""A page of the register against the Django admin's list of the same commune."""
import re

from django.urls import reverse

from bench.bench import Bench
from bench.measure import compare
from bench.report import Line, ratio_line
from bench.urls import ADMIN_LIST
from dossiers.listing import PAGE_SIZE
from onestop.history.models import AccessEntry

RATIO = 1 / 8
CODE = re.compile(r">\s*(H61\.\d+-\d{6}-\d{4,})\s*<")


def measure(bench: Bench) -> list[Line]:
    office = bench.world.big
    clerk = bench.logged_in(office.clerk)
    ours, theirs = reverse("dossiers:list"), f"{ADMIN_LIST}?agency__id__exact={office.agency.pk}"
    before = AccessEntry.objects.count()
    page, admin = clerk.get(ours), clerk.get(theirs)
    if AccessEntry.objects.count() != before + 1:
        raise ValueError("the register page did not put itself on record exactly once")
    if 'name="tu-khoa"' not in page.text or 'name="trang-thai"' not in page.text:
        raise ValueError("the register page has no filter form")
    if codes(page.text) != codes(admin.text) or len(codes(page.text)) != PAGE_SIZE:
        raise ValueError(f"the two pages differ: {len(codes(page.text))} and {len(codes(admin.text))} dossiers")
    found = compare(clerk.getter(ours), clerk.getter(theirs), bench.clock)
    bench.check_connection()
    return [ratio_line("register", f"register page, {PAGE_SIZE} rows ÷ Django admin list of the same commune", RATIO, found)]


def codes(html: str) -> list[str]:
    """The dossier codes of a list in their order."""
    return list(dict.fromkeys(CODE.findall(html)))
