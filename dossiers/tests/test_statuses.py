"""The table of moves, spelled out once more as the office would say it."""

from types import SimpleNamespace

import pytest

from dossiers.statuses import BY_RIGHT, MOVES, OPEN, PORTAL_CODE, READY, SESSION_MOVES, Act, NotAllowed, Status, check_move
from onestop.staff.roles import Role


def person(*roles: Role, pk: int = 1) -> SimpleNamespace:
    return SimpleNamespace(pk=pk, has_role=lambda *asked: any(role in roles for role in asked))


IN_WORK = (Status.RECEIVED, Status.PROCESSING, Status.WITH_OTHER_AGENCY)
WITH_THE_OFFICE = (*IN_WORK, Status.AWAITING_SIGNATURE, Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT)
ABOUT_LETTERS = (Act.DRAFT_LETTER, Act.PREPARE_LETTER, Act.SIGN_LETTER, Act.SEND_LETTER, Act.WAIVE_LETTER)
ABOUT_QUESTIONS = (Act.REMIND, Act.RECORD_ANSWER, Act.CANCEL_CONSULTATION)
MAY_BE_ASKING = (Status.WITH_OTHER_AGENCY, Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT, Status.WITHDRAWAL_REQUESTED)
LEADS_TO = {
    (Act.HAND_OVER, Status.RECEIVED): Status.PROCESSING,
    (Act.HAND_OVER, Status.PROCESSING): Status.PROCESSING,
    **{(act, status): status for act in (Act.TAKE_OVER, Act.REASSIGN) for status in OPEN - {Status.AWAITING_SIGNATURE}},
    (Act.SUBMIT, Status.RECEIVED): Status.AWAITING_SIGNATURE,
    (Act.SUBMIT, Status.PROCESSING): Status.AWAITING_SIGNATURE,
    (Act.SEND_BACK, Status.AWAITING_SIGNATURE): Status.PROCESSING,
    (Act.SIGN_OFF, Status.AWAITING_SIGNATURE): Status.PROCESSING,
    (Act.PASS_FOR_SIGNATURE, Status.AWAITING_SIGNATURE): Status.AWAITING_SIGNATURE,
    (Act.ISSUE_RESULT, Status.PROCESSING): Status.RESULT_READY,
    (Act.RETURN_RESULT, Status.RESULT_READY): Status.RETURNED,
    (Act.POST_RESULT, Status.RESULT_READY): Status.IN_POST,
    (Act.CONFIRM_DELIVERY, Status.IN_POST): Status.RETURNED,
    (Act.PARCEL_BACK, Status.IN_POST): Status.RESULT_READY,
    (Act.RETURN_FOR_CORRECTION, Status.RESULT_READY): Status.PROCESSING,
    (Act.RETURN_FOR_CORRECTION, Status.RETURNED): Status.PROCESSING,
    **{(Act.AMEND, status): status for status in OPEN | READY},
    **{(Act.NEW_SECRET, status): status for status in OPEN | READY},
    **{(Act.CHOOSE_MESSAGES, status): status for status in OPEN | READY},
    **{(Act.VOID, status): status for status in OPEN},
    **{(Act.REQUEST_SUPPLEMENT, status): Status.AWAITING_SUPPLEMENT for status in IN_WORK},
    (Act.ACCEPT_SUPPLEMENT, Status.AWAITING_SUPPLEMENT): Status.AWAITING_SUPPLEMENT,
    **{(Act.REQUEST_PAYMENT, status): Status.AWAITING_PAYMENT for status in IN_WORK},
    (Act.CONFIRM_PAYMENT, Status.AWAITING_PAYMENT): Status.AWAITING_PAYMENT,
    **{(Act.SUSPEND, status): status for status in IN_WORK},
    **{(Act.RESUME, status): status for status in IN_WORK},
    **{(Act.CONSENT, status): status for status in OPEN},
    **{(Act.EXTEND, status): status for status in (*IN_WORK, Status.AWAITING_SIGNATURE)},
    **{(Act.CHANGE_DATE, status): status for status in OPEN},
    **{(act, status): status for act in (Act.ADD_SCAN, Act.VOID_SCAN) for status in OPEN | READY},
    **{(Act.WAIVE_SCANS, status): status for status in OPEN},
    **{(act, status): status for act in ABOUT_LETTERS for status in (*OPEN, *READY, Status.RETURNED, Status.STOPPED)},
    **{(Act.RECLASSIFY, status): status for status in IN_WORK if status != Status.WITH_OTHER_AGENCY},
    **{(Act.CONSULT, status): Status.WITH_OTHER_AGENCY for status in IN_WORK},
    **{(act, status): status for act in ABOUT_QUESTIONS for status in MAY_BE_ASKING},
    **{(Act.STOP, status): Status.STOPPED for status in WITH_THE_OFFICE},
    **{(Act.REQUEST_WITHDRAWAL, status): Status.WITHDRAWAL_REQUESTED for status in WITH_THE_OFFICE},
    (Act.TAKE_BACK_WITHDRAWAL, Status.WITHDRAWAL_REQUESTED): Status.WITHDRAWAL_REQUESTED,
    (Act.GRANT_WITHDRAWAL, Status.WITHDRAWAL_REQUESTED): Status.STOPPED,
}


