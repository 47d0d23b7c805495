"""The certification books of the commune: by month, line by line, one number followed to its fee, printed and closed.

Everything here is the person's own agency's; a number of another one is answered like a number that nobody drew.
"""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import ExtractMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.certification import papers
from dossiers.certification.books import Period, counter_name, month_of
from dossiers.certification.catalogue import catalogue
from dossiers.certification.kinds import Book
from dossiers.certification.ledger import book_page, trace_number
from dossiers.certification.querysets import Counts
from dossiers.certification.rows import rows_of, say_counts, signer_words
from dossiers.certification.setting import setting_of, symbol_of
from dossiers.certification.wording import clause_of
from dossiers.forms.certification_books import CloseForm
from dossiers.lifecycle import AlreadyDone
from dossiers.models import BookClosing, CertificationEntry
from dossiers.statuses import NotAllowed
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.papers.pdf import TooLong
from onestop.papers.showing import shown_pdf
from onestop.reading.money import show_money
from onestop.staff.access import role_required
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.worktime.hours import LOCAL

READERS = (Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.MANAGER, Role.ARCHIVIST, Role.AUDITOR)
CLOSERS = (Role.ARCHIVIST, Role.MANAGER, Role.HEAD)
CASH_READERS = (Role.CLERK, Role.MANAGER, Role.LEADER, Role.HEAD, Role.ARCHIVIST, Role.AUDITOR)
SETTERS = (Role.MANAGER, Role.HEAD, Role.ADMIN)
NEIGHBOURS = (
    ("certification_books", "Sổ chứng thực", READERS),
    ("certification_cash", "Tiền trong ngày", CASH_READERS),
    ("certification_counting", "Số lượng", READERS),
    ("certification_clauses", "Lời chứng", READERS),
    ("delegations", "Ủy quyền ký", READERS),
    ("certification_setting", "Thiết lập", SETTERS),
)
SLUGS = {"ban-sao": Book.COPIES, "chu-ky": Book.SIGNATURES, "nguoi-dich": Book.TRANSLATIONS, "giao-dich": Book.CONTRACTS}
SLUG_OF = {book: slug for slug, book in SLUGS.items()}
PAGE_SIZE = 50
LARGEST_NUMBER = 2**31 - 1


def links_for(user: User) -> list[tuple[str, str]]:
    """The pages around the books that this person may open: words and address."""
    return [(label, reverse(f"dossiers:{name}")) for name, label, roles in NEIGHBOURS if user.has_role(*roles)]


def slug_of(book: str) -> str:
    """The book in addresses."""
    return SLUG_OF[Book(book)]


def period_slug(period: Period) -> str:
    """The period in addresses: "2026-11", "2026"."""
    return f"{period.year}-{period.month:02d}" if period.month else str(period.year)


def read_book(slug: str) -> Book:
    if slug not in SLUGS:
        raise Http404
    return SLUGS[slug]


def read_period(text: str) -> Period:
    """ "2026-11" or "2026"; Http404 for anything else."""
    try:
        period = Period(date.fromisoformat(f"{text}-01").year, int(text[5:])) if "-" in text else Period(int(text))
        if period_slug(period) != text or not 2000 <= period.year <= 2100:
            raise Http404
        return period
    except ValueError:
        raise Http404 from None


def address_of(view: str, book: str, period: Period) -> str:
    return reverse(f"dossiers:{view}", args=[slug_of(book), period_slug(period)])


