"""The process control slip (Mẫu 06) on screen and to print: made anew from the rows each time, never filled in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from dossiers.control import Passing, passings_of, rows_of, step_words, working_minutes
from dossiers.models import Dossier
from dossiers.parts import shares_of
from dossiers.rules import READERS
from dossiers.views.papers import dossier_with_names
from onestop.history.access import AccessKind, note_access
from onestop.papers import pdf
from onestop.papers.showing import shown_pdf
from onestop.reading.dates import say_long_date, say_minute, short_moment
from onestop.staff.access import role_required
from onestop.worktime.hours import LOCAL
from onestop.worktime.store import calendar_in_force, opening_hours
from procedures.models import Workflow, WorkflowTemplate
from procedures.steps import Step, from_template, read_steps, say_minutes


def figures_of(dossier: Dossier, now) -> dict[str, Any]:
    """The slip as finished text, the same on screen and on paper."""
    calendar, hours = calendar_in_force(dossier.competent_agency_id), opening_hours(dossier.competent_agency_id)
    process, steps = process_of(dossier)
    first = dossier.appointments.order_by("seq").first()
    limit = working_minutes(dossier.received_at, first.due_at, [], calendar, hours) if first else 0
    pauses = list(dossier.pauses.all())
    allowed = shares_of(steps, limit, day_minutes=hours.usual_minutes(timezone.localdate(dossier.received_at)))
    rows = rows_of(passings_of(dossier), allowed=allowed, pauses=pauses, calendar=calendar, hours=hours, now=now)
    return {
        "dossier": dossier,
        "process": process.label if process else "",
        "decision": process.say_decision() if isinstance(process, Workflow) else "",
        "steps": list(enumerate(steps, 1)),
        "limit": first.limit_words if first else "",
        "rows": [
            {
                "passing": row.passing,
                "steps": words,
                "given": say_minute(row.passing.given_at),
                "taken": _taken(row.passing),
                "used": say_minutes(row.used_minutes) if row.passing.step else "",
                "allowed": say_minutes(row.allowed_minutes) if row.allowed_minutes else "",
                "verdict": row.verdict,
                "under_way": row.under_way and bool(row.passing.step),
            }
            for row, words in zip(rows, step_words(steps, rows), strict=True)
        ],
        "pauses": [
            (
                pause.get_kind_display(),
                say_minute(pause.started_at),
                say_minute(pause.ended_at) if pause.ended_at else "chưa hết",
                "bắt đầu khi đã quá hạn, không trừ thời gian" if pause.late else "không tính vào thời hạn",
            )
            for pause in pauses
        ],
        "printed": short_moment(now),
        "issued_words": say_long_date(now.astimezone(LOCAL).date()),
    }


def process_of(dossier: Dossier) -> tuple[Workflow | WorkflowTemplate | None, list[Step]]:
    """The process under which the dossier was received, and its steps; of an old dossier, which has none, the template."""
    if dossier.workflow is not None:
        return dossier.workflow, read_steps(dossier.workflow.steps)
    key = dossier.case.workflow_override or dossier.version.workflow
    template = WorkflowTemplate.objects.filter(key=key).first()
    return template, from_template(template.steps) if template else []


def _taken(passing: Passing) -> str:
    """When the receiver confirmed it; another agency has no account here and signs on the paper."""
    if passing.answer:
        return passing.answer
    if passing.taken_at is not None:
        return say_minute(passing.taken_at)
    return "ký trên giấy" if passing.own is not None else "chưa xác nhận"


def _attached(figures: dict[str, Any]) -> dict[str, Any]:
    """What travels inside the file: the rows as they are printed."""
    written = ("steps", "given", "taken", "used", "allowed", "verdict")
    return {
        "kind": "control",
        "code": figures["dossier"].code,
        "process": figures["process"],
        "limit": figures["limit"],
        "rows": [
            {"giver": row["passing"].giver, "receiver": row["passing"].receiver, "note": row["passing"].note}
            | {name: row[name] for name in written}
            for row in figures["rows"]
        ],
        "pauses": figures["pauses"],
        "printed": figures["printed"],
    }


@role_required(*READERS)
@require_safe
def control_slip(request: HttpRequest, code: str) -> HttpResponse:
    """The slip on screen."""
    dossier = dossier_with_names(request, code)
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}", "Phiếu kiểm soát")
    return render(request, "dossiers/control_slip.html", figures_of(dossier, timezone.now()))


@role_required(*READERS)
@require_safe
@xframe_options_sameorigin
def control_slip_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The slip to print and keep with the papers."""
    dossier, now = dossier_with_names(request, code), timezone.now()
    figures = figures_of(dossier, now) | {"agency": dossier.agency}
    note_access(request, AccessKind.PRINT, f"dossier:{dossier.pk}", "Phiếu kiểm soát")
    content = pdf.render(
        "pdf/control.html",
        figures,
        title=f"Phiếu kiểm soát quá trình giải quyết hồ sơ {dossier.code}",
        made_at=now,
        styles=("pdf/control.css",),
        figures=_attached(figures),
    )
    return shown_pdf(content, f"phieu-kiem-soat-{dossier.code}.pdf")
