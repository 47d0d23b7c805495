"""The desk today: what waits, what is due, what this person has just received."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.certification.kinds import LANE
from dossiers.filters import day_end, day_start, soon
from dossiers.listing import Lines, work_rows
from dossiers.models import Dossier, IntakeDraft, IssuedPaper, PaperKind
from dossiers.passings import unconfirmed
from dossiers.places import supplements_to_send
from dossiers.reminders import reminders_of
from dossiers.statuses import DESK, Status
from dossiers.transfers import waiting_for
from dossiers.unanswered import WAITING, unanswered
from onestop.history.access import AccessKind, note_access
from onestop.reading.dates import short_moment
from onestop.roster.today import duty_today
from onestop.staff.access import role_required
from onestop.staff.models import User
from onestop.worktime.store import calendar_in_force

MOST_DUE = 10
MOST_MINE = 10
MOST_DRAFTS = 10
MOST_AT_ONCE = 100


@role_required(*DESK)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Today's desk. The scan box sends to the intake page, which also opens whatever slip was scanned.

    Certification, most of a day, has a list of its own and would drown the rest here.
    """
    now, user = timezone.now(), request.user
    lines = Lines(now, calendar_in_force(user.agency_id))
    own = Dossier.objects.of_agency(user.agency_id).without_certification()
    due = own.open().filter(due_at__lte=soon(now)).order_by("due_at", "id")[:MOST_DUE]
    slip = IssuedPaper.objects.filter(dossier=OuterRef("pk"), kind=PaperKind.RECEIPT, voided_at__isnull=True)
    mine = own.filter(received_by=user).newest_first()
    drafts = IntakeDraft.objects.filter(agency_id=user.agency_id, owner=user, expires_at__gt=now).order_by("-changed_at")[:MOST_DRAFTS]
    brought = supplements_to_send().filter(agency_id=user.agency_id)
    reminders = reminders_of(user, now, own.to_collect(), own.coming_home(), waiting_for(user.agency_id), brought, own.in_post())
    context = {
        "counts": _counts(user, now, *reminders.more),
        "certified": reminders.certified,
        "to_mind": reminders.to_mind,
        "word": reminders.word,
        "duty": duty_today(user.agency_id, now, person=user),
        "due": work_rows(due, lines),
        "mine": [_mine(row) for row in work_rows(mine.annotate(slip=Exists(slip))[:MOST_MINE], lines, "received_at", "slip")],
        "drafts": [_draft(draft) for draft in drafts],
    }
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", "Bàn làm việc")
    return render(request, "dossiers/desk.html", context)


def _mine(row: tuple) -> tuple:
    *shown, received_at, slip = row
    address = reverse("dossiers:paper", args=[row[1], "giay-hen"]) if slip else ""
    return (*shown, short_moment(received_at), address)


def _draft(draft: IntakeDraft) -> tuple[str, str, str, str]:
    """(address, name, procedure, when) of an intake that was not finished."""
    page = "dossiers:certify" if draft.fields.get("lane") == LANE else "dossiers:intake"
    address = f"{reverse(page)}?draft={draft.key}"
    return address, draft.fields.get("name") or "Chưa có tên", draft.fields.get("procedure", ""), short_moment(draft.changed_at)


def _counts(user: User, now: datetime, ready: int, coming: int, lists: int, brought: int, posted: int) -> list[tuple[int, str, str]]:
    """(number, words, address of the list that shows them): of the five numbers given, and of what is open. One query."""
    agency_id = user.agency_id
    own = Dossier.objects.of_agency(agency_id).without_certification()
    silent = unanswered(agency_id, timezone.localdate(now)).order_by()
    number = own.open().aggregate(
        received=Count("pk", filter=Q(status=Status.RECEIVED)),
        today=Count("pk", filter=Q(due_at__gte=day_start(now), due_at__lt=day_end(now))),
        soon=Count("pk", filter=Q(due_at__gte=now, due_at__lte=soon(now))),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        supplement=Count("pk", filter=Q(status=Status.AWAITING_SUPPLEMENT)),
        unanswered=Count("pk", filter=Q(status__in=WAITING) & Exists(silent.filter(dossier=OuterRef("pk")))),
        withdrawal=Count("pk", filter=Q(status=Status.WITHDRAWAL_REQUESTED)),
        elsewhere=Count("pk", filter=Q(status=Status.WITH_OTHER_AGENCY)),
        signed=Count("pk", filter=Q(status=Status.PROCESSING, signed_at__isnull=False)),
        unconfirmed=Count("pk", filter=Exists(unconfirmed().filter(Q(giver=user) | Q(receiver=user)))),
    )
    address = reverse("dossiers:list")
    return [
        (ready, "có kết quả chờ trả", f"{address}?trang-thai=cho-tra"),
        (coming, "kết quả chưa về quầy", f"{address}?trang-thai=dang-ve"),
        (number["today"], "hẹn trả hôm nay", f"{address}?tinh-trang=hom-nay"),
        (number["soon"], "sắp đến hạn", f"{address}?tinh-trang=sap-den-han"),
        (number["overdue"], "quá hạn", f"{address}?tinh-trang=qua-han"),
        (number["supplement"], "chờ dân bổ sung", f"{address}?trang-thai=cho-bo-sung"),
        (number["unanswered"], "chờ dân quá hạn trả lời", reverse("dossiers:unanswered")),
        (number["withdrawal"], "xin rút hồ sơ", f"{address}?trang-thai=xin-rut"),
        (number["elsewhere"], "đang ở cơ quan khác", reverse("dossiers:consultations")),
        (number["signed"], "đã ký, chờ phát hành", f"{address}?trang-thai=cho-phat-hanh"),
        (number["received"], "chưa bàn giao", f"{address}?trang-thai=da-tiep-nhan"),
        (number["unconfirmed"], "chưa xác nhận nhận", reverse("dossiers:hand_over_lists")),
        (lists, "danh sách xã khác gửi đến", reverse("dossiers:transfers")),
        *([(brought, "giấy bổ sung cần gửi xã khác", reverse("dossiers:transfers"))] if brought else []),
        *([(posted, "đang gửi bưu điện", f"{address}?trang-thai=dang-gui")] if posted else []),
    ]