@role_required(*READERS)
@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """The four books of a year, month by month, with counts and closings."""
    agency, today = request.user.agency, timezone.localdate()
    bounds = CertificationEntry.objects.of_agency(agency.pk).order_by().aggregate(first=Min("year"), last=Max("year"))
    years = list(range(bounds["first"] or today.year, max(bounds["last"] or 0, today.year) + 1))
    typed = request.GET.get("nam", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 and int(typed) in years else today.year
    counted = _counts_by_month(agency, year)
    closed = {(row.book, row.month): row for row in BookClosing.objects.filter(agency=agency, year=year)}
    shelves = []
    for book in Book:
        months = []
        for month in range(1, 13):
            key = (book.value, month)
            # An empty month needs no line, except this one and the last, which somebody may be about to close.
            months_ago = (today.year - year) * 12 + today.month - month
            if key not in counted and key not in closed and months_ago not in {0, 1}:
                continue
            months.append(_line(book, Period(year, month), counted.get(key), closed.get(key)))
        whole = closed.get((book.value, None))
        shelves.append(
            {"book": book, "form": catalogue().books[book], "months": months[::-1], "year": _line(book, Period(year), None, whole)}
        )
    note_access(request, AccessKind.LIST, f"agency:{agency.pk}", f"Sổ chứng thực: số lượng từng tháng năm {year}")
    context = {
        "links": links_for(request.user),
        "shelves": shelves,
        "year": str(year),
        "years": [str(each) for each in years[::-1]],
    }
    return render(request, "dossiers/certification/books.html", context)


def _counts_by_month(agency: Agency, year: int) -> dict[tuple[str, int], dict[str, int]]:
    live = Q(voided_at__isnull=True)
    rows = (
        CertificationEntry.objects.of_agency(agency.pk)
        .filter(year=year)
        .order_by()
        .values("book", month=ExtractMonth("entered_at", tzinfo=LOCAL))
        .annotate(
            numbers=Count("pk", filter=live),
            voided=Count("pk", filter=~live),
            sum_copies=Sum("copies", filter=live),
            sum_fees=Sum("fee", filter=live),
            unsigned=Count("pk", filter=live & Q(signed_at__isnull=True)),
        )
    )
    return {(row["book"], row["month"]): row for row in rows}


def _line(book: Book, period: Period, counted: dict[str, int] | None, closing: BookClosing | None) -> dict[str, Any]:
    counted = counted or {}
    return {
        "period": str(period).capitalize(),
        "url": address_of("certification_book", book, period),
        "pdf": address_of("certification_book_pdf", book, period),
        "numbers": counted.get("numbers", 0),
        "voided": counted.get("voided", 0),
        "copies": counted.get("sum_copies") or 0,
        "fees": show_money(counted.get("sum_fees") or 0),
        "unsigned": counted.get("unsigned", 0),
        "closing": closing,
    }


@role_required(*READERS)
@require_safe
def book(request: HttpRequest, book: str, period: str) -> HttpResponse:
    """The lines of a month or year with all columns of the form; found by words or by number, fifty at a time."""
    agency, kept, when = request.user.agency, read_book(book), read_period(period)
    words = request.GET.get("tu-khoa", "").replace("\x00", "").strip()[:120]
    of_period = CertificationEntry.objects.of_agency(agency.pk).in_book(kept, when.year)
    if when.month:
        of_period = of_period.in_period(when)
    found = of_period
    if words:
        number = words.lstrip("0") if words.isascii() and words.isdigit() else ""
        found = (
            found.filter(number=min(int(number or "0"), LARGEST_NUMBER)) if words.isascii() and words.isdigit() else found.holding(words)
        )
    after = request.GET.get("sau", "")
    if after.isascii() and after.isdigit() and len(after) < 10:
        found = found.filter(number__gt=int(after))
    entries = list(found.select_related("dossier")[: PAGE_SIZE + 1])
    more, entries = len(entries) > PAGE_SIZE, entries[:PAGE_SIZE]
    form = catalogue().books[kept]
    lines = [
        (row, reverse("dossiers:certification_number", args=[book, when.year, row.number]), entry.dossier)
        for row, entry in zip(rows_of(entries, form), entries, strict=True)
    ]
    closing = BookClosing.objects.filter(agency=agency, book=kept, year=when.year, month=when.month).select_related("closed_by").first()
    kind = AccessKind.SEARCH if words else AccessKind.LIST
    note_access(request, kind, f"agency:{agency.pk}", f"{kept.label}, {when}: {len(entries)} dòng")
    query = {"tu-khoa": words} if words else {}
    context = {
        "links": links_for(request.user),
        "form": form,
        "period": when,
        "words": words,
        "lines": lines,
        "said": say_counts(of_period.counts()),
        "unsigned": of_period.unsigned().count(),
        "closing": closing,
        "pdf_url": address_of("certification_book_pdf", kept, when),
        "close_url": "" if closing or not request.user.has_role(*CLOSERS) else address_of("certification_book_close", kept, when),
        "may_be_closed": timezone.localdate() >= when.last,
        "next_page": f"?{urlencode(query | {'sau': entries[-1].number})}" if more else "",
        "first_page": f"?{urlencode(query)}" if after else "",
        "all_url": address_of("certification_book", kept, when),
    }
    return render(request, "dossiers/certification/book.html", context)


@role_required(*READERS)
@require_safe
def number(request: HttpRequest, book: str, year: int, number: int) -> HttpResponse:
    """One number from its line to the session, the signer and the fee."""
    kept = read_book(book)
    entry = trace_number(request.user.agency_id, kept, year, number) if number <= LARGEST_NUMBER and year < 10000 else None
    if entry is None:
        raise Http404
    note_access(request, AccessKind.VIEW, f"dossier:{entry.dossier_id}", f"{kept.label}: một số chứng thực")
    ground, exemption = catalogue().grounds.get(entry.refusal_ground), catalogue().exemptions.get(entry.exempt_ground)
    context = {
        "links": links_for(request.user),
        "entry": entry,
        "form": catalogue().books[kept],
        "work": catalogue().rules_of(entry.work),
        "signer": signer_words(entry),
        "ground": ground,
        "exemption": exemption,
        "fee": show_money(entry.fee),
        "fee_full": show_money(entry.fee_full),
        "print_cost": show_money(entry.print_cost) if entry.print_cost else "",
        "receipts": [
            (receipt, show_money(receipt.total))
            for receipt in entry.dossier.certification_receipts.select_related("taken_by", "cancelled_by")
        ],
        "clause": clause_of(entry) if catalogue().rules_of(entry.work).forms else None,
        "month_url": address_of("certification_book", kept, month_of(entry.entered_at)),
    }
    return render(request, "dossiers/certification/number.html", context)


@role_required(*READERS)
@require_safe
def book_pdf(request: HttpRequest, book: str, period: str) -> HttpResponse:
    """The book to print: a month with every line (of a long one a choice of files, `?phan=`), or the year's cover."""
    agency, kept, when = request.user.agency, read_book(book), read_period(period)
    page, now = book_page(agency.pk, kept, when), timezone.now()
    symbol = symbol_of(setting_of(agency.pk), kept)
    typed = request.GET.get("phan", "")
    if when.month and not typed:
        parts = papers.parts_of_month(page)
        if parts > 1:
            context = {
                "form": page.form,
                "period": when,
                "parts": range(1, parts + 1),
                "back": address_of("certification_book", kept, when),
            }
            return render(request, "dossiers/certification/parts.html", context)
    typed = typed or "1"
    part = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
    try:
        if when.month:
            content = papers.month_of_book(agency, page, made_at=now, part=part, symbol=symbol)
        else:
            closings = list(BookClosing.objects.filter(agency=agency, book=kept, year=when.year))
            content = papers.year_of_book(agency, page, closings, made_at=now, symbol=symbol)
    except TooLong:
        raise
    except ValueError:
        raise Http404 from None
    note_access(request, AccessKind.PRINT, f"agency:{agency.pk}", f"{kept.label}, {when}: {len(page.entries)} dòng, phần {part}")
    return shown_pdf(content, f"so-{slug_of(kept)}-{period_slug(when)}-{part}.pdf")


@role_required(*CLOSERS)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, book: str, period: str) -> HttpResponse:
    """“Khóa sổ”: what will be fixed, then the act. A closed book answers with its page."""
    agency, kept, when, now = request.user.agency, read_book(book), read_period(period), timezone.now()
    back = address_of("certification_book", kept, when)
    form, problem, status = CloseForm(request.POST if request.method == "POST" else None), "", 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                lifecycle.close_book(agency, kept, when.year, when.month, by=request.user, at=now, **form.cleaned_data)
            except AlreadyDone as done:
                messages.info(request, str(done))
                return see_other(back)
            except NotAllowed as refusal:
                problem = str(refusal)
            else:
                messages.success(request, f"Đã khóa {kept.label.lower()}, {when}.")
                return see_other(back)
    elif BookClosing.objects.filter(agency=agency, book=kept, year=when.year, month=when.month).exists():
        return see_other(back)
    of_book = CertificationEntry.objects.of_agency(agency.pk).in_book(kept, when.year)
    entries = of_book.in_period(when)
    counts: Counts = entries.counts()
    note_access(request, AccessKind.VIEW, f"book:{counter_name(kept, when.year)}", f"Khóa sổ {when}")
    context = {
        "form": form,
        "book_form": catalogue().books[kept],
        "period": when,
        "counts": counts,
        "fees": show_money(counts.fees),
        "unsigned": entries.unsigned().count(),
        "problem": problem,
        "has_errors": status == 422,
        "back": back,
    }
    return render(request, "dossiers/certification/close.html", context, status=status)
