"""Where a dossier shows that one commune received and another settles: everywhere once, and late with whoever settles it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import hiding, lifecycle, overdue, warnings
from dossiers.certification.books import Period as BookPeriod
from dossiers.desks import desk_of
from dossiers.dispatch import issue_signed
from dossiers.drafting import draft_due, proposed_date
from dossiers.journal import acts_of
from dossiers.lifecycle import Told
from dossiers.models import ApologyLetter, Dossier, Notice, ProcedurePace
from dossiers.pace import reckon
from dossiers.redating import with_dates
from dossiers.register_book import entries_of, lines_of
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.letters import AFTER, NEW_DATE, WORDS
from dossiers.tests.makers import RECEIVED, local, make_clerk, make_dossier
from dossiers.transfers import late_elsewhere
from dossiers.unanswered import unanswered
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
NOVEMBER = hiding.Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def specialist(there):
    return make_user(Role.SPECIALIST, Role.CLERK, agency=there, full_name="Kim Ngọc Ánh")


@pytest.fixture
def dossier(clerk, there, specialist) -> Dossier:
    """Received here on Friday 20/11, three working days, lying there since Monday."""
    dossier = make_dossier(by=clerk, competent=there)
    transfer = lifecycle.send_elsewhere([dossier], to=there, key=uuid4(), by=clerk, at=RECEIVED + timedelta(hours=1))
    told = Told([transfer.lines.get().pk], {})
    lifecycle.confirm_transfer(transfer, told, by=specialist, at=local("2026-11-23 08:00"))
    dossier.refresh_from_db()
    return dossier


def board(agency, now=AFTER) -> list[str]:
    manager = make_user(Role.MANAGER, agency=agency)
    return list(overdue.late(overdue.scope(manager), now, desk_of(agency.pk)).values_list("code", flat=True))


# -- lists -------------------------------------------------------------------------------------


def test_what_is_late_stands_on_one_board_and_the_receiver_knows_of_it(dossier, here, there):
    assert (board(here), board(there)) == ([], [dossier.code])
    assert (late_elsewhere(here.pk, AFTER), late_elsewhere(there.pk, AFTER)) == (1, 0)


def test_it_stands_in_the_register_of_the_receiver_with_the_other_named(dossier, here, there):
    lines = lines_of(entries_of(here.pk, BookPeriod(2026, 11)))

    assert [line.cells[6] for line in lines] == ["Xã Phú Tân An"]
    assert not entries_of(there.pk, BookPeriod(2026, 11)).exists()


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.MANAGER])
def test_those_who_settle_it_have_it_on_their_list_of_work_and_the_receiver_has_not(client, dossier, here, there, specialist, role):
    for agency, shown in ((here, False), (there, True)):
        person = specialist if role == Role.SPECIALIST and shown else make_user(role, agency=agency)
        client.force_login(person)
        assert (agency.code, dossier.code in client.get("/xu-ly/").content.decode()) == (agency.code, shown)


def test_the_leaders_queue_is_that_of_the_commune_that_signs(client, dossier, here, there, specialist):
    lifecycle.submit_for_sign_off(dossier, by=specialist, at=local("2026-11-23 09:00"), summary="x")
    for agency, shown in ((here, False), (there, True)):
        client.force_login(make_user(Role.HEAD, agency=agency))
        assert (agency.code, dossier.code in client.get("/ky-duyet/").content.decode()) == (agency.code, shown)


def test_a_late_result_and_its_letter_are_signed_together_where_it_is_settled(client, here, there, clerk, specialist):
    long_ago = timezone.now() - timedelta(days=30)
    dossier = make_dossier(by=clerk, competent=there, at=long_ago)
    transfer = lifecycle.send_elsewhere([dossier], to=there, key=uuid4(), by=clerk, at=long_ago)
    lifecycle.confirm_transfer(transfer, Told([transfer.lines.get().pk], {}), by=specialist, at=long_ago + timedelta(hours=1))
    dossier = lifecycle.submit_for_sign_off(dossier, by=specialist, at=long_ago + timedelta(hours=2), summary="x")
    client.force_login(make_user(Role.HEAD, agency=there))

    choices = dict(client.get(reverse("dossiers:sign", args=[dossier.code])).context["forms"]["both"].fields["letter"].choices)

    assert list(choices) == ["sign", "waive"]


def test_the_letter_of_what_is_settled_elsewhere_names_the_signers_there(client, here, there, clerk, specialist):
    dossier = make_dossier(by=clerk, competent=there, at=timezone.now() - timedelta(days=30))
    letter = lifecycle.draft_letter(dossier, at=timezone.now())
    new_date = proposed_date(None, desk_of(there.pk), now=timezone.now())
    lifecycle.prepare_letter(letter, cause="many", cause_words=WORDS, new_due_at=new_date, by=specialist, at=timezone.now())
    for agency in (here, there):
        make_user(Role.HEAD, agency=agency, full_name=f"Chủ tịch {agency.place}")
    client.force_login(make_user(Role.MANAGER, agency=there))

    assert client.get(reverse("dossiers:apology", args=[dossier.code])).context["signers"] == ["Chủ tịch Phú Tân An – Thủ trưởng"]


def test_both_communes_open_its_page_and_a_third_finds_nothing(client, dossier, here, there):
    third = make_agency("H61.28", "Hiệp Thạnh")
    statuses = []
    for agency in (here, there, third):
        client.force_login(make_user(Role.MANAGER, agency=agency))
        answer = client.get(dossier.get_absolute_url())
        statuses.append(answer.status_code)
        assert ("Xã Phú Tân An giải quyết, Xã Nghĩa Giang tiếp nhận" in answer.content.decode()) == (agency != third)
    assert statuses == [200, 200, 404]


def test_a_calendar_of_the_settling_commune_moves_it(dossier, here, there):
    assert ([d.pk for d in with_dates(here.pk)], [d.pk for d in with_dates(there.pk)]) == ([], [dossier.pk])


def test_a_question_left_unanswered_is_shown_where_it_was_asked(dossier, here, there, specialist):
    lifecycle.request_payment(
        dossier, amount=8000, reason="Lệ phí", answer_by=date(2026, 11, 25), by=specialist, at=local("2026-11-23 09:00")
    )
    late = date(2026, 11, 27)

    assert (unanswered(here.pk, late).count(), unanswered(there.pk, late).count()) == (0, 1)


def test_only_a_result_that_has_come_home_waits_to_be_handed_over(dossier, here, there, specialist):
    def listed() -> tuple[int, int]:
        mine = Dossier.objects.of_agency(here.pk)
        return mine.to_collect().count(), mine.coming_home().count()

    open_ = listed()
    settled(dossier, there, specialist)
    there_still = listed()
    home = lifecycle.send_home([dossier], to=here, key=uuid4(), by=specialist, at=AFTER + timedelta(hours=1))
    on_the_way = listed()
    lifecycle.confirm_transfer(home, Told([home.lines.get().pk], {}), by=make_clerk(here), at=AFTER + timedelta(hours=2))

    assert (open_, there_still, on_the_way, listed()) == ((0, 0), (0, 1), (0, 1), (1, 0))


def test_the_register_and_the_desk_tell_what_lies_here_from_what_is_not_home_yet(client, dossier, clerk, there, specialist):
    settled(dossier, there, specialist)
    own = make_dossier(by=clerk, status=Status.RESULT_READY)
    client.force_login(clerk)
    shown = {slug: [row[1] for row in client.get(f"/ho-so/?trang-thai={slug}").context["rows"]] for slug in ("cho-tra", "dang-ve")}
    counts = {words: number for number, words, _ in client.get("/quay/").context["counts"]}

    assert shown == {"cho-tra": [own.code], "dang-ve": [dossier.code]}
    assert (counts["có kết quả chờ trả"], counts["kết quả chưa về quầy"]) == (1, 1)


def settled(dossier, there, specialist, at=AFTER):
    dossier = lifecycle.submit_for_sign_off(dossier, by=specialist, at=at, summary="x")
    head = make_user(Role.HEAD, agency=there)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=head, by=head, at=at, doc_number="7", doc_symbol="TLKS")
    return lifecycle.issue_result(dossier, by=specialist, at=at)


# -- jobs --------------------------------------------------------------------------------------


def test_the_people_of_the_settling_commune_are_warned(dossier, here, there):
    for agency in (here, there):
        make_user(Role.MANAGER, agency=agency)
        make_user(Role.HEAD, agency=agency)
    warnings.warn(now=AFTER)

    told = Notice.objects.values_list("agency_id", "recipient__agency_id")
    assert set(told) == {(there.pk, there.pk)}
    assert told.count() == 3


def test_until_the_papers_leave_whoever_holds_them_is_warned_first(clerk, there):
    make_dossier(by=clerk, competent=there)
    warnings.warn(now=local("2026-11-26 08:00"))

    assert list(Notice.objects.values_list("recipient", flat=True)) == [clerk.pk]


def test_the_pace_is_that_of_whoever_settled_it(dossier, here, there, specialist):
    settled(dossier, there, specialist, at=local("2026-11-23 10:00"))
    reckon(now=AFTER)

    assert set(ProcedurePace.objects.values_list("agency_id", flat=True)) <= {there.pk}


def test_everything_that_can_hide_lateness_is_shown_to_the_head_who_answers(dossier, here, there):
    leader = make_user(Role.HEAD, agency=there)
    lifecycle.suspend(dossier, reason="Chờ tòa án", ground="Điều 214", by=leader, at=local("2026-11-26 09:00"))
    found = [[sign.kind for sign in hiding.signs(agency.pk, NOVEMBER, desk_of(agency.pk))] for agency in (here, there)]

    assert found == [[], ["tam-dung"]]


# -- letters -----------------------------------------------------------------------------------


def letter_of(dossier, specialist) -> ApologyLetter:
    assert draft_due(now=AFTER) == 1
    letter = ApologyLetter.objects.get()
    return lifecycle.prepare_letter(letter, cause="many", cause_words=WORDS, new_due_at=NEW_DATE, by=specialist, at=AFTER)


def test_the_commune_that_settles_apologises_under_its_own_head_and_number(dossier, here, there, specialist):
    letter = letter_of(dossier, specialist)
    refused = make_user(Role.HEAD, agency=here)
    with pytest.raises(NotAllowed):
        lifecycle.sign_letter(letter, by=refused, at=AFTER)
    letter = lifecycle.sign_letter(letter, by=make_user(Role.HEAD, agency=there), at=AFTER)

    assert (letter.agency, letter.number, letter.paper.agency) == (there, 1, there)
    assert letter.paper.snapshot["authority"] == there.authority_name.upper()
    assert issue_signed(now=AFTER) == (1, [])


def test_the_letter_stands_in_the_signers_chain_and_its_new_date_in_the_dossiers(dossier, here, there, specialist):
    letter = lifecycle.sign_letter(letter_of(dossier, specialist), by=make_user(Role.HEAD, agency=there), at=AFTER)

    events = Event.objects.filter(subject=f"letter:{letter.pk}", act="sign_letter")
    assert set(events.values_list("agency_id", flat=True)) == {here.pk, there.pk}
    assert (letter.appointment.agency, letter.appointment.due_at) == (here, NEW_DATE)
    assert first_problem() is None
    assert ["Ký văn bản xin lỗi" in row for row in acts_of(dossier).rows][:1] == [True]


def test_a_draft_that_is_not_needed_any_more_is_taken_back_in_its_own_chain(dossier, there, specialist):
    draft = lifecycle.draft_letter(dossier, at=local("2026-11-26 08:00"))
    settled(dossier, there, specialist, at=local("2026-11-26 09:00"))

    draft.refresh_from_db()
    assert draft.state == "retracted"
    assert first_problem() is None


def test_a_late_result_and_its_letter_are_signed_in_one_act(dossier, there, specialist):
    dossier = lifecycle.submit_for_sign_off(dossier, by=specialist, at=AFTER, summary="x")
    head = make_user(Role.HEAD, agency=there)
    result = lifecycle.ResultSigned("wet_ink", signed_at=AFTER, doc_number="12", doc_symbol="TLKS", issue_now=True)
    decided = lifecycle.LetterDecided(lifecycle.LetterChoice.SIGN, cause="signature", cause_words=WORDS)
    dossier, letter = lifecycle.sign_both(dossier, result=result, letter=decided, by=head, at=AFTER + timedelta(minutes=5))

    assert (dossier.status, letter.agency, letter.state) == (Status.RESULT_READY, there, "signed")
    assert first_problem() is None
