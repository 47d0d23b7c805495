"""The queue of drafts before the signers: each row opens in place with what it takes to decide, rows can be ticked to sign together."""

from django.contrib import messages
from django.db.models import Count, Min, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.forms.signing import QuickSignForm
from dossiers.listing import Lines, work_rows
from dossiers.models import Dossier, QuickSign, ResultDocument
from dossiers.reminders import reminders_of
from dossiers.sign_rights import signs_results
from dossiers.signing_queue import MOST_AT_ONCE, Waiting, beyond_duty, queue_of, waiting_for
from dossiers.statuses import SIGNERS
from dossiers.views.reception import see_other
from dossiers.views.sign_gate import signers_page
from dossiers.views.waiting_report import WAITING_READERS
from dossiers.wording import say_span
from onestop.history.access import AccessKind, note_access
from onestop.reading.dates import short_moment
from onestop.roster.today import duty_today
from onestop.staff.access import role_required
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import rights_of
from onestop.staff.signing_session import session_end
from onestop.worktime.store import calendar_in_force
from procedures.models import Procedure, ProcedureVersion

PAGE_SIZE = 50
MOST_SIGNED = 200
MINE = "cua-toi"


@signers_page
@require_safe
def sign_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a signature, the longest waiting first, and what is signed and waits for number and seal."""
    now, user = timezone.now(), request.user
    today, agency_id = timezone.localdate(now), user.agency_id
    rights = rights_of(user, today)
    lines = Lines(now, calendar_in_force(agency_id))
    mine = request.GET.get("xem") == MINE
    chosen = waiting_for(user, mine=mine)
    number, oldest = chosen.order_by().aggregate(number=Count("pk"), oldest=Min("held_since")).values()
    page = min(_page_of(request), max(1, -(-number // PAGE_SIZE)))
    rows = queue_of(chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], rights, now=now, calendar=lines.calendar)
    signed = _signed(agency_id, lines)
    note_access(request, AccessKind.LIST, f"agency:{agency_id}", f"Ký duyệt: {number} chờ ký, {len(signed)} chờ phát hành")
    duty = duty_today(agency_id, now, person=user)
    reminders = reminders_of(user, now)
    until = session_end(request, now=now)
    shown = [_shown(row, lines, user) for row in rows]
    context = {
        "waiting": shown,
        "number": number,
        "longest": say_span(now - oldest) if oldest else "",
        "mine": mine,
        "tabs": [("Tất cả", "?", not mine), ("Của tôi", f"?xem={MINE}", mine)],
        "pages": _pages(page, number, mine),
        "most": MOST_AT_ONCE,
        "may_tick": any(row["may_tick"] for row in shown),
        "signed": signed,
        "certified": reminders.certified,
        "to_mind": reminders.to_mind,
        "until": until,
        "signs": signs_results(rights),
        "sees_waiting": user.has_role(*WAITING_READERS),
        "sets_quick": user.has_role(*SIGNERS, Role.MANAGER),
        "duty": duty,
        "beyond_duty": beyond_duty(duty, rows, now),
    }
    return render(request, "dossiers/sign_queue.html", context)


def _page_of(request: HttpRequest) -> int:
    text = request.GET.get("trang", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _pages(page: int, number: int, mine: bool) -> list[tuple[str, str]]:
    """(words, address) of the page before and the page after, where there are any."""
    which = f"xem={MINE}&" if mine else ""
    found = [("Trang trước", page - 1)] if page > 1 else []
    found += [("Trang sau", page + 1)] if page * PAGE_SIZE < number else []
    return [(words, f"?{which}trang={to}") for words, to in found]


def _signed(agency_id: int, lines: Lines) -> list[tuple]:
    latest = ResultDocument.objects.filter(dossier=OuterRef("pk")).order_by("-version")
    own = Dossier.objects.settled_by(agency_id).without_certification().annotate(summary=Subquery(latest.values("summary")[:1]))
    rows = work_rows(own.signed_not_issued().order_by("signed_at", "id")[:MOST_SIGNED], lines, "summary", "signed_at")
    return [(*row[:-1], short_moment(row[-1])) for row in rows]


def _shown(row: Waiting, lines: Lines, user: User) -> dict:
    """A row as finished text."""
    dossier = row.dossier
    *_, time, time_colour = lines.tags(dossier.status, dossier.due_at, None, dossier.overdue_since, None, None)
    passed = dossier.holder is not None and dossier.holder.full_name
    refused = row.why_not_at_once
    return {
        "code": dossier.code,
        "name": dossier.applicant_name,
        "procedure": dossier.procedure.short_name,
        "summary": row.result.summary,
        "granted": row.result.granted,
        "drafter": row.result.drafted_by.full_name,
        "drafted": short_moment(row.result.drafted_at),
        "version": row.result.version,
        "minutes": lines.held(dossier.held_since),
        "due": short_moment(dossier.due_at),
        "time": (time, time_colour) if time else None,
        "passed_to": "ông/bà" if dossier.holder_id == user.pk else passed or "",
        "has_file": row.has_file,
        "sha256": row.result.sha256,
        "revision": dossier.revision,
        "checks": row.checks,
        "colour": row.colour,
        "found": sum(check.colour != "green" for check in row.checks),
        "papers": row.papers,
        "opinions": row.opinions,
        "quick": row.quick,
        "may_sign": row.right is not None,
        "may_tick": not refused,
        "why_not": refused,
    }


@role_required(*SIGNERS, Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def quick_sign(request: HttpRequest) -> HttpResponse:
    """Which procedures this agency signs quickly: together, without opening each draft."""
    agency, now = request.user.agency, timezone.now()
    received = ProcedureVersion.objects.receivable(timezone.localdate(now))
    procedures = Procedure.objects.filter(versions__in=received).exclude(lane="certification").distinct().order_by("name")
    held = set(QuickSign.objects.filter(agency=agency, allowed=True).values_list("procedure_id", flat=True))
    form = QuickSignForm(request.POST if request.method == "POST" else None, agency_procedures=procedures, initial={"procedures": held})
    if form.is_bound and form.is_valid():
        wanted = {procedure.pk: procedure for procedure in form.cleaned_data["procedures"]}
        changed = [(procedure, True) for pk, procedure in wanted.items() if pk not in held]
        changed += [(procedure, False) for procedure in procedures if procedure.pk in held - wanted.keys()]
        for procedure, allowed in changed:
            lifecycle.set_quick_sign(agency, procedure, allowed, by=request.user, at=now)
        messages.success(request, f"Đã lưu: {len(wanted)} thủ tục ký nhanh." if changed else "Không có gì thay đổi.")
        return see_other(reverse("dossiers:quick_sign"))
    context = {"form": form, "agency": agency, "has_errors": form.is_bound}
    return render(request, "dossiers/quick_sign.html", context, status=422 if form.is_bound else 200)
