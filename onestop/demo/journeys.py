"""When things happen in the demonstration: the way of one dossier as a list of steps with times. Pure.

A dossier's steps are spread over its working time, from the receipt to the moment when the result is ready;
what lies after `now` has not happened yet. A story may stop earlier (`stop`), and may hold surprises (`extras`).
"""
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.hours import OpeningHours, at

# Where each step lies between receipt (0) and issue (1), for what is settled while the citizen waits and for the rest.
AT_ONCE = {"submit": 0.35, "sign_off": 0.75, "issue_result": 1.0}
BY_DAYS = {"hand_over": 0.08, "take_over": 0.15, "submit": 0.65, "sign_off": 0.9, "issue_result": 1.0}
# What happens where the clock is stopped, set going again or given more time, or the matter ends or turns, by the last of it.
STOPPED_CLOCK = {
    "suspend": {"suspend": 0.4},
    "ask": {"ask": 0.4},
    "charge": {"charge": 0.4},
    "answer": {"ask": 0.3, "answer": 0.6},
    "extend": {"extend": 0.5},
    "stop": {"stop": 0.5},
    "ask_back": {"ask_back": 0.5},
    "reclassify": {"reclassify": 0.3},
    "consult": {"consult": 0.4},
    "hear": {"consult": 0.25, "remind": 0.4, "hear": 0.55},
}
SENT_BACK = {"send_back": 0.72, "submit_again": 0.8}
BUSIEST_MORNING = 0.62


@dataclass(frozen=True)
class Hours:
    """The working time of one office."""

    calendar: WorkingCalendar
    hours: OpeningHours

    def later(self, moment: datetime, seconds: float) -> datetime:
        """The moment after so many seconds of working time, at least one."""
        return self.hours.add(moment, max(1, int(seconds)), self.calendar)

    def between(self, start: datetime, end: datetime) -> int:
        return self.hours.seconds_between(start, end, self.calendar)

    def days(self, first: date, last: date) -> list[date]:
        """The days on which the desk receives people."""
        every = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [day for day in every if self.hours.desk_sessions(day, self.calendar)]

    def arrival(self, day: date, rng: Random) -> datetime:
        """A moment at which somebody comes to the desk; mornings are busier, nobody comes in the last minutes."""
        sessions = self.hours.desk_sessions(day, self.calendar)
        opens, closes = sessions[0] if rng.random() < BUSIEST_MORNING else sessions[-1]
        length = (at(day, closes) - at(day, opens)).total_seconds() - 300
        return at(day, opens) + timedelta(seconds=int(60 + rng.random() * (length - 60)))


@dataclass(frozen=True)
class Kind:
    """One kind of story.

    `stop`: the last step. `ends`: how long the office takes, as a share of the time allowed (low, high).
    `fits(received, due, ready, now, next_day)` says whether the times tell the story. `by_days`: only for what
    goes through the specialist (True), only for what is settled at once (False), or either (None).
    """

    name: str
    share: float
    stop: str = ""
    ends: tuple[float, float] = (0.35, 0.92)
    by_days: bool | None = None
    extras: tuple[str, ...] = ()
    night: bool = False
    fits: Callable[[datetime, datetime, datetime, datetime, date], bool] = field(default=lambda *_: True)

    @property
    def is_under_way(self) -> bool:
        """Whether the story is that somebody has it in hand in good time."""
        return self.fits in {_in_hand, _due_today, _due_next}


