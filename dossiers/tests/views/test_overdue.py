import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle, overdue
from dossiers.models import ApologyLetter, Appointment, AppointmentKind, Dossier, LetterState, Notice, Pause, PauseKind, ProcedurePace
from dossiers.statuses import Status
from dossiers.tests.letters import signed
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier
from dossiers.warnings import warn
from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user

pytestmark = pytest.mark.django_db

BOARD, SIGNS, NOTICES = "/qua-han/", "/qua-han/dau-hieu/", "/nhac-viec/"
# Received on Friday the 20th of November at nine, due on Thursday the 26th at 17:00.
BEFORE, TODAY, LATE = local("2026-11-25 09:00"), local("2026-11-26 09:00"), local("2026-11-30 09:00")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Sets the time of the pages; three days late unless told."""

    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(LATE)
    return set_to


@pytest.fixture
def manager(client):
    person = make_user(Role.MANAGER)
    client.force_login(person)
    return person


def as_role(client, role, **fields):
    person = make_user(role, **fields)
    client.force_login(person)
    return person


def codes(response):
    return re.findall(r'<th scope="row" class="code"><a href="[^"]*">([^<]+)</a>', response.text)


def card(response, words):
    (number,) = re.findall(rf"<b>(\d+)</b> {re.escape(words)}", response.text)
    return int(number)


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


# -- who may open what ---------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (BOARD, {Role.MANAGER, Role.LEADER, Role.HEAD, Role.SPECIALIST, Role.CLERK}),
        (SIGNS, {Role.MANAGER, Role.LEADER, Role.HEAD, Role.AUDITOR}),
        (NOTICES, {Role.MANAGER, Role.LEADER, Role.HEAD, Role.SPECIALIST, Role.CLERK, Role.ARCHIVIST}),
    ],
)
def test_who_may_open_it(client, role, address, allowed):
    as_role(client, role)

    assert client.get(address).status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("address", [BOARD, SIGNS, NOTICES])
def test_a_stranger_is_sent_to_log_in(client, address):
    assert client.get(address).headers["Location"].startswith("/dang-nhap/")


@pytest.mark.parametrize("address", [BOARD, SIGNS])
def test_the_pages_are_only_read(client, manager, address):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CLERK])
def test_another_commune_sees_nothing(client, role):
    make_dossier()
    as_role(client, role, agency=make_agency("H61.27", "Phú Tân An"))

    response = client.get(BOARD)

    assert (codes(response), card(response, "quá hạn")) == ([], 0)
    assert "Không có hồ sơ quá hạn." in response.text


def test_a_clerk_and_a_specialist_see_their_own(client):
    clerk = make_clerk()
    mine, theirs = make_dossier(by=clerk), make_dossier(by=clerk)
    specialist = make_user(Role.SPECIALIST)
    lifecycle.hand_over(theirs, to=specialist, by=clerk, at=local("2026-11-20 10:00"))

    found = {}
    for person in (clerk, specialist, make_user(Role.LEADER)):
        client.force_login(person)
        found[person.pk] = codes(client.get(BOARD))

    assert list(found.values()) == [[mine.code], [theirs.code], [mine.code, theirs.code]]


def test_what_lies_before_the_leader_is_still_its_drafters_business(client):
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    client.force_login(dossier.results.get().drafted_by)

    assert codes(client.get(BOARD)) == [dossier.code]


# -- the cards --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2026-11-24 09:00", {"hom-nay": 0, "sap-den-han": 0, "qua-han": 0}),
        ("2026-11-25 09:00", {"hom-nay": 0, "sap-den-han": 1, "qua-han": 0}),
        ("2026-11-26 17:00", {"hom-nay": 1, "sap-den-han": 0, "qua-han": 0}),
        ("2026-11-26 17:01", {"hom-nay": 0, "sap-den-han": 0, "qua-han": 1}),
        ("2026-11-27 09:00", {"hom-nay": 0, "sap-den-han": 0, "qua-han": 1}),
    ],
)
def test_a_dossier_moves_from_card_to_card(client, manager, clock, now, found):
    dossier = make_dossier()
    clock(local(now))

    response = client.get(BOARD)

    numbers = {slug: card(response, overdue.SLUGS[slug].label) for slug in found}
    assert numbers == found
    for slug, number in found.items():
        assert codes(client.get(BOARD, {"muc": slug})) == [dossier.code] * number


@pytest.mark.parametrize("slug", list(overdue.SLUGS))
def test_an_empty_card_says_so(client, manager, slug):
    assert overdue.SLUGS[slug].empty in client.get(BOARD, {"muc": slug}).text


def test_no_forgotten_click_is_said(client, manager):
    assert "Không thấy hồ sơ nào có vẻ quên bấm." in client.get(BOARD, {"muc": "co-the-quen"}).text


def test_what_is_paused_stands_on_its_card_alone(client, manager):
    dossier = make_dossier(status=Status.PROCESSING)
    Dossier.objects.update(due_at=None)

    response = client.get(BOARD, {"muc": "tam-dung"})

    assert (codes(response), card(response, "đang tạm dừng"), card(response, "quá hạn")) == ([dossier.code], 1, 0)
    assert "Chưa có hẹn" in response.text


def test_a_certification_that_is_late_is_late(client, manager, clock):
    make_dossier()
    Dossier.objects.update(lane="certification")

    assert card(client.get(BOARD), "quá hạn") == 1
    clock(TODAY)
    assert card(client.get(BOARD), "đến hạn hôm nay") == 0


# -- without a letter ---------------------------------------------------------------------------------
def letter(dossier, state, missed=None, **fields):
    return ApologyLetter.objects.create(
        agency=dossier.agency, dossier=dossier, missed=missed or dossier.appointments.get(), state=state, drafted_at=LATE, **fields
    )


def without_letter():
    from dossiers.desks import desk_of

    found = overdue.without_letter(Dossier.objects.all(), LATE, desk_of(make_agency().pk))
    return list(found.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("state", "fields", "asked"),
    [
        (None, {}, True),
        (LetterState.DRAFTED, {}, True),
        (LetterState.RETRACTED, {}, True),
        (LetterState.WAIVED, {"closed_reason": "Đã gọi điện"}, False),
    ],
)
def test_a_missed_promise_without_a_signed_letter_is_asked_for(state, fields, asked):
    dossier = make_dossier()
    if state:
        letter(dossier, state, **fields)

    assert without_letter() == [dossier.code] * asked


def appoint(dossier, kind, due_at):
    return Appointment.objects.create(
        agency=dossier.agency, dossier=dossier, seq=dossier.appointments.count() + 1, kind=kind, due_at=due_at, limit_words="",
        rule_version="1", calendar_version="1", trace=[], made_at=local("2026-11-26 16:00"),
    )


def test_a_re_appointment_that_still_stands_asks_for_nothing_and_a_missed_one_asks_again():
    dossier = make_dossier()
    appoint(dossier, AppointmentKind.APOLOGY, local("2026-12-01 17:00"))
    assert without_letter() == []

    late = make_dossier()
    appoint(late, AppointmentKind.APOLOGY, local("2026-11-27 17:00"))

    assert without_letter() == [late.code]


def test_what_was_finished_too_late_and_waits_still_lacks_its_letter():
    late = make_dossier(status=Status.AWAITING_SIGNATURE)
    leader = make_user(Role.LEADER)
    done = local("2026-11-27 09:00")
    late = lifecycle.sign_off(late, kind="wet_ink", signer=leader, by=leader, at=done)
    lifecycle.issue_result(late, by=leader, at=done)
    make_dossier(status=Status.RESULT_READY)

    assert without_letter() == [late.code]


def test_what_is_paused_and_not_late_needs_no_letter():
    make_dossier(status=Status.PROCESSING)
    Dossier.objects.update(due_at=None)

    assert without_letter() == []


# -- the rows ----------------------------------------------------------------------------------------
def test_a_row_says_how_late_who_has_it_and_since_when(client, manager):
    dossier = make_dossier()

    words = words_of(client.get(BOARD))

    assert "17:00 26/11/2026 Trễ 2 ngày làm việc" in words
    assert f"{dossier.holder.full_name} 10 ngày, từ 09:00 20/11/2026" in words
    assert "Chưa xin lỗi" in words


def test_lateness_is_shown_against_the_first_promise_too(client, manager):
    dossier = make_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(due_at=local("2026-11-27 17:00"))

    words = words_of(client.get(BOARD))

    assert "Trễ 1 ngày làm việc So với hẹn đầu: trễ 2 ngày làm việc" in words


def test_a_missed_hour_of_today_names_the_hour(client, manager, clock):
    make_dossier()
    clock(local("2026-11-26 17:05"))

    assert "Trễ từ 17:00" in words_of(client.get(BOARD))


def test_a_row_leads_to_the_letter_where_that_page_is_served(client, manager):
    dossier = make_dossier()
    address = overdue.letter_address(dossier.code)

    assert (f'href="{address}"' in client.get(BOARD).text) == bool(address)


@pytest.mark.parametrize(
    ("again", "said"),
    [
        ("2026-12-01 17:00", "hẹn lại 17:00 01/12/2026 Mở văn bản xin lỗi"),
        ("2026-11-27 17:00", "hẹn lại 17:00 27/11/2026 Lỡ hẹn lại, chưa xin lỗi Lập văn bản xin lỗi"),
    ],
)
def test_a_re_appointment_that_was_missed_too_is_owed_another_letter(client, manager, again, said):
    signed(make_dossier(), new_due_at=local(again))

    assert said in words_of(client.get(BOARD))


def test_a_retracted_draft_is_no_letter(client, manager):
    letter(make_dossier(), LetterState.RETRACTED)

    assert "Tự rút Chưa xin lỗi Lập văn bản xin lỗi" in words_of(client.get(BOARD))


def test_a_draft_is_named(client, manager):
    letter(make_dossier(), LetterState.DRAFTED)

    assert "Dự thảo" in words_of(client.get(BOARD))


def test_a_row_carries_the_risk_and_its_reason(client, manager, clock):
    dossier = make_dossier()
    ProcedurePace.objects.create(
        agency=dossier.agency, procedure=dossier.procedure, counted=20, median_minutes=3000, reckoned_at=BEFORE
    )
    clock(BEFORE)

    words = words_of(client.get(BOARD, {"muc": "sap-den-han"}))

    assert "Dễ trễ Còn 13 giờ làm việc; một nửa hồ sơ loại này cần thêm hơn 35 giờ" in words


def test_too_few_closed_dossiers_are_said_to_be_too_few(client, manager, clock):
    make_dossier()
    clock(BEFORE)

    assert "Chưa đủ dữ liệu" in words_of(client.get(BOARD, {"muc": "sap-den-han"}))


def test_a_forgotten_click_says_what_to_look_for(client, manager):
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)

    response = client.get(BOARD, {"muc": "co-the-quen"})

    assert (codes(response), card(response, "có thể quên bấm")) == ([dossier.code], 1)
    assert "Nếu giấy đã ký tay, ghi nhận chữ ký." in response.text


# -- filters and pages ---------------------------------------------------------------------------------
def test_the_holder_can_be_chosen_by_whoever_sees_all(client, manager):
    clerk = make_clerk()
    mine, theirs = make_dossier(by=clerk), make_dossier(by=clerk)
    specialist = make_user(Role.SPECIALIST)
    lifecycle.hand_over(theirs, to=specialist, by=clerk, at=local("2026-11-20 10:00"))

    response = client.get(BOARD, {"nguoi-giu": specialist.pk})

    assert (codes(response), card(response, "quá hạn")) == ([theirs.code], 1)
    assert codes(client.get(BOARD, {"nguoi-giu": clerk.pk})) == [mine.code]


def test_a_filter_that_finds_nothing_can_be_taken_off(client, manager):
    idle = make_user(Role.SPECIALIST)
    make_dossier()

    response = client.get(BOARD, {"nguoi-giu": idle.pk})

    assert "Không có hồ sơ nào với điều kiện lọc này" in response.text
    assert "Bỏ lọc" in response.text


@pytest.mark.parametrize(
    "query",
    [
        {"muc": "x"},
        {"nguoi-giu": "x"},
        {"nguoi-giu": "9" * 40},
        {"nguoi-giu": "-1"},
        {"linh-vuc": "' OR 1=1"},
        {"sau": "zz-zz"},
        {"sau": "f" * 99},
    ],
)
def test_whatever_is_typed_into_the_address_shows_the_board(client, manager, query):
    dossier = make_dossier()

    response = client.get(BOARD, query)

    assert (response.status_code, codes(response)) == (200, [dossier.code])


def test_the_pages_show_each_dossier_once_the_latest_first(client, manager, monkeypatch):
    monkeypatch.setattr(overdue, "PAGE_SIZE", 2)
    expected = [make_dossier(at=local(f"2026-11-{day} 09:00")).code for day in ("16", "16", "17", "18", "18")]
    address, seen = BOARD, []

    while address:
        response = client.get(address)
        seen += codes(response)
        following = re.search(r'rel="next" href="([^"]+)"', response.text)
        address = BOARD + following[1].replace("&amp;", "&") if following else ""

    assert seen == expected


def test_the_paused_ones_are_paged_by_their_receipt(client, manager, monkeypatch):
    monkeypatch.setattr(overdue, "PAGE_SIZE", 1)
    expected = [make_dossier(at=local(f"2026-11-{day} 09:00")).code for day in ("16", "17")]
    Dossier.objects.update(due_at=None)

    first = client.get(BOARD, {"muc": "tam-dung"})
    second = client.get(BOARD + re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&"))

    assert codes(first) + codes(second) == expected


@pytest.mark.parametrize("slug", [*overdue.SLUGS, overdue.FORGOTTEN_CARD])
def test_the_cost_of_the_board_does_not_depend_on_its_rows(client, manager, django_assert_max_num_queries, slug, clock):
    clerk, costs = make_clerk(), []
    clock({"hom-nay": TODAY, "sap-den-han": BEFORE}.get(slug, LATE))
    for number in (1, 3):
        for _ in range(number):
            dossier = bring_to(make_dossier(by=clerk), Status.AWAITING_SIGNATURE, by=clerk, at=local("2026-11-20 09:00"))
        if slug == "tam-dung":
            Dossier.objects.update(due_at=None)
        client.get(BOARD, {"muc": slug})
        # Ten of its own; the process reads the catalogue anew on another day and after each change.
        # Four of them read the catalogue, which a running portal keeps in the process.
        with django_assert_max_num_queries(12) as queries:
            assert len(codes(client.get(BOARD, {"muc": slug}))) >= number
        costs.append(len(queries))
    assert dossier.pk
    assert costs[0] == costs[1]


def test_the_board_puts_itself_on_record(client, manager):
    make_dossier()
    client.get(BOARD)

    entry = AccessEntry.objects.order_by("-pk").first()
    assert (entry.actor_id, entry.kind, entry.detail) == (manager.pk, "list", "Quá hạn: qua-han; 1 dòng")


# -- the report ------------------------------------------------------------------------------------------
def pause(dossier):
    leader = make_user(Role.LEADER, agency=dossier.agency)
    return Pause.objects.create(
        agency=dossier.agency, dossier=dossier, seq=1, kind=PauseKind.SUSPENSION, reason="Chờ xác minh", started_at=TODAY,
        started_by=leader, back_to=Status.PROCESSING,
    )


def test_the_report_shows_who_when_and_why_and_leads_to_the_dossier(client, manager):
    dossier = make_dossier(status=Status.PROCESSING)
    pause(dossier)

    response = client.get(SIGNS)

    assert codes(response) == [dossier.code]
    assert f'href="{dossier.get_absolute_url()}"' in response.text
    words = words_of(response)
    assert "09:00 26/11/2026 Tạm dừng vào ngày đến hạn hoặc khi đã quá hạn Lê Hoàng Phúc" in words
    assert "Từ 31/10/2026 đến 30/11/2026: 1 việc" in words


def test_a_period_with_nothing_says_so(client, manager):
    assert "Trong kỳ này không có việc nào cần xem lại." in client.get(SIGNS).text


def test_the_period_and_the_kind_can_be_chosen(client, manager):
    dossier = make_dossier(status=Status.PROCESSING)
    pause(dossier)

    def found(**query):
        return codes(client.get(SIGNS, {key.replace("_", "-"): value for key, value in query.items()}))

    assert found(tu_ngay="26/11/2026", den_ngay="26/11/2026") == [dossier.code]
    assert found(tu_ngay="27/11/2026") == []
    assert found(den_ngay="25/11/2026") == []
    assert found(loai="gia-han") == []
    assert found(loai="x") == [dossier.code]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"tu-ngay": "31/02/2026"}, "Nhập ngày dạng ngày/tháng/năm, ví dụ 20/11/2026"),
        ({"den-ngay": "01/01/9999"}, "Nhập ngày dạng ngày/tháng/năm, ví dụ 20/11/2026"),
        ({"tu-ngay": "20/11/2026", "den-ngay": "19/11/2026"}, "Ngày cuối phải từ ngày đầu trở đi"),
        ({"tu-ngay": "01/01/2024", "den-ngay": "19/11/2026"}, "Chọn nhiều nhất một năm"),
        ({"tu-ngay": "x" * 3000}, "Nhập ngày dạng ngày/tháng/năm, ví dụ 20/11/2026"),
    ],
)
def test_a_period_that_cannot_be_read_is_said_beside_its_box(client, manager, query, sentence):
    dossier = make_dossier(status=Status.PROCESSING)
    pause(dossier)

    response = client.get(SIGNS, query)

    assert response.status_code == 200
    assert f"Lỗi: </span>{sentence}" in response.text
    assert codes(response) == [dossier.code]


def test_another_communes_head_reads_nothing_of_it(client):
    pause(make_dossier(status=Status.PROCESSING))
    as_role(client, Role.HEAD, agency=make_agency("H61.27", "Phú Tân An"))

    assert codes(client.get(SIGNS, {"don-vi": "H61.26"})) == []


def test_the_auditor_of_the_province_chooses_a_commune(client):
    dossier = make_dossier(status=Status.PROCESSING)
    pause(dossier)
    as_role(client, Role.AUDITOR, agency=make_province())

    assert codes(client.get(SIGNS)) == []
    assert codes(client.get(SIGNS, {"don-vi": "H61.26"})) == [dossier.code]
    assert codes(client.get(SIGNS, {"don-vi": "H99.99"})) == []


def test_the_cost_of_the_report_does_not_depend_on_its_rows(client, manager, django_assert_max_num_queries):
    costs = []
    for number in (1, 3):
        for _ in range(number):
            pause(make_dossier(status=Status.PROCESSING))
        client.get(SIGNS)
        with django_assert_max_num_queries(13) as queries:
            client.get(SIGNS)
        costs.append(len(queries))
    assert costs[0] == costs[1]


# -- one's own warnings ------------------------------------------------------------------------------------
@pytest.fixture
def warned(client):
    """A clerk whose two dossiers are late, and who has been told."""
    clerk = make_clerk()
    for day in ("16", "17"):
        make_dossier(by=clerk, at=local(f"2026-11-{day} 09:00"))
    warn(now=LATE)
    client.force_login(clerk)
    return clerk


def unread(person):
    return Notice.objects.filter(recipient=person, read_at__isnull=True).count()


def test_the_desk_the_work_list_and_the_queue_say_how_many_things_to_look_at(client, warned):
    assert "2 việc cần để ý" in client.get("/quay/").text

    specialist, leader = make_user(Role.SPECIALIST), make_user(Role.LEADER)
    warn(now=LATE)
    for person, address in ((specialist, "/xu-ly/"), (leader, "/ky-duyet/")):
        client.force_login(person)
        number = unread(person)
        assert (f"{number} việc cần để ý" in client.get(address).text) == bool(number)


def test_the_page_shows_own_warnings_and_none_of_others(client, warned):
    other = make_user(Role.SPECIALIST)
    own = client.get(NOTICES).text
    client.force_login(other)

    assert own.count("quá hạn từ") == 2
    assert "Không có việc nào cần để ý." in client.get(NOTICES).text


def test_one_is_marked_as_read(client, warned):
    first = Notice.objects.filter(recipient=warned).first()

    response = client.post(NOTICES, {"notice": first.pk})

    assert (response.status_code, response.headers["Location"]) == (303, NOTICES)
    assert (unread(warned), Notice.objects.get(pk=first.pk).read_at) == (1, LATE)


def test_all_means_all_that_the_page_showed(client, warned):
    first = Notice.objects.filter(recipient=warned).order_by("pk").first()

    client.post(NOTICES, {"all": first.pk})

    assert unread(warned) == 1


@pytest.mark.parametrize("data", [{}, {"notice": "x"}, {"notice": "9" * 30}, {"all": "-1"}, {"notice": "²"}])
def test_what_cannot_be_meant_changes_nothing(client, warned, data):
    assert client.post(NOTICES, data).status_code == 303
    assert unread(warned) == 2


def test_nobody_reads_for_another(client, warned):
    notice = Notice.objects.filter(recipient=warned).first()
    client.force_login(make_user(Role.MANAGER))

    client.post(NOTICES, {"notice": notice.pk})
    client.post(NOTICES, {"all": notice.pk + 100})

    assert unread(warned) == 2


def test_what_was_read_is_shown_below_and_stays_read(client, warned):
    client.post(NOTICES, {"all": Notice.objects.latest("pk").pk})
    warn(now=LATE + timedelta(minutes=5))

    response = client.get(NOTICES)

    assert "Không có việc nào cần để ý." in response.text
    assert "Đã xem gần đây" in response.text


# -- the work list -------------------------------------------------------------------------------------------
def test_the_work_list_marks_what_is_likely_to_be_late(client, clock):
    clock(BEFORE)
    dossier = make_dossier(status=Status.PROCESSING)
    client.force_login(dossier.holder)
    assert "Dễ trễ" not in client.get("/xu-ly/").text
    ProcedurePace.objects.create(agency=dossier.agency, procedure=dossier.procedure, counted=20, median_minutes=3000, reckoned_at=BEFORE)

    words = words_of(client.get("/xu-ly/"))

    assert "Dễ trễ Còn 13 giờ làm việc; một nửa hồ sơ loại này cần thêm hơn 35 giờ" in words


def test_a_question_to_another_agency_that_leaves_no_time_is_said_on_both_lists(client, clock):
    clock(BEFORE)
    dossier = make_dossier(status=Status.PROCESSING)
    sent = lifecycle.Sent("consult", "Nơi cư trú?", 2, "working_day", other_name="Công an xã")
    lifecycle.consult(dossier, sent, by=dossier.holder, at=BEFORE)
    client.force_login(dossier.holder)

    said = "Dễ trễ Công an xã được trả lời đến 17:00 27/11/2026, khi đó hồ sơ đã hết thời hạn"
    assert [said in words_of(client.get(page)) for page in ("/xu-ly/?muc=co-quan-khac", "/qua-han/?muc=sap-den-han")] == [True, True]


def test_the_addresses_have_names():
    names = {"dossiers:overdue": BOARD, "dossiers:overdue_signs": SIGNS, "dossiers:notices": NOTICES}
    assert {name: reverse(name) for name in names} == names
