"""The public catalogue: a list to search and one page per procedure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from onestop.staff.access import public_agency
from procedures import wording
from procedures.catalogue import Row, snapshot
from procedures.entries import CODE
from procedures.filters import Wish
from procedures.models import ProcedureVersion
from procedures.search import official_code
from procedures.sheets import sheet_of

PAGE_SIZE = 20
SHOWN_WORDS = 60
MAX_AGE = 300
NATIONAL_PORTAL = "https://dichvucong.gov.vn/"


def kept_by_browsers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Let browsers and proxies keep the page for five minutes and ask again by ETag.

    Only for visitors without any cookie: a page for somebody with a session or display choices is his alone.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        if request.COOKIES:
            response.headers["Cache-Control"] = "private, no-cache"
            return response
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers["Cache-Control"] = f"max-age={MAX_AGE}"
        response.headers["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response

    return shown


@dataclass(frozen=True)
class Line:
    """One procedure in the public list."""

    row: Row
    limit: str
    fee: str
    channels: str
    reason: str


@login_not_required
@require_safe
@kept_by_browsers
def procedure_list(request: HttpRequest) -> HttpResponse:
    found = snapshot(timezone.localdate())
    sectors = found.sectors
    wish = Wish.from_query(request.GET, dict(sectors))
    page = Paginator(wish.of(found.rows), PAGE_SIZE).get_page(wish.page)
    context = {
        "wish": wish,
        "sectors": sectors,
        "page": page,
        "lines": [_line(row) for row in page],
        "pages": _page_links(wish, page),
        "result_sentence": say_count(page.paginator.count),
        "empty_sentence": "" if page.paginator.count else _say_empty(request, wish),
    }
    return render(request, "procedures/procedure_list.html", context)


def say_count(count: int) -> str:
    """The result sentence, read aloud by screen readers."""
    return ngettext("Có %(count)d thủ tục", "Có %(count)d thủ tục", count) % {"count": count}


def _line(row: Row) -> Line:
    return Line(
        row,
        limit=wording.say_summary_limit(row.summary),
        fee=wording.say_fee_span(row.summary.get("fee", {})),
        channels=", ".join(wording.say_channel(channel) for channel in row.channels) or wording.no_data(),
        reason=wording.say_reason(row.not_receivable_reason),
    )


def _page_links(wish: Wish, page: Page) -> list[tuple[str, str]]:
    """(text, address) of the pages to jump to; the current one and gaps have no address."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [(str(number), "" if number == page.number or not isinstance(number, int) else wish.on_page(number)) for number in numbers]


def _say_empty(request: HttpRequest, wish: Wish) -> str:
    agency = public_agency(request)
    ask = gettext("gọi %(phone)s") % {"phone": agency.hotline} if agency and agency.hotline else gettext("hỏi tại quầy tiếp nhận")
    if not wish.words:
        return gettext("Không tìm thấy thủ tục nào. Thử bỏ bớt điều kiện lọc, hoặc %(ask)s.") % {"ask": ask}
    words = wish.words if len(wish.words) <= SHOWN_WORDS else f"{wish.words[:SHOWN_WORDS]}…"
    return gettext("Không tìm thấy thủ tục nào với từ “%(words)s”. Thử từ khác, bỏ bớt điều kiện lọc, hoặc %(ask)s.") % {
        "words": words,
        "ask": ask,
    }


@login_not_required
@require_safe
@kept_by_browsers
def procedure_detail(request: HttpRequest, ma: str) -> HttpResponse:
    on = timezone.localdate()
    version = _version_to_show(ma, on)
    procedure = version.procedure
    if procedure.code != ma:
        return redirect(procedure, permanent=True)
    context = {
        "version": version,
        "procedure": procedure,
        "sheet": sheet_of(version),
        "agency": public_agency(request),
        "expired": not version.in_force(on),
        "portal": NATIONAL_PORTAL if "online" in version.channels else "",
    }
    return render(request, "procedures/procedure_detail.html", context)


def _version_to_show(ma: str, on: date) -> ProcedureVersion:
    """The version of that code which began last, in force or expired; the code with or without dots and suffix."""
    codes = {code for code in (ma.upper(), official_code(ma)) if CODE.fullmatch(code)}
    if not codes:
        raise Http404  # the database never sees what cannot be a code
    begun = ProcedureVersion.objects.exclude(state=ProcedureVersion.State.DRAFT).filter(effective_from__lte=on)
    version = (
        begun.filter(procedure__code__in=codes)
        .select_related("procedure__sector", "replaced_by", "sheet")
        .order_by("-effective_from", "-number")
        .first()
    )
    if version is None:
        raise Http404
    return version
