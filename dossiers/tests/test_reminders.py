"""What the pages of work remind their reader of: the numbers of the rooms that they lead to, in one query."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.passings import Word, word_of
from dossiers.reminders import CertifiedToday, reminders_of
from dossiers.tests.makers import make_clerk, make_dossier
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db


def test_nothing_is_nought():
    found = reminders_of(make_clerk(), timezone.now())

    assert (found.certified, found.to_mind, found.word, found.more) == (CertifiedToday(0, 0), 0, Word(0, 0), ())


def test_a_person_is_reminded_of_what_he_confirms_and_of_what_others_missed():
    clerk, specialist, now = make_clerk(), make_user(Role.SPECIALIST), timezone.now()
    _, _, lost = (lifecycle.hand_over(make_dossier(by=clerk, at=now), to=specialist, by=clerk, at=now) for _ in range(3))
    lifecycle.miss_papers(lost, by=specialist, at=now)

    assert {person: reminders_of(person, now).word for person in (clerk, specialist)} == {
        clerk: Word(missed=1),
        specialist: Word(to_confirm=2),
    }
    assert [reminders_of(person, now).word for person in (clerk, specialist)] == [word_of(clerk), word_of(specialist)]


def test_the_figures_of_the_page_come_in_its_order():
    clerk, now = make_clerk(), timezone.now()
    make_dossier(by=clerk, at=now), make_dossier(by=clerk, at=now - timedelta(days=60))
    own = Dossier.objects.of_agency(clerk.agency_id)

    assert reminders_of(clerk, now, own, own.overdue(now), own.returned()).more == (2, 1, 0)


def test_it_is_one_query_whatever_the_page_counts(django_assert_num_queries):
    clerk, now = make_clerk(), timezone.now()
    with django_assert_num_queries(1):
        reminders_of(clerk, now, Dossier.objects.of_agency(clerk.agency_id))
