"""The register (Sổ theo dõi hồ sơ, Mẫu 07) on screen, on paper and as a sheet, and the sheet of one day.

An agency reads its own; who works for the province reads those of its communes without personal data.
"""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import ExtractMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.certification.books import Period
from dossiers.day_sheet import DaySheet, sheet_of
from dossiers.models import Dossier, RegisterEntry
from dossiers.register_book import COLUMNS, entries_of, lines_of
from dossiers.register_papers import leaves_of, parts_in, register_pdf, register_xlsx
from dossiers.rules import sees_personal_data
from dossiers.views.certification_books import period_slug, read_period
from onestop.history.access import AccessKind, note_access
from onestop.papers import pdf
from onestop.papers.pdf import TooLong
from onestop.papers.showing import shown_pdf
from onestop.reading.dates import say_date, say_long_date, short_moment
from onestop.reading.money import show_money
from onestop.staff.access import agencies_visible_to, role_required
from onestop.staff.models import Agency
from onestop.staff.roles import ACROSS_COMMUNES, Role
from onestop.worktime.hours import LOCAL

READERS = (Role.CLERK, Role.LEADER, Role.HEAD, Role.MANAGER, Role.ARCHIVIST, Role.AUDITOR, Role.PROVINCE)
DAY_READERS = (Role.CLERK, Role.LEADER, Role.HEAD, Role.MANAGER, Role.ARCHIVIST, Role.AUDITOR)
PAGE_SIZE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _agency(request: HttpRequest) -> tuple[Agency, list[Agency], bool]:
    """The agency whose register is read, those to choose from, and whether names are shown."""
    user = request.user
    if not (user.has_role(*ACROSS_COMMUNES) and user.agency.is_province):
        return user.agency, [], sees_personal_data(user, _any_of(user.agency))
    communes = [agency for agency in agencies_visible_to(user).order_by("code") if not agency.is_province]
    wanted = request.GET.get("don-vi", communes[0].code if communes else "")
    agency = next((agency for agency in communes if agency.code == wanted), None)
    if agency is None:
        raise Http404
    return agency, communes, sees_personal_data(user, _any_of(agency))


def _any_of(agency: Agency) -> Dossier:
    return Dossier(agency=agency, filed_at_agency=agency, competent_agency=agency)


def _address(view: str, *args: str, agency: Agency | None = None, **query: str) -> str:
    if agency is not None:
        query["don-vi"] = agency.code
    return reverse(f"dossiers:{view}", args=args) + (f"?{urlencode(query)}" if query else "")


@role_required(*READERS)
@require_safe
def register_books(request: HttpRequest) -> HttpResponse:
    """The years of the register, month by month, with numbers and counts."""
    agency, communes, _ = _agency(request)
    chosen = agency if communes else None
    today = timezone.localdate()
    rows = RegisterEntry.objects.filter(agency=agency)
    years = sorted(set(rows.order_by().values_list("book_no", flat=True).distinct()) | {str(today.year)}, reverse=True)
    year = request.GET.get("nam", "")
    year = year if year in years else years[0]
    counted = (
        rows.filter(book_no=year)
        .order_by()
        .values(month=ExtractMonth("entered_at", tzinfo=LOCAL))
        .annotate(
            entered=Count("pk"),
            first=Min("entry_no"),
            last=Max("entry_no"),
            returned=Count("pk", filter=Q(dossier__returned_at__isnull=False, dossier__voided_at__isnull=True)),
            late=Count("pk", filter=Q(dossier__overdue_since__isnull=False, dossier__voided_at__isnull=True)),
            struck=Count("pk", filter=Q(dossier__voided_at__isnull=False)),
        )
        .order_by("-month")
    )
    months = [
        {
            **row,
            "period": str(period).capitalize(),
            "url": _address("register_book", period_slug(period), agency=chosen),
            "pdf": _address("register_pdf", period_slug(period), agency=chosen),
            "xlsx": _address("register_xlsx", period_slug(period), agency=chosen),
        }
        for row in counted
        for period in [Period(int(year), row["month"])]
    ]
    note_access(request, AccessKind.LIST, f"agency:{agency.pk}", f"Sổ theo dõi hồ sơ: số lượng từng tháng năm {year}")
    context = {"agency": agency, "communes": communes, "months": months, "year": year, "years": years, "today": today}
    return render(request, "dossiers/register/books.html", context)