def _in_hand(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return due > now


def _late_now(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return now - timedelta(days=9) < due < now - timedelta(minutes=1)


def _due_today(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return due.date() == now.date() and due > now


def _due_next(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return due.date() == next_day and due > now


def _done(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return ready < now - timedelta(days=1)


def _done_late(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return due < ready < now - timedelta(hours=1)


def _waits_lately(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return now - timedelta(days=8) < ready < now - timedelta(minutes=10)


def _waits_long(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    return ready < now - timedelta(days=16)


def _never_answered(received: datetime, due: datetime, ready: datetime, now: datetime, next_day: date) -> bool:
    # Asked before the due day, with ten days to answer.
    return due < now - timedelta(days=12)


# In the order of interest: a small demonstration has the first ones. The rest of the dossiers are ordinary.
KINDS = (
    Kind("late_with_specialist", 0.02, "take_over", by_days=True, fits=_late_now),
    Kind("awaiting_signature", 0.02, "submit", by_days=True, fits=_in_hand),
    Kind("ready", 0.03, "issue_result", fits=_waits_lately),
    Kind("received", 0.01, "receive", by_days=True, fits=_in_hand),
    Kind("taken_over", 0.02, "take_over", by_days=True, fits=_in_hand),
    Kind("handed_over", 0.01, "hand_over", by_days=True, fits=_in_hand),
    Kind("due_today", 0.015, "take_over", by_days=True, fits=_due_today),
    Kind("due_next", 0.015, "submit", by_days=True, fits=_due_next),
    Kind("sent_back", 0.01, "send_back", by_days=True, extras=("send_back",), fits=_in_hand),
    Kind("signed_not_issued", 0.01, "sign_off", by_days=True, fits=_in_hand),
    Kind("late_with_leader", 0.01, "submit", by_days=True, fits=_late_now),
    Kind("suspended", 0.01, "suspend", by_days=True, fits=_in_hand),
    Kind("awaiting_papers", 0.01, "ask", by_days=True, fits=_in_hand),
    Kind("awaiting_payment", 0.01, "charge", by_days=True, fits=_in_hand),
    Kind("resumed", 0.01, "answer", by_days=True, fits=_in_hand),
    Kind("answer_late", 0.005, "consult", by_days=True, fits=_late_now),
    Kind("answer_there", 0.005, "hear", by_days=True, fits=_in_hand),
    Kind("extended", 0.01, "extend", by_days=True, fits=_in_hand),
    Kind("never_answered", 0.005, "ask", by_days=True, fits=_never_answered),
    Kind("stopped", 0.005, "stop", by_days=True, fits=_in_hand),
    Kind("asked_back", 0.005, "ask_back", by_days=True, fits=_in_hand),
    Kind("reclassified", 0.005, "reclassify", by_days=True, fits=_in_hand),
    Kind("late_finished", 0.05, ends=(1.1, 1.6), by_days=True, fits=_done_late),
    Kind("uncollected", 0.03, "issue_result", by_days=True, fits=_waits_long),
    Kind("filed_at_night", 0.04, night=True),
    Kind("returned_to_another", 0.02, extras=("authorised",), fits=_done),
    Kind("slip_lost", 0.01, extras=("slip_lost",), fits=_done),
    Kind("mistake_under_way", 0.01, "correction", by_days=True, extras=("correction",), fits=_done),
    Kind("mistake_mended", 0.01, by_days=True, extras=("correction",), fits=_done),
    Kind("voided", 0.01, "void", by_days=True, fits=_done),
    Kind("new_secret", 0.01, "new_secret", by_days=True, fits=_in_hand),
    Kind("not_granted", 0.02, by_days=True, extras=("not_granted",), fits=_done),
    Kind("signed_at_second_try", 0.03, by_days=True, extras=("send_back",), fits=_done),
)
ORDINARY = Kind("ordinary", 1.0)


def kinds_for(count: int) -> list[Kind]:
    """Which story each of so many dossiers tells: every kind at least once as long as there is room."""
    kinds: list[Kind] = []
    for kind in KINDS:
        kinds += [kind] * max(1, round(kind.share * count))
    if len(kinds) > count:
        kinds = [*KINDS[:count], *kinds[: max(0, count - len(KINDS))]]
    return kinds[:count] + [ORDINARY] * (count - len(kinds))


@dataclass(frozen=True)
class Step:
    """One office act at its time."""

    at: datetime
    act: str


def way(
    kind: Kind, *, received: datetime, ready: datetime, now: datetime, at_once: bool, hours: Hours, rng: Random
) -> Iterator[Step]:
    """The steps after the receipt, in order, each after `received` and up to `now`."""
    if kind.stop == "receive":
        return
    places = dict(AT_ONCE if at_once else BY_DAYS)
    if "send_back" in kind.extras:
        places |= SENT_BACK
    if kind.stop in {"new_secret", "void"}:
        places = {"hand_over": 0.1, kind.stop: 0.5}
    if kind.stop in STOPPED_CLOCK:
        places = {"hand_over": 0.08, "take_over": 0.15, **STOPPED_CLOCK[kind.stop]}
    length = max(hours.between(received, ready), 300)
    elapsed = hours.between(received, now)
    if kind.is_under_way:
        # The last step has to have happened by now, however much time was left.
        length = min(length, elapsed * (0.5 + rng.random() * 0.4) / places[kind.stop])
    last = received
    for act, place in sorted(places.items(), key=lambda item: item[1]):
        last = max(hours.later(received, length * place), last + timedelta(seconds=1))
        if last > now:
            return
        yield Step(last, "submit" if act == "submit_again" else act)
        if act == kind.stop:
            return
    yield from _afterwards(kind, last, now=now, at_once=at_once, hours=hours, rng=rng)


def _afterwards(kind: Kind, ready: datetime, *, now: datetime, at_once: bool, hours: Hours, rng: Random) -> Iterator[Step]:
    """What follows the result: it is collected, and now and then comes back for a fault of ours."""
    wait = rng.randrange(120, 900) if at_once else rng.randrange(1800, 4 * 27_000)
    # What this story is about has to be seen: nobody lets it lie until tomorrow.
    wait = min(wait, hours.between(ready, now) * 0.4) if kind.extras else wait
    acts: list[tuple[str, float]] = [("return_result", wait)]
    if "correction" in kind.extras:
        left = hours.between(ready, now) * 0.12
        acts += [("return_for_correction", left), ("submit", left), ("sign_off", left), ("issue_result", left), ("return_result", left)]
    moment = ready
    for act, seconds in acts:
        moment = hours.later(moment, seconds)
        if moment > now:
            return
        yield Step(moment, act)
        if act == "return_for_correction" and kind.stop == "correction":
            return
