"""The register: every dossier that an agency received, to search, to filter and to page through."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.filters import CODES_ONLY, FLOWS, STATUSES, TIMELINESS, Wish, dossier_code
from dossiers.listing import (
    CURSOR_KEY,
    REGISTER_COLUMNS,
    Lines,
    Page,
    options_html,
    page_of,
    read_cursor,
    register_html,
    register_rows,
    say_capped_count,
)
from dossiers.models import Dossier
from dossiers.rules import READERS, sees_personal_data
from dossiers.views.reception import address_of_token
from dossiers.views.register_book import READERS as BOOK_READERS
from onestop.history.access import AccessKind, note_access
from onestop.reading import Unreadable
from onestop.reading.card import Card, SlipToken, read_scan
from onestop.staff.access import agencies_visible_to, role_required
from onestop.staff.models import Agency
from onestop.staff.roles import ACROSS_COMMUNES
from onestop.worktime.store import calendar_in_force
from procedures.catalogue import procedure_names, snapshot
from procedures.search import find, official_code

STATUS_OPTIONS = [(slug, label) for slug, (label, _) in STATUSES.items()]
FLOW_OPTIONS = [(slug, label) for slug, (label, _) in FLOWS.items()]
TIMELINESS_OPTIONS = [(slug, label) for slug, (label, _) in TIMELINESS.items()]


@role_required(*READERS)
@require_safe
def dossier_list(request: HttpRequest) -> HttpResponse:
    """One page of the register. A whole code, or the QR of a slip, opens the dossier itself."""
    now = timezone.now()
    query = request.GET
    if found := _scanned(request):
        return redirect(found)
    catalogue = snapshot(timezone.localdate(now))
    sectors = catalogue.sectors
    wish = Wish.from_query(query, sectors=dict(sectors), procedures=lambda text: _procedures(text, catalogue.rows))
    agencies, agency = _agencies(request, wish)
    sees_names = _sees_names(request.user, agency)
    dossiers = wish.of(_scope(request, agency), now=now, agency=agency, codes_only=not sees_names)
    page, count = Page([], ""), "0"
    if agency is not None or dossier_code(wish.words):
        page = page_of(dossiers, REGISTER_COLUMNS, read_cursor(query.get(CURSOR_KEY, "")))
        count = say_capped_count(dossiers)
    if len(page.rows) == 1 and dossier_code(wish.words, agency.code if agency else "") and not wish.narrows:
        return redirect("dossiers:detail", page.rows[0][2])
    kind = AccessKind.SEARCH if wish.words else AccessKind.LIST
    note_access(request, kind, f"agency:{agency.pk}" if agency else "", f"Hồ sơ: {wish.kinds()}; {len(page.rows)} dòng")
    rows = register_rows(page.rows, Lines(now, calendar_in_force(request.user.agency_id), sees_names))
    context = {
        "wish": wish,
        "rows": rows,
        "body": register_html(rows),
        "count": count,
        "agency": agency,
        "agencies": agencies,
        "selects": [
            ("trang-thai", "Trạng thái", options_html(STATUS_OPTIONS, wish.status)),
            ("tinh-trang", "Thời hạn", options_html(TIMELINESS_OPTIONS, wish.timeliness)),
            ("linh-vuc", "Lĩnh vực", options_html(sectors, wish.sector)),
            ("luong", "Chứng thực", options_html(FLOW_OPTIONS, wish.flow, "Ẩn, trừ khi tìm")),
        ],
        "next_page": f"?{_joined(wish.as_query(), f'{CURSOR_KEY}={page.next}')}" if page.next else "",
        "first_page": f"?{wish.as_query()}" if query.get(CURSOR_KEY) else "",
        "reads_book": request.user.has_role(*BOOK_READERS),
        "codes_only": CODES_ONLY if not sees_names else "",
        "has_errors": bool(wish.problems),
    }
    return render(request, "dossiers/dossier_list.html", context)


def _joined(*parts: str) -> str:
    return "&".join(part for part in parts if part)


def _scanned(request: HttpRequest) -> str:
    """Where to go on when a scanner typed into the search box: to the dossier of our slip, or to a search for a card's number.

    The rest of a card's text stands in no page and no address that somebody could see again.
    """
    typed = request.GET.get("tu-khoa", "")
    if "|" not in typed and "/tc/" not in typed:
        return ""
    try:
        read = read_scan(typed)
    except Unreadable:
        return reverse("dossiers:list")
    if isinstance(read, SlipToken):
        return address_of_token(request.user, read.token) or reverse("dossiers:list")
    return f"{reverse('dossiers:list')}?{urlencode({'tu-khoa': read.personal_id})}" if isinstance(read, Card) else ""


def _procedures(text: str, rows: Sequence) -> list[int]:
    """The procedures that a text means: by official code the expired ones too, else whatever the desk would find."""
    code = official_code(text)
    if code:
        return [pk for pk, (known, _, _) in procedure_names().items() if known == code or known.startswith(f"{code}.")]
    return [row.procedure_id for row in find(text, rows)]


def _agencies(request: HttpRequest, wish: Wish) -> tuple[list[Agency], Agency | None]:
    """The communes to choose from (nobody but the province has a choice), and the one whose register is shown."""
    user = request.user
    if not (user.has_role(*ACROSS_COMMUNES) and user.agency.is_province):
        return [], user.agency
    agencies = list(agencies_visible_to(user).order_by("code"))
    return agencies, next((agency for agency in agencies if agency.code == wish.agency), None)


def _scope(request: HttpRequest, agency: Agency | None) -> QuerySet:
    """The register of one agency, its index's own order; without one, all that the person may see (asked by code only)."""
    return Dossier.objects.of_agency(agency.pk) if agency else Dossier.objects.visible_to(request.user)


def _sees_names(user, agency: Agency | None) -> bool:
    if agency is None:
        return False
    return sees_personal_data(user, Dossier(agency=agency, filed_at_agency=agency, competent_agency=agency))
