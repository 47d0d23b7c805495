"""The daily sheet (phiếu tổng hợp cuối ngày): what one agency numbered, gave back and took in, for the leader's signature.

Whoever keeps the signed sheets can prove later that nothing was cut out of a day: the numbers run from
one sheet to the next, and the seal fixes the history up to that evening.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Max, Min, Q, Sum

from dossiers.certification.counting import CashLine, cash_of_day
from dossiers.models import ApologyLetter, CertificationEntry, Dossier, DossierFee, Refusal, RegisterEntry, SupplementRequest
from onestop.history.models import Seal
from onestop.reading.days import end_of, start_of

WAYS = ("cash", "transfer", "online")


@dataclass(frozen=True)
class Series:
    """The numbers drawn from one book on the day; `first` 0 when none was."""

    name: str
    count: int
    first: int = 0
    last: int = 0

    @property
    def span(self) -> str:
        return "không có" if not self.count else f"{self.first} – {self.last}"


@dataclass(frozen=True)
class DaySheet:
    """The figures of one agency's day. `open_now`, `late_now`, `due_next` are those at `made_at`."""

    day: date
    made_at: datetime
    series: tuple[Series, ...]
    returned: tuple[tuple[str, str], ...]
    voided: tuple[str, ...]
    fees: tuple[int, int, int]
    certification_cash: tuple[CashLine, ...]
    open_now: int
    late_now: int
    waiting_now: int
    seal: Seal | None

    @property
    def cash_total(self) -> int:
        return self.fees[0] + sum(line.cash - line.given_back for line in self.certification_cash)

    def figures(self) -> dict[str, object]:
        """The sheet as it travels inside its file; amounts in dong."""
        return {
            "kind": "day_sheet",
            "day": self.day.isoformat(),
            "series": [{"name": row.name, "count": row.count, "first": row.first, "last": row.last} for row in self.series],
            # As on the paper, whose leaves hang on a wall sooner or later: codes, no names.
            "returned": [code for code, _ in self.returned],
            "voided": self.voided,
            "fees": dict(zip(WAYS, self.fees, strict=True)),
            "certification_cash": [
                {"clerk": line.clerk_name, "cash": line.cash, "given_back": line.given_back} for line in self.certification_cash
            ],
            "cash_total": self.cash_total,
            "open": self.open_now,
            "late": self.late_now,
            "waiting": self.waiting_now,
            "seal": self.seal.hash if self.seal else "",
        }


def sheet_of(agency_id: int, day: date, *, now: datetime) -> DaySheet:
    """The day's figures; a constant number of queries."""
    start, end = start_of(day), end_of(day)

    def within(column: str) -> Q:
        return Q(**{f"{column}__gte": start, f"{column}__lt": end})

    series = [
        _series("Sổ theo dõi hồ sơ", RegisterEntry.objects.filter(within("entered_at"), agency_id=agency_id), "entry_no"),
        _series("Phiếu yêu cầu bổ sung", SupplementRequest.objects.filter(within("requested_at"), agency_id=agency_id), "number"),
        _series("Phiếu từ chối", Refusal.objects.filter(within("refused_at"), agency_id=agency_id), "number"),
        _series("Văn bản xin lỗi", ApologyLetter.objects.filter(within("signed_at"), agency_id=agency_id), "number"),
    ]
    books = CertificationEntry.objects.filter(within("entered_at"), agency_id=agency_id).order_by().values("book")
    labels = dict(CertificationEntry._meta.get_field("book").flatchoices)
    for row in books.annotate(drawn=Count("pk"), low=Min("number"), high=Max("number")).order_by("book"):
        series.append(Series(str(labels.get(row["book"], row["book"])), row["drawn"], row["low"], row["high"]))
    own = Dossier.objects.of_agency(agency_id)
    returned = (
        own.valid().without_certification().filter(within("returned_at")).order_by("returned_at").values_list("code", "applicant_name")
    )
    paid = DossierFee.objects.filter(within("paid_at"), agency_id=agency_id).aggregate(
        **{way: Sum("amount", filter=Q(paid_by=way)) for way in WAYS}
    )
    counts = own.open().aggregate(
        open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)), waiting=Count("pk", filter=Q(due_at__isnull=True))
    )
    return DaySheet(
        day=day,
        made_at=now,
        series=tuple(series),
        returned=tuple(returned),
        voided=tuple(own.filter(within("voided_at")).order_by("voided_at").values_list("code", flat=True)),
        fees=(paid["cash"] or 0, paid["transfer"] or 0, paid["online"] or 0),
        certification_cash=tuple(cash_of_day(agency_id, day)),
        open_now=counts["open"],
        late_now=counts["late"],
        waiting_now=counts["waiting"],
        seal=Seal.objects.filter(agency_id=agency_id, day__lte=day).order_by("-day").first(),
    )


def _series(name: str, rows, column: str) -> Series:
    drawn = rows.order_by().aggregate(count=Count("pk"), first=Min(F(column)), last=Max(F(column)))
    return Series(name, drawn["count"], drawn["first"] or 0, drawn["last"] or 0)
