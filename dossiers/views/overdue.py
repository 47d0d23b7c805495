"""Nobody is late in silence: the overdue board, the report of what could hide lateness, and one's own warnings."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import hiding, overdue
from dossiers.desks import desk_of
from dossiers.listing import CURSOR_KEY, Lines, address_maker, options_html, read_cursor
from dossiers.models import Notice, NoticeStage
from dossiers.overdue import CARDS, FORGOTTEN_CARD, SEES_ALL, SLUGS
from dossiers.querysets import DossierQuerySet
from dossiers.statuses import DESK, SIGNERS
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.reading import Unreadable
from onestop.reading.dates import read_full_date, short_moment
from onestop.reading.days import ENDS_BEFORE_BEGIN, Period
from onestop.staff.access import agencies_visible_to, role_required
from onestop.staff.models import Agency, User
from onestop.staff.roles import ACROSS_COMMUNES, Role
from procedures.catalogue import snapshot

FORGOTTEN_LABEL = "có thể quên bấm"
FORGOTTEN_EMPTY = "Không thấy hồ sơ nào có vẻ quên bấm."
HOLDERS = (Role.CLERK, Role.SPECIALIST, Role.MANAGER)
USUAL_PERIOD = timedelta(days=30)
LONGEST_PERIOD = timedelta(days=366)
PERIOD_TOO_LONG = "Chọn nhiều nhất một năm"
NO_SUCH_DATE = "Nhập ngày dạng ngày/tháng/năm, ví dụ 20/11/2026"
MOST_NOTICES = 200
STAGE_COLOURS = {
    NoticeStage.DUE_SOON: "amber",
    NoticeStage.DUE_TODAY: "amber",
    NoticeStage.OVERDUE: "red",
    NoticeStage.FORGOTTEN: "purple",
    NoticeStage.REPLY_DUE: "teal",
    NoticeStage.REPLY_LATE: "red",
}


# -- the board -----------------------------------------------------------------------------------
@role_required(*SEES_ALL, *sorted(DESK), Role.SPECIALIST)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Cards as links, one list under them. Six queries, however many dossiers there are, and three more where the risk of each is shown."""
    now, user, query = timezone.now(), request.user, request.GET
    desk, sees_all = desk_of(user.agency_id), user.has_role(*SEES_ALL)
    sectors = snapshot(timezone.localdate(now)).sectors
    people = _holders(user) if sees_all else []
    holder = query.get("nguoi-giu", "") if query.get("nguoi-giu", "") in {value for value, _ in people} else ""
    sector = query.get("linh-vuc", "") if query.get("linh-vuc", "") in dict(sectors) else ""
    shown = query.get("muc", "")
    shown = shown if shown in SLUGS or shown == FORGOTTEN_CARD else CARDS[0].slug
    dossiers = _filtered(overdue.scope(user), holder, sector)
    numbers = overdue.counts(dossiers, user.agency_id, now, desk)
    kept = {"nguoi-giu": holder, "linh-vuc": sector}
    rows, clicks, following = [], [], ""
    if shown == FORGOTTEN_CARD:
        clicks = overdue.forgotten_rows(dossiers, now, desk)
    else:
        cursor = read_cursor(query.get(CURSOR_KEY, ""))
        rows, following = overdue.page(dossiers, SLUGS[shown], cursor, Lines(now, desk.calendar), desk, user.agency_id)
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Quá hạn: {shown}; {len(rows) + len(clicks)} dòng")
    labels = [(card.slug, card.label) for card in CARDS] + [(FORGOTTEN_CARD, FORGOTTEN_LABEL)]
    context = {
        "cards": [(numbers[slug], label, _address({**kept, "muc": slug}), slug == shown) for slug, label in labels],
        "heading": dict(labels)[shown],
        "shown": shown,
        "rows": rows,
        "clicks": clicks,
        "paused": shown == "tam-dung",
        "selects": [
            *([("nguoi-giu", "Người giữ", options_html(people, holder))] if people else []),
            ("linh-vuc", "Lĩnh vực", options_html(sectors, sector)),
        ],
        "narrows": bool(holder or sector),
        "everybody": sees_all,
        "reads_signs": user.has_role(*READS_SIGNS),
        "empty": SLUGS[shown].empty if shown in SLUGS else FORGOTTEN_EMPTY,
        "next_page": _address({**kept, "muc": shown, CURSOR_KEY: following}) if following else "",
        "first_page": _address({**kept, "muc": shown}) if query.get(CURSOR_KEY) else "",
    }
    return render(request, "dossiers/overdue.html", context)


def _filtered(dossiers: DossierQuerySet, holder: str, sector: str) -> DossierQuerySet:
    if holder:
        dossiers = dossiers.filter(holder_id=int(holder))
    return dossiers.filter(procedure__sector__slug=sector) if sector else dossiers


def _holders(user) -> list[tuple[str, str]]:
    """Who may hold a dossier in the person's agency, as options."""
    people = User.objects.active().filter(agency_id=user.agency_id).holding(*HOLDERS).order_by("full_name", "pk")
    return [(str(pk), name) for pk, name in people.values_list("pk", "full_name")]


def _address(pairs: dict[str, str]) -> str:
    return f"?{urlencode({key: value for key, value in pairs.items() if value})}"


