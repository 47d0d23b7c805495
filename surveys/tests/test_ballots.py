"""Answers: once for each dossier, tied to nothing, counted in sums."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from dossiers import lifecycle
from dossiers.lookup import DOSSIER, SUPPLEMENT, Opened
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, local, make_clerk, make_dossier
from onestop.history.models import AccessEntry, Event
from onestop.history.rows import tracked_models
from onestop.history.triggers import unguarded_tables
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.models import Sector
from surveys.ballots import AlreadyGiven, explain, give, is_given, mark_of, returned_dossier, waits_for_reasons
from surveys.models import Ballot, Reason, Score, SpentMark

NOW = local("2026-11-20 16:45")


def make_ballot(score=Score.SATISFIED, day=date(2026, 11, 20), agency=None):
    sector, _ = Sector.objects.get_or_create(name="Hộ tịch", defaults={"slug": "ho-tich"})
    return Ballot.objects.create(agency=agency or make_agency(), sector=sector, day=day, score=score)


@pytest.fixture
def returned():
    return make_dossier(status=Status.RETURNED)


# -- giving ---------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_answer_keeps_agency_field_and_day(returned):
    answer = give(returned, Score.NEUTRAL, at=NOW)

    answer.refresh_from_db()
    assert (answer.agency, answer.sector, answer.day, answer.score, answer.reasons) == (
        returned.agency,
        returned.procedure.sector,
        date(2026, 11, 20),
        Score.NEUTRAL,
        None,
    )


@pytest.mark.django_db
def test_the_day_is_the_local_one(returned):
    assert give(returned, Score.NEUTRAL, at=local("2026-11-21 00:30")).day == date(2026, 11, 21)


@pytest.mark.django_db
def test_a_dossier_has_its_say_once(returned):
    give(returned, Score.SATISFIED, at=NOW)

    with pytest.raises(AlreadyGiven):
        give(returned, Score.DISSATISFIED, at=NOW)

    assert list(Ballot.objects.values_list("score", flat=True)) == [Score.SATISFIED]
    assert is_given(returned)


@pytest.mark.django_db
def test_a_new_slip_buys_no_second_answer(returned):
    give(returned, Score.SATISFIED, at=NOW)
    returned.secret_version += 1

    with pytest.raises(AlreadyGiven):
        give(returned, Score.SATISFIED, at=NOW)


@pytest.mark.django_db
def test_each_dossier_has_a_mark_of_its_own(returned):
    other = make_dossier(status=Status.RETURNED)
    give(returned, Score.SATISFIED, at=NOW)
    give(other, Score.SATISFIED, at=NOW)

    assert {mark.pk for mark in SpentMark.objects.all()} == {mark_of(returned.code), mark_of(other.code)}


@pytest.mark.django_db
def test_an_answer_that_cannot_be_kept_leaves_no_mark(returned):
    with pytest.raises(IntegrityError):
        give(returned, 7, at=NOW)

    assert not is_given(returned)


# -- who may --------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.PROCESSING, Status.AWAITING_SIGNATURE, Status.RESULT_READY])
def test_before_the_return_nobody_is_asked(status):
    assert returned_dossier(Opened(DOSSIER, make_dossier(status=status).pk, 1)) is None


@pytest.mark.django_db
def test_a_result_taken_back_for_correction_waits_for_its_second_return(returned):
    lifecycle.return_for_correction(returned, words="Sai tên", by=make_user(Role.MANAGER), at=NOW)

    assert returned_dossier(Opened(DOSSIER, returned.pk, 1)) is None


@pytest.mark.django_db
def test_only_the_present_secret_of_a_dossier_speaks_for_it(returned):
    assert returned_dossier(Opened(DOSSIER, returned.pk, 1)) == returned
    assert returned_dossier(Opened(DOSSIER, returned.pk, 2)) is None
    assert returned_dossier(Opened(SUPPLEMENT, returned.pk, 1)) is None


# -- tied to nothing --------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_answer_leaves_no_event_and_no_access_entry(returned):
    before = Event.objects.count(), AccessEntry.objects.count()

    give(returned, Score.DISSATISFIED, at=NOW)

    assert (Event.objects.count(), AccessEntry.objects.count()) == before


def test_neither_table_points_at_a_dossier_a_person_or_a_moment():
    kinds = {model: {field.name: field.get_internal_type() for field in model._meta.concrete_fields} for model in (Ballot, SpentMark)}

    assert kinds == {
        Ballot: {
            "id": "UUIDField",
            "agency": "ForeignKey",
            "sector": "ForeignKey",
            "day": "DateField",
            "score": "PositiveSmallIntegerField",
            "reasons": "JSONField",
        },
        SpentMark: {"digest": "UUIDField"},
    }
    assert {tracking.model for tracking in tracked_models()}.isdisjoint({Ballot, SpentMark})


@pytest.mark.django_db
def test_a_mark_says_nothing_without_the_key(returned, settings):
    mark = mark_of(returned.code)
    settings.LOOKUP_KEY = "another key of the same length, as an intruder would have to guess"

    assert mark_of(returned.code) != mark


@pytest.mark.django_db
def test_nobody_deletes_an_answer_or_changes_a_mark(returned):
    answer = give(returned, Score.DISSATISFIED, at=NOW)
    assert unguarded_tables() == []

    with pytest.raises(IntegrityError), transaction.atomic():
        answer.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        SpentMark.objects.all().delete()


# -- the reasons ------------------------------------------------------------------------------
@pytest.mark.django_db
def test_reasons_are_taken_once(returned):
    answer = give(returned, Score.DISSATISFIED, at=NOW)
    assert waits_for_reasons(answer.pk)

    assert explain(answer.pk, [Reason.WAITED, Reason.ATTITUDE])
    assert not explain(answer.pk, [Reason.OTHER])

    answer.refresh_from_db()
    assert answer.reasons == ["attitude", "waited"]
    assert not waits_for_reasons(answer.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("score", [Score.SATISFIED, Score.VERY_SATISFIED])
def test_who_was_satisfied_is_not_asked_why(returned, score):
    answer = give(returned, score, at=NOW)

    assert not waits_for_reasons(answer.pk)
    assert not explain(answer.pk, [Reason.WAITED])


# -- sums -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_sums_by_agency_field_and_period():
    other = make_agency("H61.27", "Phú Tân An")
    for score in (4, 4, 3, 2, 1):
        make_ballot(score)
    for _ in range(5):
        make_ballot(1, agency=other)
        make_ballot(1, day=date(2026, 10, 31))

    mine = Ballot.objects.of_agency(make_agency().pk).in_period(date(2026, 11, 1), date(2026, 11, 30))

    assert mine.counts() == {4: 2, 3: 1, 2: 1, 1: 1}
    assert mine.satisfied().count() == 3
    assert mine.of_sector(Sector.objects.get().pk).counts() == mine.counts()
    assert mine.of_sector(0).counts() is None


@pytest.mark.django_db
@pytest.mark.parametrize(("given", "shown"), [(0, None), (4, None), (5, {1: 5})])
def test_sums_of_few_are_not_shown(given, shown):
    for _ in range(given):
        make_ballot(1)

    assert Ballot.objects.counts() == shown


# -- many at once -----------------------------------------------------------------------------
@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_of_many_answers_for_one_dossier_sent_at_once_one_counts(full_size):
    clients, sent = (16, 100) if full_size else (8, 24)
    dossier = make_dossier(status=Status.RETURNED, by=make_clerk(), at=RECEIVED)

    def send(_):
        try:
            give(dossier, Score.SATISFIED, at=NOW + timedelta(minutes=1))
            return 1
        except AlreadyGiven:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        counted = sum(pool.map(send, range(sent)))

    assert (counted, Ballot.objects.count(), SpentMark.objects.count()) == (1, 1, 1)
