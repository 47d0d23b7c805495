"""Dossiers between the first two communes of the demonstration: one to be sent, one on its way here, one settled there, a result home."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from dossiers import lifecycle
from dossiers.models import Channel, Delivery, Dossier, SignOffKind, TransferList
from dossiers.printing import file_of
from onestop.demo.matters import Catalogue, compose, key
from onestop.demo.offices import SATURDAY
from onestop.demo.tales import Office
from onestop.staff.roles import Role
from onestop.worktime.hours import at as moment_at

# Working days ago on which each of them was received.
TO_SEND, ON_ITS_WAY, SETTLED_THERE, COMES_HOME = 1, 2, 3, 8
RECEIVED, PRINTED, SENT, ARRIVED = time(8, 20), time(8, 21), time(10, 40), time(14, 15)

Event = tuple[datetime, Callable[[datetime], object]]


@dataclass
class Journey:
    """One dossier received by `here` and settled by `there`. Every act is a method that takes the moment."""

    here: Office
    there: Office
    catalogue: Catalogue
    rng: Random
    dossier: Dossier | None = None
    transfer: TransferList | None = None

    @property
    def received(self) -> Dossier:
        if self.dossier is None:
            raise RuntimeError("the dossier has not been received yet")
        return self.dossier

    def receive(self, at: datetime) -> None:
        matter = next(m for m in iter(lambda: self.catalogue.draw(self.rng), None) if m.takes_days and m.version.procedure.lane == "")
        intake = compose(matter, Channel.COUNTER, at, residents=self.here.residents, catalogue=self.catalogue, rng=self.rng)
        intake = replace(intake, competent=self.there.agency, delivery=Delivery.DESK, delivery_address="")
        self.dossier = lifecycle.receive(intake, by=self.here.with_role(Role.CLERK)[0], at=at)

    def make_paper(self, at: datetime) -> None:
        """The slip's file, as the worker makes it a moment after the receipt."""
        for paper in self.received.issued_papers.all():
            file_of(paper, at=at)

    def send(self, at: datetime) -> None:
        self.transfer = self._sent(lifecycle.send_elsewhere, self.here, self.there, at)

    def arrive(self, at: datetime) -> None:
        if self.transfer is not None:
            told = lifecycle.Told([line.pk for line in self.transfer.lines.all()], {})
            lifecycle.confirm_transfer(self.transfer, told, by=self.there.with_role(Role.CLERK)[0], at=at)

    def draft(self, at: datetime) -> None:
        clerk = self.there.with_role(Role.CLERK)[0]
        self.dossier = lifecycle.submit_for_sign_off(self.received, by=clerk, at=at, summary="Kết quả giải quyết thủ tục")

    def sign(self, at: datetime) -> None:
        head, number = self.there.with_role(Role.HEAD)[0], self.there.next_number("KQ")
        paper = {"doc_number": number, "doc_symbol": "KQ-UBND"}
        self.dossier = lifecycle.sign_off(self.received, kind=SignOffKind.WET_INK, signer=head, by=head, at=at, **paper)

    def issue(self, at: datetime) -> None:
        self.dossier = lifecycle.issue_result(self.received, by=self.there.with_role(Role.CLERK)[0], at=at)

    def send_home(self, at: datetime) -> None:
        self.transfer = self._sent(lifecycle.send_home, self.there, self.here, at)

    def _sent(self, send: Callable[..., TransferList], sender: Office, recipient: Office, at: datetime) -> TransferList:
        form: UUID = key(self.rng)
        return send([self.received], to=recipient.agency, key=form, by=sender.with_role(Role.CLERK)[0], at=at)


def between_events(first: Office, second: Office, catalogue: Catalogue, now: datetime, rng: Random) -> Iterator[Event]:
    """Four journeys in office hours of the last working days; nothing later than `now`."""
    open_days = first.hours.days(now.date() - timedelta(days=21), now.date() - timedelta(days=1))
    days = [day for day in open_days if day.weekday() < SATURDAY]
    if len(days) <= COMES_HOME:
        return

    def on(ago: int, clock: time) -> datetime:
        return moment_at(days[-ago], clock)

    waits = Journey(first, second, catalogue, rng)
    yield on(TO_SEND, RECEIVED), waits.receive
    yield on(TO_SEND, PRINTED), waits.make_paper
    comes = Journey(second, first, catalogue, rng)
    yield on(ON_ITS_WAY, RECEIVED), comes.receive
    yield on(ON_ITS_WAY, PRINTED), comes.make_paper
    yield on(ON_ITS_WAY, SENT), comes.send
    away = Journey(first, second, catalogue, rng)
    yield on(SETTLED_THERE, RECEIVED), away.receive
    yield on(SETTLED_THERE, PRINTED), away.make_paper
    yield on(SETTLED_THERE, SENT), away.send
    yield on(SETTLED_THERE, ARRIVED), away.arrive
    home = Journey(first, second, catalogue, rng)
    yield on(COMES_HOME, RECEIVED), home.receive
    yield on(COMES_HOME, PRINTED), home.make_paper
    yield on(COMES_HOME, SENT), home.send
    yield on(COMES_HOME, ARRIVED), home.arrive
    yield on(COMES_HOME - 2, RECEIVED), home.draft
    yield on(COMES_HOME - 2, SENT), home.sign
    yield on(COMES_HOME - 2, ARRIVED), home.issue
    yield on(COMES_HOME - 3, SENT), home.send_home