# -- the report of what could hide lateness ---------------------------------------------------------
READS_SIGNS = (*sorted(SIGNERS), Role.MANAGER, Role.AUDITOR)


@role_required(*READS_SIGNS)
@require_safe
def signs(request: HttpRequest) -> HttpResponse:
    """What to look at again, in a period: thirty days unless asked otherwise."""
    now, query = timezone.now(), request.GET
    problems: dict[str, str] = {}
    period = _period(query, timezone.localdate(now), problems)
    only = query.get("loai", "") if query.get("loai", "") in hiding.LABELS else ""
    agencies, agency = _agencies(request)
    found = hiding.signs(agency.pk, period, desk_of(agency.pk), only)
    note_access(request, AccessKind.LIST, f"agency:{agency.pk}", f"Việc cần xem lại: {period}; {len(found)} dòng")
    numbers = {slug: sum(sign.kind == slug for sign in found) for slug in hiding.LABELS}
    context = {
        "rows": hiding.rows(found),
        "sums": [(numbers[slug], label) for slug, label in hiding.LABELS.items() if numbers[slug]],
        "period": period,
        "kinds": options_html(hiding.LABELS.items(), only),
        "agencies": agencies,
        "agency": agency,
        "boxes": [
            ("tu-ngay", "Từ ngày", query.get("tu-ngay", "")[:20] or f"{period.first:%d/%m/%Y}", problems.get("tu-ngay", "")),
            ("den-ngay", "Đến ngày", query.get("den-ngay", "")[:20] or f"{period.last:%d/%m/%Y}", problems.get("den-ngay", "")),
        ],
        "most": hiding.MOST,
        "has_errors": bool(problems),
        "has_board": request.user.has_role(*SEES_ALL, *sorted(DESK), Role.SPECIALIST),
    }
    return render(request, "dossiers/overdue_signs.html", context)


def _period(query, today: date, problems: dict[str, str]) -> Period:
    """The days asked for; the usual period where one of them cannot be used, with the reason beside its box."""
    usual = Period(today - USUAL_PERIOD, today)
    first, last = (_day(query.get(key, ""), key, problems) for key in ("tu-ngay", "den-ngay"))
    last = last or (min(today, first + LONGEST_PERIOD) if first and first > usual.first else today)
    first = first or last - USUAL_PERIOD
    if last < first:
        problems.setdefault("den-ngay", ENDS_BEFORE_BEGIN)
    elif last - first > LONGEST_PERIOD:
        problems.setdefault("tu-ngay", PERIOD_TOO_LONG)
    return usual if problems else Period(first, last)


def _day(text: str, key: str, problems: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        day = read_full_date(text[:40])
    except Unreadable:
        problems[key] = NO_SUCH_DATE
        return None
    if not date(2000, 1, 1) <= day <= date(2200, 1, 1):
        problems[key] = NO_SUCH_DATE
        return None
    return day


def _agencies(request: HttpRequest) -> tuple[list[Agency], Agency]:
    """The auditor of a province chooses a commune; everybody else reads about his own agency."""
    user = request.user
    if not (user.has_role(*ACROSS_COMMUNES) and user.agency.is_province):
        return [], user.agency
    agencies = list(agencies_visible_to(user).order_by("code"))
    wanted = request.GET.get("don-vi", "")
    return agencies, next((agency for agency in agencies if agency.code == wanted), user.agency)


# -- one's own warnings ---------------------------------------------------------------------------
@role_required(*[role for role in Role if role not in {Role.HELPER, Role.PROVINCE, Role.ADMIN, Role.AUDITOR}])
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """What the jobs have warned this person of; read is what he says he has read, one by one or all that he has seen."""
    now, own = timezone.now(), Notice.objects.filter(recipient=request.user)
    if request.method == "POST":
        _mark_read(request, own, now)
        return see_other(reverse("dossiers:notices"))
    unread = own.filter(read_at__isnull=True).order_by("-made_at", "-id")
    columns = ("id", "stage", "words", "made_at", "dossier__code")
    rows = list(unread.values_list(*columns)[: MOST_NOTICES + 1])
    read = list(own.filter(read_at__isnull=False).order_by("-read_at", "-id").values_list(*columns)[:20])
    note_access(request, AccessKind.LIST, f"user:{request.user.pk}", f"Nhắc việc: {len(rows)} dòng")
    context = {
        "rows": [_notice_row(row) for row in rows[:MOST_NOTICES]],
        "read": [_notice_row(row) for row in read],
        "more": MOST_NOTICES if len(rows) > MOST_NOTICES else 0,
        "newest": rows[0][0] if rows else 0,
    }
    return render(request, "dossiers/notices.html", context)


def _notice_row(row: tuple) -> tuple:
    pk, stage, words, made, code = row
    address = address_maker()
    return pk, str(NoticeStage(stage).label), STAGE_COLOURS[NoticeStage(stage)], words, short_moment(made), address(code), code


def _mark_read(request: HttpRequest, own, now: datetime) -> None:
    """One notice, or (`all`) every one up to the newest that the page showed; a warning that came since stays."""
    text = request.POST.get("all") or request.POST.get("notice", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return
    chosen = own.filter(pk__lte=int(text)) if request.POST.get("all") else own.filter(pk=int(text))
    chosen.filter(read_at__isnull=True).update(read_at=now)
