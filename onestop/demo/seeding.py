"""Filling an empty database with a demonstration: offices, people, and a month and a half of work.

What is shown came about as in real life: every act is one of the lifecycle's, at a time when the office is open,
in the order of time over all communes, so that chains of events, numbers and promises are what they would be.
All of it is one transaction: a seeding that is interrupted leaves the database empty.
"""
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count as numbers_from
from random import Random

from django.db import transaction
from django.utils import timezone

from dossiers.desks import Desk
from dossiers.lateness import flag_overdue
from dossiers.models import Channel, Delivery, Dossier, IntakeDraft
from dossiers.pace import reckon
from dossiers.promises import promise_for
from dossiers.replies import watch
from dossiers.warnings import warn
from onestop.demo.apologising import FATES, Apology
from onestop.demo.between import between_events
from onestop.demo.certifying import certify
from onestop.demo.closing import propose_closure
from onestop.demo.deciding import decide_who_signs
from onestop.demo.journeys import ORDINARY, Hours, Kind, Step, kinds_for, way
from onestop.demo.lettering import write_letters
from onestop.demo.matters import Catalogue, Matter, Residents, compose, key
from onestop.demo.offices import open_offices
from onestop.demo.passing import be_away
from onestop.demo.people import InventedPeople
from onestop.demo.processes import process_events
from onestop.demo.rostering import roster_events
from onestop.demo.scanning import scanning_events
from onestop.demo.tales import Office, Tale, can_lack_papers, decline, draft_fields
from onestop.demo.telling import leave_some_waiting, sending_events
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.worktime.hours import at as moment_at
from onestop.worktime.hours import local
from onestop.worktime.limits import CannotPromise
from onestop.worktime.models import CalendarYear
from onestop.worktime.store import calendar_in_force, next_working_day, opening_hours
from procedures.models import Procedure

SEED = 2026
DAYS_BACK = 45
TRIES = 600
# What happened in the last minutes is left out, so that the moment of seeding is later than everything.
MARGIN = timedelta(minutes=3)
DRAFT_KEPT_FOR = timedelta(days=30)
# Slips of these last days have their files at once; the every-minute job makes the others.
PAPERS_OF_LAST = timedelta(days=4)
# Out of a hundred dossiers: answered supplement slips; and beside them, open ones, refusals and drafts.
SUPPLEMENTED, OPEN_SUPPLEMENTS, REFUSALS, DRAFTS = 5, 3, 3, 2

# Certification sessions for a hundred dossiers, on the last days that the counter was open.
CERTIFICATIONS = 20
CERTIFIED_IN_LAST = 6
# The first communes have a duty roster; with hundreds of them it would be most of the seeding.
ROSTERED = 20
# Out of a hundred citizens with their result in hand, so many say how it was.
RATED = 40
# Working seconds that the post takes to an address in the commune.
DAY_OF_THE_POST = 27_000

Event = tuple[datetime, Callable[[datetime], object]]


@dataclass(frozen=True)
class Seeded:
    """What was made."""

    communes: int
    dossiers: int
    acts: int


def seed(*, communes: int, dossiers: int, now: datetime, number: int = SEED) -> Seeded:
    """Make the demonstration as of `now`; the same number and moment give the same people, matters and codes.

    The caller has made sure that the database is empty and that catalogue and calendar are loaded.
    """
    now = local(now)
    rng = Random(number)
    first_day = now.date() - timedelta(days=DAYS_BACK)
    with transaction.atomic():
        rows = open_offices(communes, at=moment_at(first_day - timedelta(days=1), time(8, 0)), rng=rng)
        catalogue = Catalogue(first_day)
        events: list[Event] = []
        letters = {story: numbers_from(0) for story in FATES}
        offices: list[Office] = []
        for place, (agency, commune) in enumerate(rows):
            office = Office(
                agency=agency,
                hours=Hours(calendar_in_force(), opening_hours(agency.pk)),
                residents=Residents(commune, InventedPeople(rng, today=first_day, drawn=100_000 * (place + 1) % 1_000_000)),
                staff=list(User.objects.filter(agency=agency).select_related("agency").order_by("id")),
                own_certificates=int(place == 0),
            )
            offices.append(office)
            count = dossiers // communes + (place < dossiers % communes)
            events += _Planner(office, catalogue, now - MARGIN, rng, letters).events(count)
            if place < ROSTERED:
                # A source of its own: the roster changes nothing in what the number draws for the dossiers.
                events += roster_events(office, now - MARGIN, Random(f"{number} {agency.code}"))
            if place == 0:
                first_office = office
                events += process_events(office, now - MARGIN)
            if place in {0, communes - 1}:
                # The first commune scans and may do without; the last of several asks for scans of everything required.
                events += scanning_events(office, now - MARGIN, Random(f"{number} scans {agency.code}"), asks=place > 0)
        if communes > 1 and dossiers:
            events += between_events(offices[0], offices[1], catalogue, now - MARGIN, Random(f"{number} between"))
        messages = list(sending_events(first_day, now - MARGIN))
        acts = _perform(events + messages) - len(messages)
        # Before the sweep, whose events are those of this very moment.
        propose_closure(rows[0][0], now=now - MARGIN)
        be_away(first_office, now=now - MARGIN)
        decide_who_signs(first_office, now=now - MARGIN)
        write_letters(first_office, now=now - MARGIN)
        flag_overdue(now=now)
        # What the jobs of the night and of the morning would have made.
        reckon(now=now)
        warn(now=opening_before(now))
        watch(now=opening_before(now))
        leave_some_waiting(now)
    return Seeded(communes, Dossier.objects.without_certification().count(), acts)


