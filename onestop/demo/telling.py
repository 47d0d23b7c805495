"""Messages of the demonstration: most of them left as if there were a gateway, some did not, the newest wait."""
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import F

from onestop.outbox.models import Message, State
from onestop.outbox.sending import FROM_HOUR, UNTIL_HOUR
from onestop.worktime.hours import at as moment_at

# One message in so many is refused: somebody has a new number.
REFUSED_ONE_IN = 29
# So many of the newest messages of the site were tried and wait for their next turn.
TRIED = 3


def sending_events(first: date, now: datetime) -> Iterator[tuple[datetime, Callable[[datetime], object]]]:
    """Every hour in which messages may be sent, what waits leaves, until the hour before `now`."""
    day = first
    while day <= now.date():
        for hour in range(FROM_HOUR, UNTIL_HOUR):
            moment = moment_at(day, time(hour, 0, 30))
            if moment < now - timedelta(hours=1):
                yield moment, send_what_waits
        day += timedelta(days=1)


def send_what_waits(moment: datetime) -> None:
    """As the every-minute job would have done it, in one go."""
    due = Message.objects.due(moment).annotate(turn=F("id") % REFUSED_ONE_IN)
    due.filter(turn=0).update(state=State.FAILED, attempts=1, last_error="refused_422", backend="http")
    Message.objects.due(moment).update(state=State.SENT, sent_at=moment, attempts=1, backend="http")


def leave_some_waiting(now: datetime) -> None:
    """The newest messages that were sent did not get through yet."""
    newest = Message.objects.filter(state=State.SENT).newest_first().values_list("pk", flat=True)[:TRIED]
    Message.objects.filter(pk__in=list(newest)).update(
        state=State.WAITING, sent_at=None, backend="", attempts=4, last_error="timeout", next_at=now + timedelta(minutes=60)
    )
