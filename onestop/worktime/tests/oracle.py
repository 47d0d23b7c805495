"""A second opinion, written apart from the product: naive loops over days and seconds, no shared code.

Everything is a local time without offset. It is slow on purpose: every day is looked at, every step of a
working hour is walked.
"""
import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "calendar.json"
DAY = timedelta(days=1)


class Refused(Exception):
    pass


class Days:
    """The days of the shipped file as plain sets; `half` = {date: time} is for the tests to fill."""

    def __init__(self, half=None):
        content = json.loads(FILE.read_text(encoding="utf-8"))
        self.off, self.extra, self.half = set(), set(), dict(half or {})
        for year in content["years"]:
            self.off |= {row["date"] for row in year["non_working_days"]}
            self.extra |= {row["date"] for row in year["swapped_working_days"]}

    def works(self, day):
        if not date(2019, 1, 1) <= day <= date(2027, 12, 31):
            raise Refused(day)
        text = day.isoformat()
        if text in self.extra:
            return True
        if text in self.off:
            return False
        return day.isoweekday() not in (6, 7)

    def open_at(self, moment):
        """Inside the hours, both ends included."""
        if not self.works(moment.date()):
            return False
        clock = moment.time()
        end = self.half.get(moment.date(), time(17))
        morning = time(7, 30) <= clock <= time(11, 30)
        afternoon = time(13, 30) <= clock <= time(17)
        return (morning or afternoon) and clock <= end

    def closing(self, day):
        return datetime.combine(day, self.half.get(day, time(17)))

    def open_from(self, moment):
        while not self.open_at(moment):
            moment += timedelta(seconds=1) if moment.second else timedelta(minutes=1)
        return moment

    def working_after(self, day):
        day += DAY
        while not self.works(day):
            day += DAY
        return day


def due(days, filed, value, unit, *, clock_hours=False, cutoff=None, channel="counter", pauses=()):
    """The due time, or None while a pause is open."""
    received = filed
    days.works(filed.date())
    if channel == "online" and not (unit == "hour" and clock_hours):
        received = days.open_from(filed)
    if unit == "immediate":
        return _immediate(days, received, cutoff or time(15), pauses)
    if unit == "hour":
        whole_minutes = not any(moment.second for pause in [(filed,), *pauses] for moment in pause if moment)
        return _hours(days, received, value, clock_hours, pauses, 60 if whole_minutes else 30)
    return _days(days, received, value, unit, cutoff, pauses)


def _immediate(days, moment, cutoff, pauses):
    answer = _immediate_from(days, moment, cutoff)
    for asked, answered in pauses:
        if asked > answer:
            return answer
        if answered is None:
            return None
        answer = _immediate_from(days, days.open_from(answered), cutoff)
    return answer


def _immediate_from(days, moment, cutoff):
    today = moment.date()
    if days.works(today) and moment.time() <= cutoff and moment <= days.closing(today):
        return days.closing(today)
    return days.closing(days.working_after(today))


def _days(days, received, value, unit, cutoff, pauses):
    """Walks the days one by one and keeps a list of the ones that were used."""
    receipt = received.date()
    if cutoff is not None and received.time() > cutoff:
        receipt = days.working_after(receipt)
    considered = []  # the pauses that began in time
    waiting = list(pauses)
    while True:
        answer = _walk(days, receipt, value, unit, considered)
        if not waiting or waiting[0][0] > answer:
            return answer
        if waiting[0][1] is None:
            return None
        asked, answered = waiting.pop(0)
        considered.append((asked.date(), days.open_from(answered).date()))


def _walk(days, receipt, value, unit, pauses):
    used, day, done = 0, receipt, None
    while used < value:
        day += DAY
        working = days.works(day)
        if day <= receipt or any(asked < day <= answered for asked, answered in pauses):
            continue
        if unit == "day" or working:
            used += 1
        done = day
    if not pauses or pauses[-1][0] < done:
        # The last day lies after every request: only a day off moves it.
        last = done if days.works(done) else days.working_after(done)
        return days.closing(last)
    # A request fell on the last used day or later: nothing was left at the answer.
    answered = max([receipt] + [answered for _, answered in pauses])
    return days.closing(days.working_after(answered))


def _hours(days, received, value, clock_hours, pauses, step):
    """Step by step of `step` seconds, which divides all times: time passes when it is open (or always) and nobody waits."""
    left, now, waiting, until = value * 3600, received, list(pauses), None
    jump = timedelta(seconds=step)
    while True:
        if waiting and until is None and waiting[0][0] <= now:
            asked, answered = waiting.pop(0)
            if answered is None:
                return None
            until = days.open_from(answered)
        if until is not None and now >= until:
            until = None
            continue
        if left <= 0 and until is None:
            return now
        ahead = now + jump
        if until is None and (clock_hours or (days.open_at(now) and days.open_at(ahead))):
            left -= step
        now = ahead
