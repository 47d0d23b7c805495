"""The list of work: what a person has to do, what waits for others, what he has put before the leader; a manager sees everybody's."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.listing import Lines, work_rows
from dossiers.models import Dossier, ResultDocument
from dossiers.pace import Open, risks
from dossiers.passings import last_giver, papers_with
from dossiers.querysets import DossierQuerySet
from dossiers.reminders import reminders_of
from dossiers.rules import is_signer
from dossiers.sign_rights import signs_results
from dossiers.statuses import IN_WORK, READY, Status
from onestop.history.access import AccessKind, note_access
from onestop.staff.absence import away_on
from onestop.staff.access import role_required
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import rights_of
from onestop.worktime.store import calendar_in_force

MOST_ROWS = 200
RECENTLY = timedelta(days=14)
# What the risk mark of a row is reckoned from.
RECKONED = ("pk", "procedure_id", "received_at", "due_at", "status")
MORE = ("holder_id", "papers_with", "last_giver", "signed_at", *RECKONED)
TO_DO, CITIZEN, ELSEWHERE, SUBMITTED, DONE = "can-lam", "cho-dan", "co-quan-khac", "da-trinh", "da-xong"
TABS = {
    TO_DO: ("Cần làm", "Không có hồ sơ nào cần làm."),
    CITIZEN: ("Chờ dân", "Không có hồ sơ nào đang chờ người dân."),
    ELSEWHERE: ("Chờ cơ quan khác", "Không có hồ sơ nào đang ở cơ quan khác."),
    SUBMITTED: ("Đã trình", "Không có hồ sơ nào đang chờ ký."),
    DONE: ("Đã xong gần đây", "Chưa có hồ sơ nào xong trong 14 ngày qua."),
}
# By status alone: what lies with a person. What the applicant asks back is to be given back.
HELD = {
    TO_DO: Q(status__in=[Status.RECEIVED, Status.PROCESSING, Status.WITHDRAWAL_REQUESTED]),
    CITIZEN: Q(status__in=[Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT]),
    ELSEWHERE: Q(status=Status.WITH_OTHER_AGENCY),
}
BY_DUE_TIME = (F("due_at").asc(nulls_last=True), "id")


@role_required(Role.SPECIALIST, Role.MANAGER)
@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """One tab, sorted by due time, with how many there are on each and what can be done with a row at once."""
    now, user = timezone.now(), request.user
    everybody = user.has_role(Role.MANAGER)
    tab = request.GET.get("muc", "")
    tab = tab if tab in TABS else TO_DO
    own, whose = Dossier.objects.settled_by(user.agency_id).without_certification(), None if everybody else user
    dossiers = _tab(tab, own, whose, now).annotate(papers_with=papers_with(), last_giver=last_giver())
    lines = Lines(now, calendar_in_force(user.agency_id))
    rows = _finished(work_rows(dossiers[: MOST_ROWS + 1], lines, "status", *MORE), user, now)
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Việc: {tab}; {min(len(rows), MOST_ROWS)} dòng")
    # The last tab is only a look back.
    counted = [slug for slug in TABS if slug != DONE]
    reminders = reminders_of(user, now, *(_tab(slug, own, whose, now) for slug in counted))
    counts = dict(zip(counted, reminders.more, strict=True))
    context = {
        "tabs": [(slug, label, counts.get(slug), slug == tab) for slug, (label, _) in TABS.items()],
        "tab": tab,
        "empty": TABS[tab][1],
        "rows": rows[:MOST_ROWS],
        "more": MOST_ROWS if len(rows) > MOST_ROWS else 0,
        "everybody": everybody,
        "certified": reminders.certified,
        "to_mind": reminders.to_mind,
        "word": reminders.word,
        "signs": not is_signer(user) and signs_results(rights_of(user, timezone.localdate(now))),
        "away": [
            each for each in away_on([user.agency_id], timezone.localdate(now)).values() if everybody or each.substitute_id == user.pk
        ],
    }
    return render(request, "dossiers/work_list.html", context)


def _tab(tab: str, dossiers: DossierQuerySet, user: User | None, now: datetime) -> DossierQuerySet:
    """The dossiers of one tab, of one person or (None) of the whole agency."""
    if tab in HELD:
        return _held(dossiers, user).filter(HELD[tab]).order_by(*BY_DUE_TIME)
    if user:
        dossiers = dossiers.filter(pk__in=_drafted(user))
    if tab == SUBMITTED:
        return dossiers.awaiting_signature().order_by(*BY_DUE_TIME)
    done = dossiers.valid().filter(finished_at__gte=now - RECENTLY, status__in=[*READY, Status.RETURNED])
    return done.order_by("-finished_at", "-id")


def _held(dossiers: DossierQuerySet, user: User | None) -> DossierQuerySet:
    return dossiers.held_by(user) if user else dossiers.open().filter(holder__isnull=False)


def _drafted(user: User) -> QuerySet:
    return ResultDocument.objects.filter(drafted_by=user).values("dossier_id")


def _finished(rows: list[tuple], user: User, now: datetime) -> list[tuple]:
    """The rows with (who still has the papers, the reason of the risk mark, whether it is likely late, what can be done)."""
    marks = risks((Open(*row[-len(RECKONED) :]) for row in rows), user.agency_id, now=now)
    made = []
    for row in rows:
        *shown, status, holder_id, giver_name, giver_id, signed_at = row[: -len(RECKONED)]
        mark = marks.get(row[-len(RECKONED)])
        steps = _steps(row[1], status, giver_id, signed=signed_at is not None) if holder_id == user.pk else []
        made.append((*shown, giver_name or "", mark.words if mark else "", bool(mark and mark.likely), steps))
    return made


def _steps(code: str, status: str, giver_id: int | None, *, signed: bool) -> list[tuple[str, str]]:
    """(address, words) of what the holder does most; what is not possible now, the page of the act says."""
    if status not in IN_WORK:
        return []
    if signed:
        return [(reverse("dossiers:issue", args=[code]), "Phát hành")]
    steps = [] if status == Status.WITH_OTHER_AGENCY else [(reverse("dossiers:submit", args=[code]), "Trình ký")]
    steps.append((reverse("dossiers:ask_for_supplement", args=[code]), "Yêu cầu bổ sung"))
    steps.append((reverse("dossiers:consult", args=[code]), "Hỏi cơ quan khác"))
    if giver_id is not None and status != Status.WITH_OTHER_AGENCY:
        steps.append((f"{reverse('dossiers:hand_over', args=[code])}?den={giver_id}", "Trả lại"))
    return steps
