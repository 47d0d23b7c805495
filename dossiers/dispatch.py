"""Signed letters on their way to the citizen: the file made, the letter shown, its message queued; later, that it was sent.

Work is found by the state of the letters. Several workers go through the same list in different orders and look
again before each letter, so that they share the rendering without a lock; where two make the same file, the first
one's is kept, and only one of them issues the letter.
"""

import random
from collections.abc import Iterator
from datetime import datetime

from dossiers import lifecycle
from dossiers.models import ApologyLetter, LetterState
from dossiers.printing import file_of
from dossiers.statuses import NotAllowed
from onestop.outbox.models import Channel
from onestop.outbox.queue import sent_among


def issue_signed(*, now: datetime, limit: int = 200) -> tuple[int, list[int]]:
    """Make the files of signed letters and issue them; returns how many were issued now and the ids that failed.

    One bad letter never stops the others.
    """
    issued, failed = 0, []
    for letter in _in_any_order(LetterState.SIGNED, limit):
        try:
            file_of(letter.paper, at=now)
            issued += lifecycle.issue_letter(letter, at=now)
        except NotAllowed:
            continue  # the dossier was voided since
        except Exception:  # whatever is wrong with one letter must not hold up the rest; the job reports it
            failed.append(letter.pk)
    return issued, failed


def note_sent(*, now: datetime, limit: int = 1000) -> int:
    """Mark issued letters whose message has left for the citizen; returns how many."""
    letters = list(ApologyLetter.objects.filter(state=LetterState.ISSUED).order_by("id")[:limit])
    sent = sent_among(f"{letter.message_key}:{channel}" for letter in letters for channel in Channel.values)
    noted = 0
    for letter in letters:
        ways = [str(channel.label) for channel in Channel if f"{letter.message_key}:{channel}" in sent]
        if not ways:
            continue
        try:
            lifecycle.letter_sent(letter, how=", ".join(ways), at=now)
        except NotAllowed:
            continue  # the dossier was voided since
        noted += 1
    return noted


def _in_any_order(state: str, limit: int) -> Iterator[ApologyLetter]:
    """The letters in this state, each looked at again before it is given out."""
    numbers = list(ApologyLetter.objects.filter(state=state).order_by("id").values_list("pk", flat=True)[:limit])
    random.shuffle(numbers)
    for number in numbers:
        letter = ApologyLetter.objects.filter(pk=number, state=state).select_related("paper__dossier").first()
        if letter is not None:
            yield letter