@pytest.mark.parametrize("act", list(MOVES))
@pytest.mark.parametrize("status", list(Status))
def test_every_act_leads_where_the_office_says_and_nowhere_else(act, status):
    everybody = person(*Role)
    if (act, status) in LEADS_TO:
        assert check_move(act, status, by=everybody, holder_id=None) == LEADS_TO[act, status]
    else:
        with pytest.raises(NotAllowed, match="đang ở bước"):
            check_move(act, status, by=everybody, holder_id=None)


MAY = {
    Act.AMEND: {Role.CLERK, Role.MANAGER},
    Act.HAND_OVER: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.TAKE_OVER: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.REASSIGN: {Role.MANAGER, Role.HEAD},
    Act.SUBMIT: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    **dict.fromkeys(BY_RIGHT, {Role.LEADER, Role.HEAD, Role.ARCHIVIST, Role.CLERK, Role.MANAGER, Role.SPECIALIST}),
    Act.ISSUE_RESULT: {Role.CLERK, Role.MANAGER, Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.ARCHIVIST},
    Act.RETURN_RESULT: {Role.CLERK, Role.MANAGER},
    **dict.fromkeys((Act.POST_RESULT, Act.CONFIRM_DELIVERY, Act.PARCEL_BACK), {Role.CLERK, Role.MANAGER}),
    Act.RETURN_FOR_CORRECTION: {Role.CLERK, Role.MANAGER},
    Act.VOID: {Role.MANAGER, Role.HEAD},
    Act.NEW_SECRET: {Role.CLERK, Role.MANAGER},
    Act.CHOOSE_MESSAGES: {Role.CLERK, Role.MANAGER},
    Act.REQUEST_SUPPLEMENT: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.ACCEPT_SUPPLEMENT: {Role.CLERK, Role.MANAGER},
    Act.REQUEST_PAYMENT: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.CONFIRM_PAYMENT: {Role.CLERK, Role.MANAGER},
    Act.SUSPEND: {Role.LEADER, Role.HEAD},
    Act.RESUME: {Role.LEADER, Role.HEAD},
    Act.CONSENT: {Role.LEADER, Role.HEAD},
    Act.EXTEND: {Role.LEADER, Role.HEAD, Role.SPECIALIST},
    Act.CHANGE_DATE: {Role.LEADER, Role.HEAD},
    Act.DRAFT_LETTER: {Role.CLERK, Role.MANAGER, Role.SPECIALIST, Role.LEADER, Role.HEAD},
    Act.PREPARE_LETTER: {Role.CLERK, Role.MANAGER, Role.SPECIALIST, Role.LEADER, Role.HEAD},
    Act.SIGN_LETTER: {Role.CLERK, Role.MANAGER, Role.SPECIALIST, Role.LEADER, Role.HEAD},
    Act.SEND_LETTER: {Role.CLERK, Role.MANAGER, Role.LEADER, Role.HEAD},
    Act.WAIVE_LETTER: {Role.LEADER, Role.HEAD},
    Act.ADD_SCAN: {Role.CLERK, Role.MANAGER, Role.SPECIALIST, Role.ARCHIVIST},
    Act.VOID_SCAN: {Role.CLERK, Role.MANAGER, Role.SPECIALIST, Role.ARCHIVIST},
    Act.WAIVE_SCANS: {Role.LEADER, Role.HEAD, Role.MANAGER},
    Act.RECLASSIFY: {Role.LEADER, Role.HEAD, Role.MANAGER},
    Act.STOP: {Role.LEADER, Role.HEAD, Role.MANAGER},
    Act.CONSULT: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.REMIND: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.RECORD_ANSWER: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.CANCEL_CONSULTATION: {Role.CLERK, Role.MANAGER, Role.SPECIALIST},
    Act.REQUEST_WITHDRAWAL: {Role.CLERK, Role.MANAGER},
    Act.TAKE_BACK_WITHDRAWAL: {Role.CLERK, Role.MANAGER},
    Act.GRANT_WITHDRAWAL: {Role.CLERK, Role.MANAGER, Role.LEADER, Role.HEAD},
}


