"""What was certified and what was taken in: for the day's cash, the month, and the periodic report."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, F, Q, Sum

from dossiers.certification.kinds import CountsAs
from dossiers.certification.querysets import Counts
from dossiers.models import CertificationEntry, CertificationReceipt, CertificationSetting
from onestop.reading.days import end_of, start_of

WAYS = ("cash", "transfer", "online")


@dataclass(frozen=True)
class CashLine:
    """What one clerk took on one day, by way of payment, and gave back for receipts cancelled that day; đồng."""

    clerk_id: int
    clerk_name: str
    receipts: int = 0
    cash: int = 0
    transfer: int = 0
    online: int = 0
    cancelled: int = 0
    given_back: int = 0

    @property
    def net(self) -> int:
        return self.cash + self.transfer + self.online - self.given_back


def counts(agency_id: int, start: datetime, end: datetime) -> Counts:
    """What the agency entered from `start` until before `end`; one query."""
    return CertificationEntry.objects.of_agency(agency_id).entered_between(start, end).counts()


def dossiers_in_report(setting: CertificationSetting, counted: Counts) -> int:
    """How many dossiers these are in the periodic report, by the agency's choice."""
    return {CountsAs.VISIT: counted.visits, CountsAs.NUMBER: counted.numbers, CountsAs.COPY: counted.copies}[CountsAs(setting.counts_as)]


def cash_of_day(agency_id: int, day: date) -> list[CashLine]:
    """The day's cash of each clerk, in order of name; two queries.

    A receipt cancelled on a later day counts in full on its own day and is given back on the day of the cancellation,
    by whoever cancelled it.
    """
    start, end = start_of(day), end_of(day)
    receipts = CertificationReceipt.objects.filter(agency_id=agency_id).order_by()
    taken = receipts.filter(taken_at__gte=start, taken_at__lt=end).values(clerk=F("taken_by_id"), name=F("taken_by__full_name"))
    sums = {way: Sum("amount", filter=Q(paid_by=way)) + Sum("print_cost", filter=Q(paid_by=way)) for way in WAYS}
    lines: dict[int, CashLine] = {}
    for clerk, name, *amounts in taken.annotate(number=Count("pk"), **sums).values_list("clerk", "name", "number", *WAYS):
        lines[clerk] = CashLine(clerk, name, *(amount or 0 for amount in amounts))
    cancelled = receipts.filter(cancelled_at__gte=start, cancelled_at__lt=end)
    back = cancelled.values(clerk=F("cancelled_by_id"), name=F("cancelled_by__full_name"))
    gave = Sum("amount") + Sum("print_cost")
    for clerk, name, number, amount in back.annotate(number=Count("pk"), gave=gave).values_list("clerk", "name", "number", "gave"):
        lines[clerk] = replace(lines.get(clerk, CashLine(clerk, name)), cancelled=number, given_back=amount)
    return sorted(lines.values(), key=lambda line: (line.clerk_name, line.clerk_id))