@role_required(*READERS)
@require_safe
def register_book(request: HttpRequest, period: str) -> HttpResponse:
    """The lines of a month or year with all columns of the form, fifty at a time in order of number."""
    agency, communes, sees_names = _agency(request)
    chosen, when = agency if communes else None, read_period(period)
    entries = entries_of(agency.pk, when)
    after = request.GET.get("sau", "")
    if after.isascii() and after.isdigit() and len(after) < 10:
        entries = entries.filter(entry_no__gt=int(after))
    lines = lines_of(entries[: PAGE_SIZE + 1], sees_names=sees_names)
    more, lines = len(lines) > PAGE_SIZE, lines[:PAGE_SIZE]
    note_access(request, AccessKind.LIST, f"agency:{agency.pk}", f"Sổ theo dõi hồ sơ, {when}: {len(lines)} dòng")
    context = {
        "agency": agency,
        "period": when,
        "columns": COLUMNS,
        "lines": lines,
        "pdf_url": _address("register_pdf", period, agency=chosen),
        "xlsx_url": _address("register_xlsx", period, agency=chosen),
        "all_url": _address("register_books", agency=chosen),
        "first_page": _address("register_book", period, agency=chosen) if after else "",
        "next_page": _address("register_book", period, agency=chosen, sau=str(lines[-1].number)) if more else "",
        "masked": not sees_names,
    }
    return render(request, "dossiers/register/book.html", context)


@role_required(*READERS)
@require_safe
def register_as_pdf(request: HttpRequest, period: str) -> HttpResponse:
    """The register to print; of a long month a choice of files (`?phan=`)."""
    agency, communes, sees_names = _agency(request)
    when, now = read_period(period), timezone.now()
    lines = lines_of(entries_of(agency.pk, when), sees_names=sees_names)
    typed = request.GET.get("phan", "")
    parts = parts_in(leaves_of(lines))
    if parts > 1 and not typed:
        address = _address("register_pdf", period, agency=agency if communes else None)
        join = "&" if "?" in address else "?"
        context = {
            "period": when,
            "parts": [(number, f"{address}{join}phan={number}") for number in range(1, parts + 1)],
            "back": _address("register_book", period, agency=agency if communes else None),
        }
        return render(request, "dossiers/register/parts.html", context)
    part = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else (0 if typed else 1)
    try:
        content = register_pdf(agency, when, lines, made_at=now, part=part)
    except TooLong:
        raise
    except ValueError:
        raise Http404 from None
    note_access(request, AccessKind.PRINT, f"agency:{agency.pk}", f"Sổ theo dõi hồ sơ, {when}: {len(lines)} dòng, phần {part}")
    return shown_pdf(content, f"so-theo-doi-{period_slug(when)}-{part}.pdf")


@role_required(*READERS)
@require_safe
def register_as_xlsx(request: HttpRequest, period: str) -> HttpResponse:
    """The same lines as a spreadsheet."""
    agency, _, sees_names = _agency(request)
    when = read_period(period)
    lines = lines_of(entries_of(agency.pk, when), sees_names=sees_names)
    note_access(request, AccessKind.EXPORT, f"agency:{agency.pk}", f"Sổ theo dõi hồ sơ, {when}: {len(lines)} dòng")
    content = register_xlsx(agency, when, lines, made_at=timezone.now())
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="so-theo-doi-{period_slug(when)}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _read_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if day.isoformat() != text or day > timezone.localdate() or day.year < 2000:
        raise Http404
    return day


def _figures(sheet: DaySheet) -> dict[str, Any]:
    """The sheet's figures as finished text, the same on screen and on paper."""
    lines = [
        (line.clerk_name, show_money(line.cash), show_money(line.given_back), show_money(line.net)) for line in sheet.certification_cash
    ]
    return {
        "sheet": sheet,
        "day_words": say_date(sheet.day),
        "made_words": short_moment(sheet.made_at),
        "fees": [(way, show_money(amount)) for way, amount in zip(("Tiền mặt", "Chuyển khoản", "Trực tuyến"), sheet.fees, strict=True)],
        "cash_lines": lines,
        "cash_total": show_money(sheet.cash_total),
    }


@role_required(*DAY_READERS)
@require_safe
def day_sheet(request: HttpRequest, day: str) -> HttpResponse:
    """The daily sheet on screen."""
    agency, when = request.user.agency, _read_day(day)
    sheet = sheet_of(agency.pk, when, now=timezone.now())
    note_access(request, AccessKind.LIST, f"agency:{agency.pk}", f"Phiếu tổng hợp ngày {when:%d/%m/%Y}")
    return render(request, "dossiers/register/day.html", {"agency": agency, **_figures(sheet)})


@role_required(*DAY_READERS)
@require_safe
def day_sheet_pdf(request: HttpRequest, day: str) -> HttpResponse:
    """The daily sheet to print and sign."""
    agency, when, now = request.user.agency, _read_day(day), timezone.now()
    figures = _figures(sheet_of(agency.pk, when, now=now)) | {"agency": agency, "issued_words": say_long_date(when)}
    note_access(request, AccessKind.PRINT, f"agency:{agency.pk}", f"Phiếu tổng hợp ngày {when:%d/%m/%Y}")
    content = pdf.render(
        "pdf/day_sheet.html",
        figures,
        title=f"Phiếu tổng hợp ngày {when:%d/%m/%Y}",
        made_at=now,
        styles=("pdf/day_sheet.css",),
        figures=figures["sheet"].figures() | {"agency": agency.name},
    )
    return shown_pdf(content, f"tong-hop-{when:%Y-%m-%d}.pdf")