@pytest.mark.parametrize("act", list(MOVES))
@pytest.mark.parametrize("role", list(Role))
def test_only_the_roles_of_the_table_may_act(act, role):
    status = next(status for found, status in LEADS_TO if found == act)
    if role in MAY[act]:
        assert check_move(act, status, by=person(role), holder_id=None) == LEADS_TO[act, status]
    else:
        with pytest.raises(NotAllowed, match="Vai trò"):
            check_move(act, status, by=person(role), holder_id=None)


@pytest.mark.parametrize("act", [Act.HAND_OVER, Act.TAKE_OVER, Act.SUBMIT])
def test_only_the_holder_works_on_a_dossier(act):
    assert check_move(act, Status.PROCESSING, by=person(Role.SPECIALIST, pk=5), holder_id=5)
    with pytest.raises(NotAllowed, match="người khác giữ"):
        check_move(act, Status.PROCESSING, by=person(Role.SPECIALIST, pk=5), holder_id=6)


def test_a_manager_acts_in_place_of_an_absent_holder():
    assert check_move(Act.HAND_OVER, Status.PROCESSING, by=person(Role.MANAGER, pk=5), holder_id=6) == Status.PROCESSING


def test_the_codes_of_the_national_portal_are_those_of_its_list():
    assert {status: code for status, code in PORTAL_CODE.items() if code in {2, 5, 9, 10}} == {
        Status.RECEIVED: 2,
        Status.AWAITING_SUPPLEMENT: 5,
        Status.RESULT_READY: 9,
        Status.IN_POST: 9,
        Status.RETURNED: 10,
    }
    assert set(PORTAL_CODE) == set(Status) - {Status.DRAFT}


SESSION_LEADS_TO = {
    (Act.SIGN_CERTIFICATIONS, Status.RECEIVED): Status.RESULT_READY,
    (Act.SIGN_CERTIFICATIONS, Status.PROCESSING): Status.RESULT_READY,
    (Act.VOID_ENTRY, Status.RECEIVED): Status.RECEIVED,
    (Act.VOID_ENTRY, Status.PROCESSING): Status.PROCESSING,
    **{(Act.CANCEL_RECEIPT, status): status for status in (Status.RECEIVED, Status.PROCESSING, Status.RESULT_READY, Status.RETURNED)},
}


@pytest.mark.parametrize("act", list(SESSION_MOVES))
@pytest.mark.parametrize("status", list(Status))
def test_a_certification_session_goes_its_own_short_way(act, status):
    everybody = person(*Role)
    if (act, status) in SESSION_LEADS_TO:
        assert check_move(act, status, by=everybody, holder_id=None) == SESSION_LEADS_TO[act, status]
    else:
        with pytest.raises(NotAllowed, match="đang ở bước"):
            check_move(act, status, by=everybody, holder_id=None)
