"""The desk today: what waits, what is due, what this person has just received; and passing on several dossiers at once."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.certification.kinds import LANE
from dossiers.filters import day_end, day_start, soon
from dossiers.forms.acts import BulkHandOverForm
from dossiers.listing import Lines, short_moment, work_rows
from dossiers.models import CertificationEntry, Dossier, IntakeDraft, IssuedPaper, PaperKind
from dossiers.statuses import DESK, Act, NotAllowed, Status
from dossiers.unanswered import WAITING, unanswered
from dossiers.views.acting import read_revision, said_before
from dossiers.views.reception import see_other
from dossiers.warnings import unread_count
from onestop.history.access import AccessKind, note_access
from onestop.roster.today import duty_today
from onestop.staff.access import role_required
from onestop.staff.models import Agency
from onestop.staff.roles import Role
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
    context = {
        "counts": _counts(user.agency_id, now),
        "certified": certified_today(user.agency_id, now),
        "to_mind": unread_count(user),
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


def _counts(agency_id: int, now: datetime) -> list[tuple[int, str, str]]:
    """(number, words, address of the list that shows them). Two queries over the open dossiers and those to be collected."""
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
        signed=Count("pk", filter=Q(status=Status.PROCESSING, signed_at__isnull=False)),
    )
    ready = own.ready_to_collect().count()
    address = reverse("dossiers:list")
    return [
        (ready, "có kết quả chờ trả", f"{address}?trang-thai=cho-tra"),
        (number["today"], "hẹn trả hôm nay", f"{address}?tinh-trang=hom-nay"),
        (number["soon"], "sắp đến hạn", f"{address}?tinh-trang=sap-den-han"),
        (number["overdue"], "quá hạn", f"{address}?tinh-trang=qua-han"),
        (number["supplement"], "chờ dân bổ sung", f"{address}?trang-thai=cho-bo-sung"),
        (number["unanswered"], "chờ dân quá hạn trả lời", reverse("dossiers:unanswered")),
        (number["withdrawal"], "xin rút hồ sơ", f"{address}?trang-thai=xin-rut"),
        (number["signed"], "đã ký, chờ phát hành", f"{address}?trang-thai=cho-phat-hanh"),
        (number["received"], "chưa bàn giao", f"{address}?trang-thai=da-tiep-nhan"),
    ]


@dataclass(frozen=True)
class CertifiedToday:
    """What the link to the certification list says: numbers of today, and visits that are late."""

    numbers: int
    overdue: int


def certified_today(agency_id: int, now: datetime) -> CertifiedToday:
    """One query."""
    entries = CertificationEntry.objects.of_agency(agency_id).entered_between(day_start(now), day_end(now)).valid()
    late = Dossier.objects.of_agency(agency_id).certification().overdue(now)
    found = Agency.objects.filter(pk=agency_id).annotate(numbers=_number_of(entries), overdue=_number_of(late))
    return CertifiedToday(*found.values_list("numbers", "overdue").get())


def _number_of(rows: QuerySet) -> Coalesce:
    """How many rows of one agency, as part of another question."""
    return Coalesce(Subquery(rows.order_by().values("agency").annotate(number=Count("pk")).values("number")), 0)


# -- several at once -------------------------------------------------------------------------
@dataclass
class Tick:
    """One dossier that could be passed on: its row, and whether it is ticked."""

    row: tuple
    revision: int
    chosen: bool = False

    @property
    def code(self) -> str:
        return self.row[1]


@dataclass
class Passing:
    """What became of a list of dossiers: each is passed on by itself, so that one refusal holds up no other."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@role_required(*DESK, Role.SPECIALIST)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_many(request: HttpRequest) -> HttpResponse:
    """Tick dossiers, choose one receiver, pass them on; what was refused says why and stays ticked.

    The first button of the page ticks all, so that Enter passes nothing on by accident.
    """
    now = timezone.now()
    tick_all = request.POST.get("all") == "1"
    form = _bulk_form(request, tick_all)
    passing, chosen = Passing(), request.POST.getlist("code")[:MOST_AT_ONCE]
    if form.is_bound and form.is_valid() and chosen:
        passing = _pass_on(request, chosen, form, now)
        if passing.done:
            names = f"{len(passing.done)} hồ sơ cho {form.cleaned_data['to'].full_name}"
            messages.success(request, f"Đã bàn giao {names}: {', '.join(passing.done)}.")
        if not passing.refused:
            return see_other(reverse("dossiers:hand_over_many"))
    ticks = _ticks(request.user, now, chosen, passing)
    for tick in ticks if tick_all else ():
        tick.chosen = True
    nothing_chosen = form.is_bound and not chosen
    note_access(request, AccessKind.LIST, f"agency:{request.user.agency_id}", f"Bàn giao: {len(ticks)} dòng")
    context = {
        "form": form,
        "ticks": ticks,
        "problem": "Đánh dấu ít nhất một hồ sơ" if nothing_chosen else "",
        "refused": passing.refused,
        "has_errors": nothing_chosen or bool(passing.refused),
    }
    status = 409 if passing.refused else 422 if form.is_bound else 200
    return render(request, "dossiers/hand_over_many.html", context, status=status)


def _bulk_form(request: HttpRequest, tick_all: bool) -> BulkHandOverForm:
    """Checked when it was sent; when only ticks were asked for it keeps what was typed and finds no fault."""
    if tick_all:
        return BulkHandOverForm(user=request.user, initial={name: request.POST.get(name, "") for name in ("to", "note")})
    return BulkHandOverForm(request.POST if request.method == "POST" else None, user=request.user)


def _pass_on(request: HttpRequest, codes: list[str], form: BulkHandOverForm, now: datetime) -> Passing:
    passing, wanted = Passing(), list(dict.fromkeys(codes))
    dossiers = list(Dossier.objects.visible_to(request.user).filter(code__in=wanted).order_by("id"))
    if len(dossiers) != len(wanted):
        raise Http404  # before anything is done: one of them is not there, or not his
    for dossier in dossiers:
        revision = read_revision(request.POST.get(f"revision-{dossier.code}", ""))
        try:
            lifecycle.hand_over(
                dossier, to=form.cleaned_data["to"], note=form.cleaned_data["note"], by=request.user, at=now, revision=revision
            )
        except NotAllowed as refusal:
            passing.refused[dossier.code] = said_before(request.user, Act.HAND_OVER, dossier) or str(refusal)
        else:
            passing.done.append(dossier.code)
    return passing


def _ticks(user, now: datetime, chosen: list[str], passing: Passing) -> list[Tick]:
    """What the person holds and may pass on (a manager: what anybody holds), oldest due first."""
    dossiers = Dossier.objects.of_agency(user.agency_id).without_certification().open()
    dossiers = dossiers.filter(status__in=[Status.RECEIVED, Status.PROCESSING], signed_at=None)
    dossiers = dossiers.filter(holder__isnull=False) if user.has_role(Role.MANAGER) else dossiers.filter(holder=user)
    lines = Lines(now, calendar_in_force(user.agency_id))
    rows = work_rows(dossiers.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_AT_ONCE], lines, "revision")
    return [Tick(row[:-1], row[-1], chosen=code in chosen and code not in passing.done) for code, row in ((row[1], row) for row in rows)]
