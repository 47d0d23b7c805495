"""The books as they are read: a month or year of one, and one number followed to its session, signer and fee."""

from dataclasses import dataclass

from dossiers.certification.books import Period
from dossiers.certification.catalogue import BookForm, Retention, catalogue
from dossiers.certification.kinds import Book
from dossiers.certification.querysets import Counts
from dossiers.models import BookClosing, CertificationEntry


@dataclass(frozen=True)
class BookPage:
    """One book over one period: the lines in order of number, the counts, and the closing if there is one.

    `carried` is the number of lines of the year before the period began.
    """

    form: BookForm
    period: Period
    entries: list[CertificationEntry]
    counts: Counts
    carried: int
    closing: BookClosing | None

    @property
    def retention(self) -> Retention:
        """How long the book itself is kept."""
        return catalogue().book_retention


def book_page(agency_id: int, book: str, period: Period) -> BookPage:
    """The book of a month or of the whole year; four queries whatever the number of lines."""
    of_book = CertificationEntry.objects.of_agency(agency_id).in_book(book, period.year)
    entries = of_book.in_period(period)
    return BookPage(
        form=catalogue().books[Book(book)],
        period=period,
        entries=list(entries.select_related("signer", "dossier", "voided_by")),
        counts=entries.counts(),
        carried=of_book.filter(entered_at__lt=period.start).count(),
        closing=BookClosing.objects.filter(agency_id=agency_id, book=book, year=period.year, month=period.month)
        .select_related("closed_by")
        .first(),
    )


def trace_number(agency_id: int, book: str, year: int, number: int) -> CertificationEntry | None:
    """One number with its session, signer and delegation; receipts hang on the session."""
    found = CertificationEntry.objects.of_agency(agency_id).filter(book=book, year=year, number=number)
    people = ("dossier__received_by", "signer", "delegation", "signing_recorded_by")
    return found.select_related(*people, "version__procedure", "refusal").first()
