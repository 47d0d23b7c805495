"""The report of how long results wait for a signature, on screen and as a file for a spreadsheet."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.statuses import SIGNERS
from dossiers.waiting_report import COLUMNS, MOST_SIGNATURES, Report, Span, cells_of, read_span, report_of, spans_before, table_of, waits_of
from onestop.history.access import AccessKind, note_access
from onestop.reading.money import group_thousands
from onestop.staff.access import agencies_visible_to, role_required
from onestop.staff.models import User
from onestop.staff.roles import ACROSS_COMMUNES, Role

WAITING_READERS = (*sorted(SIGNERS), Role.MANAGER, Role.PROVINCE)
PERIOD_KEY = "ky"
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@role_required(*WAITING_READERS)
@require_safe
def waiting_report(request: HttpRequest) -> HttpResponse:
    """One month, quarter or year, in words, tables and nothing for a period without any signature."""
    today = timezone.localdate()
    span = read_span(request.GET.get(PERIOD_KEY, ""), today)
    report = _report(request.user, span)
    note_access(request, AccessKind.LIST, f"agency:{request.user.agency_id}", f"Thời gian chờ ký: {span.words}")
    spans = spans_before(today)
    if span.slug not in {other.slug for other in spans}:
        spans.insert(0, span)
    context = {
        "span": span,
        "spans": [(other.slug, other.words, other.slug == span.slug) for other in spans],
        "columns": COLUMNS,
        "whole": cells_of(report.whole, say=group_thousands) if report.whole else None,
        "figures": report.whole,
        "groups": [(what, [(name, cells_of(figures, say=group_thousands)) for name, figures in rows]) for what, rows in report.groups],
        "is_cut": report.whole is not None and report.whole.number >= MOST_SIGNATURES,
    }
    return render(request, "dossiers/waiting_report.html", context)


@role_required(*WAITING_READERS)
@require_safe
def waiting_report_csv(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet: semicolons and a byte order mark, as Vietnamese Excel reads it."""
    span = read_span(request.GET.get(PERIOD_KEY, ""), timezone.localdate())
    report = _report(request.user, span)
    note_access(request, AccessKind.EXPORT, f"agency:{request.user.agency_id}", f"Thời gian chờ ký: {span.words}")
    made = io.StringIO()
    csv.writer(made, delimiter=";").writerows([_harmless(cell) for cell in row] for row in table_of(report))
    response = HttpResponse(made.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cho-ky-{span.slug}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _report(user: User, span: Span) -> Report:
    """A commune's own; for the province its communes in figures without names of people."""
    across = user.has_role(*ACROSS_COMMUNES) and user.agency.is_province
    agencies = agencies_visible_to(user) if across else [user.agency]
    return report_of(waits_of(agencies, span), across_communes=across)