def _perform(events: list[Event]) -> int:
    """Do everything in the order of time, no two acts in the same second."""
    last = None
    for moment, act in sorted(events, key=lambda event: event[0]):
        last = moment if last is None or moment > last else last + timedelta(seconds=1)
        act(last)
    return len(events)


class _Planner:
    """Draws what happens in one office."""

    def __init__(self, office: Office, catalogue: Catalogue, now: datetime, rng: Random, letters: dict[str, Iterator[int]]) -> None:
        self.office, self.catalogue, self.now, self.rng, self.letters = office, catalogue, now, rng, letters
        first = now.date() - timedelta(days=DAYS_BACK)
        self.days = office.hours.days(first, now.date())
        self.nights = [first + timedelta(days=day) for day in range(DAYS_BACK + 1)]
        self.next_day = next_working_day(now) or now.date()

    def events(self, count: int) -> Iterator[Event]:
        for kind in kinds_for(count):
            yield from self._tale(kind)
        if count:
            yield from self._beside(count)
        for _ in range(count * CERTIFICATIONS // 100):
            yield self._lately(CERTIFIED_IN_LAST), lambda moment: certify(self.office, self.rng, moment)

    def _tale(self, kind: Kind) -> Iterator[Event]:
        kind, matter, channel, filed, received, due, ready = self._draw(kind)
        intake = compose(matter, channel, filed, residents=self.office.residents, catalogue=self.catalogue, rng=self.rng)
        tale = Tale(self.office, kind, matter, intake, self.rng)
        if kind is ORDINARY and self.rng.randrange(100) < SUPPLEMENTED and can_lack_papers(matter, self.catalogue):
            earlier = self.rng.choice(self.days)
            asked = self.office.hours.arrival(earlier, self.rng)
            if asked < filed:
                yield asked, tale.request_supplement
        yield filed, tale.receive
        if filed > self.now - PAPERS_OF_LAST:
            yield filed + timedelta(seconds=2), tale.make_paper
        steps = list(
            way(kind, received=received, ready=ready, now=self.now, at_once=not matter.takes_days, hours=self.office.hours, rng=self.rng)
        )
        by_post = intake.delivery == Delivery.POST and not kind.extras
        for step in steps:
            yield step.at, tale.post_result if by_post and step.act == "return_result" else tale.act(step.act)
        if steps and steps[-1].act == "return_result":
            ended = self.office.hours.later(steps[-1].at, DAY_OF_THE_POST) if by_post else steps[-1].at
            if by_post and ended < self.now:
                yield ended, tale.confirm_delivery
        if steps and steps[-1].act == "return_result" and "correction" not in kind.extras and self.rng.randrange(100) < RATED:
            said = ended + timedelta(minutes=self.rng.randrange(1, 600))
            if said < self.now:
                yield said, tale.rate
        if due < self.now and _is_open_at(due, steps):
            # As the every-minute job would have done it.
            yield due + timedelta(seconds=20), lambda moment: flag_overdue(now=moment)
            if kind.name in FATES:
                hours = self.office.hours
                apology = Apology(tale, Desk(hours.calendar, hours.hours), next(self.letters[kind.name]))
                yield from apology.events(received, due, self.now)

    def _draw(self, kind: Kind) -> tuple[Kind, Matter, str, datetime, datetime, datetime, datetime]:
        """A matter and times that tell the story; an ordinary one where the calendar leaves no room for it."""
        for _ in range(TRIES):
            drawn = self._attempt(kind)
            if drawn is not None:
                return kind, *drawn
        return self._draw(ORDINARY)

    def _attempt(self, kind: Kind) -> tuple[Matter, str, datetime, datetime, datetime, datetime] | None:
        rng, hours, matter = self.rng, self.office.hours, self.catalogue.draw(self.rng)
        offered = matter.version.channels
        if kind.by_days not in {None, matter.takes_days} or (kind.night and Channel.ONLINE not in offered):
            return None
        if kind.night:
            channel = Channel.ONLINE
            filed = moment_at(rng.choice(self.nights), time(18 + rng.randrange(5), rng.randrange(60), rng.randrange(60)))
        else:
            chance = rng.random()
            channel = Channel.ONLINE if chance < 0.1 else Channel.POST if chance < 0.13 else Channel.COUNTER
            channel = channel if channel in offered else Channel.COUNTER
            filed = hours.arrival(rng.choice(self.days), rng)
        if filed >= self.now - timedelta(minutes=1):
            return None
        try:
            appointed = promise_for(matter.version, matter.case, channel, self.office.agency.pk, filed)
        except CannotPromise:
            return None
        received, due = local(appointed.promise.received_at), local(appointed.due_at)
        allowed = hours.between(received, due) * rng.uniform(*kind.ends)
        if not matter.takes_days and kind.ends[1] <= 1:
            allowed = min(allowed, rng.randrange(480, 3600))
        ready = hours.later(received, allowed)
        fits = kind.fits(received, due, ready, self.now, self.next_day)
        return (matter, channel, filed, received, due, ready) if fits else None

    def _beside(self, count: int) -> Iterator[Event]:
        """Slips and drafts that never became dossiers."""
        for _ in range(max(1, count * OPEN_SUPPLEMENTS // 100)):
            tale = self._incomplete()
            yield self._lately(20), tale.request_supplement
        for _ in range(max(1, count * REFUSALS // 100)):
            matter = self.catalogue.draw(self.rng)
            yield self._lately(DAYS_BACK), lambda moment, matter=matter: decline(self.office, matter, self.rng, moment)
        for _ in range(max(1, count * DRAFTS // 100)):
            tale = self._incomplete()
            yield self._lately(3), lambda moment, tale=tale: self._keep_draft(tale, moment)

    def _incomplete(self) -> Tale:
        while True:
            matter = self.catalogue.draw(self.rng)
            if can_lack_papers(matter, self.catalogue):
                break
        intake = compose(matter, Channel.COUNTER, self.now, residents=self.office.residents, catalogue=self.catalogue, rng=self.rng)
        return Tale(self.office, ORDINARY, matter, intake, self.rng)

    def _lately(self, days: int) -> datetime:
        """A moment at the counter within the last days on which it was open."""
        while True:
            moment = self.office.hours.arrival(self.rng.choice(self.days[-days:]), self.rng)
            if moment < self.now:
                return moment

    def _keep_draft(self, tale: Tale, moment: datetime) -> None:
        fields = draft_fields(tale.matter, tale.intake)
        owner = self.rng.choice(self.office.with_role(Role.CLERK, Role.HELPER))
        IntakeDraft.objects.create(
            agency=self.office.agency,
            key=key(self.rng),
            owner=owner,
            fields=fields,
            created_at=moment,
            changed_at=moment,
            expires_at=moment + DRAFT_KEPT_FOR,
        )


def _is_open_at(due: datetime, steps: list[Step]) -> bool:
    issued = next((step.at for step in steps if step.act in {"issue_result", "void"}), None)
    return issued is None or issued > due


def opening_before(now: datetime) -> datetime:
    """The moment itself in office hours, else the last one before it: people are warned while they are at work."""
    hours, calendar = opening_hours(None), calendar_in_force()
    return hours.back(now, 60, calendar) if not hours.is_inside(now, calendar) else now


def nothing_to_receive() -> str:
    """What has to be loaded before seeding, as a sentence; "" when all is there."""
    if not CalendarYear.objects.exists():
        return "there is no working calendar yet: run manage.py load_calendar first"
    today = timezone.localdate()
    if not Procedure.objects.filter(versions__receivable=True, versions__effective_from__lte=today).exists():
        return "there is no procedure that can be received yet: run manage.py load_catalogue first"
    return ""
