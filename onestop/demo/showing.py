"""What a visitor of the demonstration tries first: dossiers worth a look, and cards for the scan box."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.conf import settings
from django.db.models import F, QuerySet

from dossiers import secrets
from dossiers.filters import day_end
from dossiers.issuing import token_address
from dossiers.models import Dossier, Party
from dossiers.statuses import Status
from onestop.demo.people import InventedPeople, Person
from onestop.reading.dates import PartialDate
from onestop.staff.models import User
from surveys.ballots import is_given

LONG_WAIT = timedelta(days=15)
CARDS_OF_EACH_KIND = 2
# Far from the numbers of those who live in the demonstration.
STRANGERS_FROM = 990_000


@dataclass(frozen=True)
class Example:
    """One dossier with what opens it; a voided one opens to its office only."""

    what: str
    code: str
    lookup_code: str
    address: str


@dataclass(frozen=True)
class SampleCard:
    """What the scanner would type."""

    what: str
    text: str


def examples(now: datetime) -> list[Example]:
    """The newest dossier of each interesting state, as far as there is one."""
    found = []
    for what, dossiers in _states(now).items():
        newest = list(dossiers.without_certification().newest_first()[:50])
        if newest:
            # Best one that nobody has rated yet, so that whoever opens it may.
            found.append(_example(what, next((dossier for dossier in newest if not is_given(dossier)), newest[0])))
    return found


def _example(what: str, dossier: Dossier) -> Example:
    if dossier.voided_at is not None:
        return Example(what, dossier.code, "", "")
    version = dossier.secret_version
    lookup_code, token = secrets.lookup_code(dossier.code, version), secrets.token(dossier.code, version)
    return Example(what, dossier.code, lookup_code, token_address(token))


def _states(now: datetime) -> dict[str, QuerySet]:
    every = Dossier.objects.all()
    in_time = every.open().filter(due_at__gte=now)
    return {
        "received, at the counter": in_time.filter(status=Status.RECEIVED, received_at__lte=now),
        "handed over, not yet taken": in_time.filter(status=Status.PROCESSING, hand_overs__taken_at__isnull=True),
        "being settled": in_time.filter(status=Status.PROCESSING, hand_overs__taken_at__isnull=False, results__isnull=True),
        "waiting for the signature": in_time.awaiting_signature(),
        "sent back by the leader": in_time.filter(status=Status.PROCESSING, send_backs__isnull=False, signed_at__isnull=True),
        "signed, not yet issued": every.signed_not_issued(),
        "signed with the leader's own certificate": every.valid().filter(sign_offs__kind="digital"),
        "with scans of its papers": in_time.filter(scans__isnull=False).distinct(),
        "late": every.overdue(now),
        "apologised for, with a new date": every.open().filter(letters__issued_at__isnull=False),
        "a letter waiting for the signature": every.open().filter(letters__state="drafted", letters__prepared_at__isnull=False),
        "due today": in_time.filter(due_at__lt=day_end(now)),
        "suspended": every.open().filter(pauses__ended_at__isnull=True, pauses__kind="suspension"),
        "waiting for papers": every.open().filter(status=Status.AWAITING_SUPPLEMENT),
        "waiting for a payment": every.open().filter(status=Status.AWAITING_PAYMENT),
        "with another agency, its answer late": every.open().filter(status=Status.WITH_OTHER_AGENCY),
        "with the answer of another agency": in_time.filter(consultations__answered_at__isnull=False),
        "going on after a pause": in_time.filter(appointments__kind="pause"),
        "extended": in_time.filter(appointments__kind="extension"),
        "never answered": every.open().filter(pauses__ended_at__isnull=True, pauses__answer_by__lt=now.date()),
        "asked back by the citizen": every.open().filter(status=Status.WITHDRAWAL_REQUESTED),
        "stopped, with its notice": every.valid().filter(status=Status.STOPPED),
        "moved to the right procedure": every.open().filter(reclassifications__isnull=False),
        "ready to collect": every.ready_to_collect().filter(finished_at__gt=now - LONG_WAIT),
        "ready for more than 15 days": every.ready_to_collect().filter(finished_at__lte=now - LONG_WAIT),
        "returned": every.returned().filter(corrections__isnull=True),
        "returned late": every.returned().filter(finished_at__gt=F("due_at")),
        "taken back to mend a mistake": every.open().filter(corrections__isnull=False),
        "lost slip, new lookup code": every.open().filter(secret_version__gt=1),
        "voided": every.filter(voided_at__isnull=False),
        "filed online after hours": every.valid().filter(channel="online", received_at__gt=F("submitted_at")),
    }


def sample_cards(today: date) -> list[SampleCard]:
    """Cards of people who filed before in the first commune, and of people whom nobody knows yet."""
    issued = today - timedelta(days=400)
    return [SampleCard("known", person.card_text(issued=issued)) for person in _known()] + [
        SampleCard("new", person.card_text(issued=issued)) for person in _strangers(today)
    ]


def _known() -> Iterator[Person]:
    first = User.objects.filter(is_demo=True, agency__level="commune").order_by("agency__code").values_list("agency_id", flat=True).first()
    filers = Party.objects.filter(agency_id=first, role="filer", birth__regex=r"^.{10}$").exclude(phone="").order_by("-id")
    for filer in filers[:CARDS_OF_EACH_KIND]:
        birth = PartialDate.from_iso(filer.birth)
        yield Person(filer.name, filer.sex, birth, filer.personal_id, filer.phone, filer.address, "")


def _strangers(today: date) -> Iterator[Person]:
    invented = InventedPeople(Random(settings.SITE_URL), today=today, drawn=STRANGERS_FROM)
    for sex in ("female", "male"):
        yield invented.person(sex=sex, min_age=22, max_age=38)
