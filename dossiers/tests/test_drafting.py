"""When the job drafts a letter: early enough to be signed before the promise passes, never for work that is simply going on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import lifecycle
from dossiers.desks import Desk
from dossiers.drafting import draft_due, draft_from, proposed_date
from dossiers.models import ApologyLetter, LetterState
from dossiers.statuses import Status
from dossiers.tests.letters import AFTER, BEFORE, head, prepare, signed, specialist
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier, make_version
from onestop.history.verify import first_problem
from onestop.testing import make_agency
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.hours import DEFAULT_HOURS

DESK = Desk(shipped_calendar(), DEFAULT_HOURS)


@pytest.mark.parametrize(
    ("began", "due", "start"),
    [
        # Over one working day: the opening minute of the working day before, over a holiday and a weekend, too.
        ("2026-11-20 09:00", "2026-11-26 17:00", "2026-11-25 07:30"),
        ("2026-11-20 09:00", "2026-11-25 17:00", "2026-11-23 07:30"),
        ("2026-11-26 09:00", "2026-11-30 17:00", "2026-11-27 07:30"),
        # One working day and less: the last hour.
        ("2026-11-20 09:00", "2026-11-23 17:00", "2026-11-23 16:00"),
        ("2026-11-20 08:00", "2026-11-20 16:00", "2026-11-20 15:00"),
        # Never within the first half of the time allowed.
        ("2026-11-20 15:00", "2026-11-20 16:30", "2026-11-20 15:45"),
    ],
)
def test_a_letter_is_drafted_from(began, due, start):
    assert draft_from(local(began), local(due), local(due), DESK) == local(start)


def test_what_is_settled_on_the_day_itself_is_not_apologised_for_before_it_is_late():
    began, due = local("2026-11-20 09:00"), local("2026-11-20 17:00")
    assert draft_from(began, due, due, DESK, same_day=True) is None


@pytest.mark.parametrize(
    ("now", "missed", "date"),
    [
        ("2026-11-27 08:00", "2026-11-26 17:00", "2026-12-01 17:00"),
        ("2026-11-25 08:00", "2026-11-26 17:00", "2026-11-30 17:00"),
        ("2026-11-23 08:00", None, "2026-11-26 17:00"),
    ],
)
def test_the_page_proposes_the_second_working_day(now, missed, date):
    assert proposed_date(local(missed) if missed else None, DESK, now=local(now)) == local(date)


# -- the job -------------------------------------------------------------------------------
def drafts() -> list[str]:
    return list(ApologyLetter.objects.filter(state=LetterState.DRAFTED).values_list("dossier__code", flat=True))


@pytest.mark.django_db
def test_a_dossier_gets_its_draft_on_the_day_before_once():
    dossier = make_dossier()

    times = ("2026-11-23 16:59", "2026-11-25 07:29", "2026-11-25 07:30", "2026-11-25 07:35")
    assert [draft_due(now=local(now)) for now in times] == [0, 0, 1, 0]

    letter = ApologyLetter.objects.get()
    assert (letter.dossier, letter.missed, letter.drafted_by) == (dossier, dossier.appointments.get(), None)
    assert first_problem() is None


@pytest.mark.django_db
@pytest.mark.parametrize("closed", ["2026-11-26 19:00", "2026-11-27 12:00", "2026-11-28 09:00", "2026-11-29 09:00"])
def test_nothing_is_drafted_outside_office_hours(closed):
    make_dossier()
    assert draft_due(now=local(closed)) == 0


@pytest.mark.django_db
def test_a_same_day_case_has_no_draft_until_it_is_late():
    make_dossier(version=make_version("1.000002", value=None, unit="immediate"))
    assert [draft_due(now=local(now)) for now in ("2026-11-20 16:30", "2026-11-20 17:00", "2026-11-23 07:30")] == [0, 0, 1]


@pytest.mark.django_db
def test_what_is_before_the_leader_or_signed_has_no_draft_until_it_is_late():
    clerk = make_clerk()
    submitted = bring_to(make_dossier(), Status.AWAITING_SIGNATURE, by=clerk, at=local("2026-11-23 09:00"))
    signed_one = make_dossier()
    signed_one = bring_to(signed_one, Status.AWAITING_SIGNATURE, by=clerk, at=local("2026-11-23 09:00"))
    lifecycle.sign_off(signed_one, kind="wet_ink", signer=head(), by=head(), at=local("2026-11-23 10:00"), doc_number="1")

    assert draft_due(now=local("2026-11-26 16:00")) == 0
    assert draft_due(now=AFTER) == 2
    assert drafts() == [submitted.code, signed_one.code]


@pytest.mark.django_db
def test_a_dossier_whose_clock_stands_still_gets_none():
    dossier = make_dossier()
    lifecycle.suspend(dossier, reason="Tòa đang giải quyết.", ground="12/TB-TA", by=head(), at=local("2026-11-23 10:00"))
    assert draft_due(now=AFTER) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_a_finished_dossier_gets_none(status):
    make_dossier(status=status)
    assert draft_due(now=AFTER) == 0


@pytest.mark.django_db
def test_finished_late_while_no_job_ran_the_citizen_who_comes_for_it_is_owed_the_letter():
    dossier = bring_to(make_dossier(), Status.RESULT_READY, by=make_clerk(), at=local("2026-11-26 17:01"))
    bring_to(make_dossier(), Status.RESULT_READY, by=make_clerk(), at=local("2026-11-26 17:00"))

    assert (draft_due(now=AFTER), draft_due(now=AFTER), drafts()) == (1, 0, [dossier.code])


@pytest.mark.django_db
def test_a_missed_re_appointment_gets_the_next_letter_when_its_own_time_comes():
    dossier = make_dossier()
    signed(dossier)  # on Friday 27/11 for Monday 30/11 16:30: one working day, so its last hour counts

    times = ("2026-11-27 09:00", "2026-11-30 15:00", "2026-11-30 15:30", "2026-12-01 08:00")
    assert [draft_due(now=local(now)) for now in times] == [0, 0, 1, 0]
    assert list(ApologyLetter.objects.values_list("missed__seq", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_a_waived_letter_is_not_drafted_again():
    make_dossier()
    draft_due(now=AFTER)
    lifecycle.waive_letter(ApologyLetter.objects.get(), reason="Đã xin lỗi trực tiếp", by=head(), at=AFTER)
    assert draft_due(now=AFTER) == 0


@pytest.mark.django_db
def test_taken_back_after_its_draft_withdrew_itself_it_is_drafted_again():
    clerk, dossier = make_clerk(), make_dossier()
    draft_due(now=BEFORE)
    dossier = bring_to(dossier, Status.RESULT_READY, by=clerk, at=BEFORE)
    lifecycle.return_for_correction(dossier, words="Sai họ tên", by=clerk, at=BEFORE)

    assert (draft_due(now=AFTER), drafts()) == (1, [dossier.code])


@pytest.mark.django_db
def test_a_draft_that_another_run_made_meanwhile_is_left_as_it_is():
    make_dossier()
    draft_due(now=AFTER)
    letter = prepare(ApologyLetter.objects.get(), by=specialist())
    assert (draft_due(now=AFTER), ApologyLetter.objects.get().edition) == (0, letter.edition)


@pytest.mark.django_db
def test_how_many_dossiers_and_agencies_there_are_does_not_change_how_often_the_database_is_asked():
    def at_the_signature(*codes: str) -> None:
        for code in codes:
            clerk = make_clerk(make_agency(code, f"Nơi {code}"))
            for _ in range(2):
                bring_to(make_dossier(by=clerk), Status.AWAITING_SIGNATURE, by=clerk, at=local("2026-11-23 09:00"))

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert draft_due(now=BEFORE) == 0
        return [query["sql"].split(" FROM ")[1].split()[0] for query in queries]

    at_the_signature("H61.26")
    asked()
    few = asked()
    at_the_signature("H61.40", "H61.41", "H61.42", "H61.43")

    assert (asked(), len(few)) == (few, 5)
