"""Letters signed alone and beside results, at the same instant: no deadlock, no gap, nothing twice."""

import pytest
from django.db import connection

from dossiers import lifecycle
from dossiers.drafting import draft_due
from dossiers.lifecycle import LetterChoice, LetterDecided, ResultSigned
from dossiers.models import ApologyLetter, SignOff
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.letters import AFTER, BEFORE, WORDS, head, prepared
from dossiers.tests.makers import bring_to, make_clerk, make_dossier
from onestop.history.verify import first_problem
from tests.crowd import at_once

pytestmark = [pytest.mark.stress, pytest.mark.django_db(transaction=True)]
BY_HAND = ResultSigned("wet_ink", signed_at=BEFORE, doc_number="12", doc_symbol="TLKS", issue_now=True)
DECIDED = LetterDecided(LetterChoice.SIGN, cause="signature", cause_words=WORDS)


def rounds(full_size: bool) -> int:
    return 12 if full_size else 3


def test_letters_alone_and_beside_results_take_their_locks_in_one_order(full_size):
    hands, boss, clerk = 4 if connection.vendor == "sqlite" else 8, head(), make_clerk()
    turns = rounds(full_size)
    alone = [prepared(make_dossier()) for _ in range(hands // 2 * turns)]
    beside = [bring_to(make_dossier(), Status.AWAITING_SIGNATURE, by=clerk, at=BEFORE) for _ in range(hands // 2 * turns)]

    def work(which):
        for turn in range(turns):
            place = which // 2 * turns + turn
            if which % 2:
                lifecycle.sign_letter(alone[place], by=boss, at=AFTER)
            else:
                lifecycle.sign_both(beside[place], result=BY_HAND, letter=DECIDED, by=boss, at=AFTER)

    at_once(hands, work)

    numbers = ApologyLetter.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, hands * turns + 1))
    assert SignOff.objects.count() == len(beside)
    assert first_problem() is None


def test_one_letter_signed_from_several_devices_has_one_number(full_size):
    boss = head()
    for turn in range(1, rounds(full_size) + 1):
        letter, refused = prepared(make_dossier()), []

        def work(which, letter=letter, refused=refused):
            try:
                lifecycle.sign_letter(letter, by=boss, at=AFTER)
            except NotAllowed:
                refused.append(which)

        at_once(4, work)
        assert (len(refused), ApologyLetter.objects.exclude(number=None).count()) == (3, turn)
    assert first_problem() is None


def test_jobs_that_run_at_once_draft_each_letter_once(full_size):
    dossiers = [make_dossier() for _ in range(10 if full_size else 4)]
    at_once(4, lambda which: draft_due(now=AFTER))
    assert ApologyLetter.objects.count() == len(dossiers)
    assert first_problem() is None
