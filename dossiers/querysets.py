"""Dossiers in the words of the office; each method builds on the last."""
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from dossiers.certification.kinds import LANE
from dossiers.statuses import OPEN, READY, Status
from onestop.reading.names import fold
from onestop.staff.access import agencies_visible_to
from onestop.staff.roles import ACROSS_COMMUNES

# Spelled as in the partial index `dossier_from_elsewhere`.
FOR_ANOTHER = ~Q(competent_agency=F("agency"))
AT_RECEIVER = Q(holder__agency=F("agency"))


class DossierQuerySet(models.QuerySet):
    """`now` is always passed in; nothing here reads the clock."""

    def valid(self):
        """Without those voided as entered by mistake."""
        return self.filter(voided_at__isnull=True)

    def open(self):
        """Work is under way."""
        return self.valid().filter(status__in=sorted(OPEN), finished_at__isnull=True)

    def ready_to_collect(self):
        return self.valid().filter(status__in=sorted(READY))

    def to_collect(self):
        """Results that the desk can hand over: what another commune settled only once its paper has come home."""
        # Both conditions: the first spells the partial index `dossier_to_collect`.
        return self.ready_to_collect().filter(status=Status.RESULT_READY).filter(~FOR_ANOTHER | AT_RECEIVER)

    def coming_home(self):
        """Results of another commune that the desk waits for: still there, or on a list that nobody has confirmed."""
        return self.ready_to_collect().filter(FOR_ANOTHER, status=Status.RESULT_READY).exclude(AT_RECEIVER)

    def in_post(self):
        """On their way to their owners; of each somebody asks whether it was delivered."""
        return self.ready_to_collect().filter(status=Status.IN_POST)

    def returned(self):
        return self.valid().filter(status=Status.RETURNED)

    def overdue(self, now: datetime):
        """Open and past the due minute, whether the sweep has marked it yet or not."""
        return self.open().filter(due_at__lt=now)

    def newly_overdue(self, now: datetime):
        """Overdue and not yet marked: the work of the sweep."""
        return self.overdue(now).filter(overdue_since__isnull=True)

    def due_by(self, moment: datetime, *, now: datetime):
        """Open, not late yet, and due no later than `moment`."""
        return self.open().filter(due_at__gte=now, due_at__lte=moment)

    def not_handed_over(self):
        """Received and still at the counter."""
        return self.open().filter(status=Status.RECEIVED)

    def awaiting_signature(self):
        return self.open().filter(status=Status.AWAITING_SIGNATURE)

    def signed_not_issued(self):
        """Signed, but number and seal are still missing."""
        return self.open().filter(status=Status.PROCESSING, signed_at__isnull=False)

    def held_by(self, user):
        return self.open().filter(holder=user)

    def certification(self):
        """The desk's bulk: certification sessions, and whatever else came in that lane."""
        return self.filter(lane=LANE)

    def without_certification(self):
        """Everything else, for lists that certification would drown."""
        return self.exclude(lane=LANE)

    def of_agency(self, agency_id: int):
        """The register of one agency: what it received itself."""
        return self.filter(agency_id=agency_id)

    def settled_by(self, agency_id: int):
        """What an agency is competent for, whoever received it: its clock, its signature, its lateness."""
        return self.filter(Q(agency_id=agency_id, competent_agency_id=agency_id) | FOR_ANOTHER & Q(competent_agency_id=agency_id))

    def for_another_agency(self):
        """Received by one agency, settled by another."""
        return self.filter(FOR_ANOTHER)

    def visible_to(self, user):
        """What this person may see at all: one of the three agencies is his own; who works across
        the communes sees theirs too (without personal data, see rules.py)."""
        if user.has_role(*ACROSS_COMMUNES):
            return self.filter(agency__in=agencies_visible_to(user))
        mine = user.agency_id
        return self.filter(Q(agency_id=mine) | Q(filed_at_agency_id=mine) | Q(competent_agency_id=mine))

    def with_codes(self, codes):
        """The dossiers of these typed codes. PostgreSQL refuses a question that holds a NUL, and no code does."""
        return self.filter(code__in=[code for code in codes if "\x00" not in code])

    def named(self, words: str):
        """Applicants whose folded name holds every word, in any order; wildcards are plain characters."""
        found = self
        for word in fold(words).split():
            found = found.filter(applicant_key__contains=word)
        return found

    def newest_first(self):
        """Register order, the one that keyset paging relies on."""
        return self.order_by("-received_at", "-id")

    def before(self, received_at: datetime, pk: int):
        """The page after the row (received_at, pk) in register order, as one row comparison."""
        # SQLite spells the row comparison with OR; the plain bound keeps its index range short.
        return self.filter(received_at__lte=received_at).filter(TupleLessThan(Tuple(F("received_at"), F("id")), (received_at, pk)))
