"""The pages of the roster: who opens them, what a form refuses and where, checking in, the sheet, the rules."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from onestop.roster.tests.makers import FRIDAY, MONDAY, TUESDAY, make_office, on, signing, sitting
from onestop.staff import absence, duty
from onestop.staff.duty import Half
from onestop.staff.models import DutySession, OperatingRules
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
NOW = on(TUESDAY, "09:00")
SESSION = "/truc/2026-11-17/chieu/"
PAGES = ("/truc/", "/truc/bang-cham/2026-11/", "/truc/bang-cham/2026-11/in/")
SEES = {Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.LEADER, Role.HEAD, Role.MANAGER, Role.AUDITOR}


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def office():
    return make_office()


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def told(response) -> list[str]:
    """What the page says after the redirect."""
    return [str(message) for message in response.context["messages"]]


# -- who --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_the_roster_is_open_to_those_who_work_with_it(role):
    client = as_(make_user(role))

    assert {client.get(page).status_code for page in PAGES} == {200 if role in SEES else 403}


@pytest.mark.parametrize("role", sorted(SEES))
def test_the_week_leads_to_no_page_that_is_closed_to_its_reader(role):
    client = as_(make_user(role))
    page = client.get("/truc/").content.decode()

    for address in re.findall(r'href="(/truc/[^"?]*)', page):
        assert (address, client.get(address).status_code) == (address, 200)


@pytest.mark.parametrize("role", list(Role))
def test_only_the_manager_opens_a_session_and_copies(role):
    client = as_(make_user(role))

    assert client.get(SESSION).status_code == (200 if role == Role.MANAGER else 403)
    assert client.post("/truc/chep-tuan-truoc/", {"tuan": "2026-11-16"}).status_code == (303 if role == Role.MANAGER else 403)


@pytest.mark.parametrize("role", list(Role))
def test_manager_and_head_open_the_rules(role):
    assert as_(make_user(role)).get("/truc/quy-che/").status_code == (200 if role in {Role.MANAGER, Role.HEAD} else 403)


def test_strangers_are_sent_to_log_in():
    assert Client().get("/truc/")["Location"] == "/dang-nhap/?tiep=/truc/"


def test_another_commune_sees_nothing_of_ours(office):
    office.put(signing(office.leader), sitting(office.clerk))
    client = as_(make_user(Role.MANAGER, agency=make_agency("H61.27", "Phú Tân An"), full_name="Lâm Sà Phel"))

    for page in ("/truc/", "/truc/bang-cham/2026-11/", "/truc/2026-11-17/sang/"):
        assert office.leader.full_name not in text_of(client.get(page))


@pytest.mark.parametrize(
    "address",
    [
        "/truc/2026-11-31/sang/",
        "/truc/2026-11-17/trua/",
        "/truc/20261117/sang/",
        "/truc/9999-12-31/sang/",
        "/truc/bang-cham/2026-13/",
        "/truc/bang-cham/2026-1/",
        "/truc/bang-cham/2026/",
        "/truc/bang-cham/0001-01/in/",
    ],
)
def test_a_day_that_is_none_is_not_found(office, address):
    assert as_(office.manager).get(address).status_code == 404


# -- the week ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "week"),
    [
        ("", "16/11 – 22/11/2026"),
        ("?tuan=2026-11-25", "23/11 – 29/11/2026"),
        ("?tuan=x", "16/11 – 22/11/2026"),
        ("?tuan=2026-02-30", "16/11 – 22/11/2026"),
    ],
)
def test_the_week_of_any_day_can_be_opened(office, query, week):
    assert f"Lịch trực tuần {week}" in text_of(as_(office.clerk).get(f"/truc/{query}"))


def test_the_week_says_what_is_missing_from_now_on(office):
    office.put(signing(office.leader), sitting(office.clerk), day=FRIDAY, half=Half.AFTERNOON)

    page = text_of(as_(office.clerk).get("/truc/"))

    assert "Chiều thứ Sáu, 20/11: quầy 2 chưa có người trực." in page
    assert "Chiều thứ Sáu, 20/11: chưa có lãnh đạo trực ký." not in page
    assert "Sáng thứ Sáu, 20/11: chưa có lãnh đạo trực ký." in page
    assert "thứ Hai, 16/11: chưa" not in page
    assert "Sáng nay và chiều nay chưa có lãnh đạo trực ký." in page


def test_the_week_shows_substitutes_and_keeps_the_reason(office):
    office.put(signing(office.leader, substitute=office.head, reason="Khám bệnh"), day=FRIDAY)

    page = text_of(as_(office.clerk).get("/truc/"))

    assert "Nguyễn Văn Đặng thay Lê Hoàng Phúc" in page
    assert "Khám bệnh" not in page
    assert 'value="Khám bệnh"' in as_(office.manager).get("/truc/2026-11-20/sang/").content.decode()


def test_only_the_manager_finds_the_way_to_change(office):
    assert SESSION in as_(office.manager).get("/truc/").content.decode()
    for person in (office.clerk, office.leader, office.head):
        assert SESSION not in as_(person).get("/truc/").content.decode()


def test_the_week_costs_the_same_however_full(office, django_assert_max_num_queries):
    client = as_(office.manager)
    client.get("/truc/")
    with django_assert_max_num_queries(7) as empty:
        client.get("/truc/")
    for days in range(5):
        for half in Half:
            office.put(
                signing(office.leader), sitting(office.clerk), sitting(office.other, "2"), day=MONDAY + timedelta(days=days), half=half
            )
    with django_assert_max_num_queries(7) as full:
        client.get("/truc/")
    assert len(empty) == len(full)


# -- one session --------------------------------------------------------------------------------------
def send(office, address=SESSION, **fields):
    return as_(office.manager).post(address, {name.replace("__", "-"): value for name, value in fields.items()})


def errors(response) -> dict[str, list[str]]:
    return {form.add_prefix(name): list(found) for form in response.context["forms"] for name, found in form.errors.items()}


def test_a_session_is_put_on_duty(office):
    response = send(office, leader__assigned=office.leader.pk, desk__1__assigned=office.clerk.pk, desk__2__assigned="")

    assert (response.status_code, response["Location"]) == (303, "/truc/?tuan=2026-11-16")
    assert set(DutySession.objects.values_list("role_on_duty", "counter_no", "person_id")) == {
        ("leader", "", office.leader.pk),
        ("desk", "1", office.clerk.pk),
    }


def test_a_counter_that_nobody_has_yet_is_added(office):
    send(office, new__counter_no="3", new__assigned=office.clerk.pk)

    assert DutySession.objects.get().counter_no == "3"
    assert "Quầy 3" in text_of(as_(office.clerk).get("/truc/"))


def test_an_absence_is_written_down(office):
    send(office, leader__assigned=office.leader.pk, leader__reason="Họp tỉnh", leader__substitute=office.head.pk)

    row = DutySession.objects.get()
    assert (row.person, row.substitute_for, row.absence_reason) == (office.head, office.leader, "Họp tỉnh")


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"leader__assigned": "clerk"}, "leader-assigned", "Chọn người trong danh sách"),
        ({"leader__assigned": "x"}, "leader-assigned", "Chọn người trong danh sách"),
        ({"leader__assigned": "foreign"}, "leader-assigned", "Chọn người trong danh sách"),
        ({"desk__1__assigned": "leader"}, "desk-1-assigned", "Chọn người trong danh sách"),
        ({"leader__reason": "Ốm"}, "leader-assigned", "Chọn người được phân công rồi mới ghi người đó vắng"),
        ({"leader__assigned": "leader", "leader__substitute": "head"}, "leader-reason", "Ghi lý do vắng"),
        (
            {"leader__assigned": "leader", "leader__substitute": "leader", "leader__reason": "Ốm"},
            "leader-substitute",
            "Người thay phải khác người vắng",
        ),
        ({"leader__assigned": "leader", "leader__reason": "x" * 201}, "leader-reason", "Nhiều nhất 200 ký tự (đang có 201 ký tự)"),
        ({"new__assigned": "clerk"}, "new-counter_no", "Nhập số quầy"),
        ({"new__counter_no": "3"}, "new-assigned", "Chọn người trực ở quầy này"),
        ({"new__counter_no": "12345678901", "new__assigned": "clerk"}, "new-counter_no", "Nhiều nhất 10 ký tự (đang có 11 ký tự)"),
        (
            {"desk__1__assigned": "clerk", "desk__2__assigned": "clerk"},
            "desk-2-assigned",
            "Thạch Thị Mỹ Duyên đã trực ở vị trí khác trong buổi này: Quầy 1",
        ),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_saved(office, fields, field, sentence):
    foreign = make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An"))
    people = {"leader": office.leader.pk, "head": office.head.pk, "clerk": office.clerk.pk, "foreign": foreign.pk}

    response = send(office, **{name: people.get(value, value) for name, value in fields.items()})

    assert (response.status_code, errors(response)) == (422, {field: [sentence]})
    assert DutySession.objects.count() == 0
    assert sentence in text_of(response)


def test_a_counter_that_is_there_already_is_not_added_twice(office):
    response = send(office, new__counter_no="1", new__assigned=office.clerk.pk)

    assert (response.status_code, "Một quầy chỉ ghi một lần." in text_of(response)) == (422, True)


def test_what_is_past_is_not_changed(office):
    response = send(office, "/truc/2026-11-16/sang/", leader__assigned=office.leader.pk)

    assert (response.status_code, DutySession.objects.count()) == (422, 0)
    assert "không sửa được nữa" in text_of(response)


def test_whoever_lost_the_role_stays_named_until_replaced(office):
    office.put(signing(office.leader), day=TUESDAY, half=Half.AFTERNOON)
    office.leader.roles = [Role.SPECIALIST]
    office.leader.save()

    assert "Lê Hoàng Phúc – Phó Chủ tịch (không còn trực được)" in text_of(as_(office.manager).get(SESSION))
    assert "Lê Hoàng Phúc không còn quyền ký." in text_of(as_(office.clerk).get("/truc/"))
    assert send(office, leader__assigned=office.leader.pk, leader__reason="Chuyển công tác").status_code == 303


def test_a_week_names_whoever_is_on_leave_and_the_public_page_does_not(office):
    office.put(signing(office.leader), sitting(office.clerk), day=TUESDAY, half=Half.AFTERNOON)
    for person in (office.leader, office.clerk):
        absence.enter(person, first_day=TUESDAY, last_day=TUESDAY, reason="Nghỉ phép", by=office.manager, at=NOW)

    week = text_of(as_(office.manager).get("/truc/"))

    assert "Chiều thứ Ba, 17/11: Lê Hoàng Phúc nghỉ, chưa có người thay (lãnh đạo trực ký)." in week
    assert f"Chiều thứ Ba, 17/11: {office.clerk.full_name} nghỉ, chưa có người thay (quầy 1)." in week
    assert "Lê Hoàng Phúc" not in text_of(Client().get("/lich-truc/"))


def test_nobody_is_missed_on_a_day_that_is_closed(office):
    holiday = TUESDAY + timedelta(days=7)
    office.put(signing(office.leader), day=holiday)
    absence.enter(office.leader, first_day=holiday, last_day=holiday, reason="Nghỉ phép", by=office.manager, at=NOW)

    assert "Lê Hoàng Phúc nghỉ" not in text_of(as_(office.manager).get("/truc/?tuan=2026-11-24"))


def test_a_closed_day_says_so(office):
    assert "Buổi này quầy không mở cửa: Thứ Bảy" in text_of(as_(office.manager).get("/truc/2026-11-21/sang/")).replace(
        "thứ Bảy.", "Thứ Bảy."
    )


# -- copying ----------------------------------------------------------------------------------------
def test_last_week_is_copied_into_what_is_left_of_this_one(office):
    for days in range(5):
        before = MONDAY + timedelta(days=days - 7)
        office.put(signing(office.leader), day=before, at=on(before, "06:00"))

    response = as_(office.manager).post("/truc/chep-tuan-truoc/", {"tuan": "2026-11-18"}, follow=True)

    assert told(response) == ["Đã chép 4 vị trí trực từ tuần trước."]  # Tuesday to Friday


@pytest.mark.parametrize("week", ["", "x", "2026-02-30"])
def test_a_week_that_is_none_is_not_copied(office, week):
    assert as_(office.manager).post("/truc/chep-tuan-truoc/", {"tuan": week}).status_code == 404


# -- checking in --------------------------------------------------------------------------------------
def test_the_person_finds_the_button_and_checks_in(office):
    office.put(sitting(office.clerk), day=TUESDAY)
    client, address = as_(office.clerk), "/truc/2026-11-17/sang/co-mat/"
    assert address in client.get("/truc/").content.decode()

    response = client.post(address, follow=True)

    assert told(response) == ["Đã ghi bạn có mặt lúc 09:00."]
    assert "Có mặt 09:00" in text_of(response)
    assert address not in client.get("/truc/").content.decode()


@pytest.mark.parametrize("day", ["2026-11-16", "2026-11-18"])
def test_checking_in_on_another_day_is_refused(office, day):
    office.put(sitting(office.clerk), day=MONDAY)
    office.put(sitting(office.clerk), day=TUESDAY + timedelta(days=1))

    response = as_(office.clerk).post(f"/truc/{day}/sang/co-mat/", follow=True)

    assert told(response) == ["Chỉ điểm danh trong chính buổi trực: buổi sáng trước 12:00, buổi chiều từ 12:00."]
    assert DutySession.objects.filter(checked_in_at__isnull=False).count() == 0


def test_nobody_checks_in_for_another(office):
    office.put(sitting(office.clerk), day=TUESDAY)

    response = as_(office.manager).post("/truc/2026-11-17/sang/co-mat/", {"person": office.clerk.pk}, follow=True)

    assert told(response)[0].startswith("Bạn không có tên trong buổi trực này.")
    assert DutySession.objects.get().checked_in_at is None


def test_checking_in_is_never_a_get(office):
    assert as_(office.clerk).get("/truc/2026-11-17/sang/co-mat/").status_code == 405


# -- sheet ----------------------------------------------------------------------------------------------
def test_the_sheet_counts_who_came(office):
    office.put(sitting(office.clerk))
    duty.check_in(MONDAY, Half.MORNING, by=office.clerk, at=on(MONDAY, "07:25"))
    office.put(sitting(office.clerk), half=Half.AFTERNOON, at=on(MONDAY, "08:00"))

    page = as_(office.auditor if hasattr(office, "auditor") else office.head).get("/truc/bang-cham/2026-11/")

    assert [line.sums for line in page.context["sheet"].lines] == [(2, 1, 0, 0, 1)]


def test_the_sheet_prints(office):
    response = as_(office.manager).get("/truc/bang-cham/2026-11/in/")

    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    assert response["Content-Disposition"] == 'inline; filename="bang-cham-truc-2026-11.pdf"'


# -- rules ------------------------------------------------------------------------------------------------
RULES = {
    "text": "Điều 1.\nGiờ làm việc",
    "decision_number": "12/QĐ-UBND",
    "decided_on": "16/11/2026",
    "decided_by": "UBND xã",
    "valid_from": "17/11/2026",
}


def test_rules_are_written_as_a_new_version(office):
    client = as_(office.head)

    assert client.post("/truc/quy-che/", RULES).status_code == 303
    assert client.post("/truc/quy-che/", RULES | {"text": "Điều 1 mới"}).status_code == 303

    assert list(OperatingRules.objects.order_by("version").values_list("version", "text")) == [
        (1, "Điều 1.\nGiờ làm việc"),
        (2, "Điều 1 mới"),
    ]
    assert "phiên bản 2, Quyết định số 12/QĐ-UBND ngày 16/11/2026 của UBND xã" in text_of(client.get("/truc/quy-che/"))


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"text": " "}, "text", "Nhập nội dung quy chế"),
        ({"text": "x" * 20_001}, "text", "Nhiều nhất 20000 ký tự (đang có 20001 ký tự)"),
        ({"decision_number": ""}, "decision_number", "Ghi số quyết định"),
        ({"decided_by": ""}, "decided_by", "Ghi cơ quan ban hành quyết định"),
        ({"decided_on": "18/11/2026", "valid_from": "18/11/2026"}, "decided_on", "Ngày quyết định không thể sau hôm nay"),
        ({"valid_from": "15/11/2026"}, "valid_from", "Quy chế không có hiệu lực trước ngày quyết định"),
    ],
)
def test_rules_with_a_mistake_are_not_kept(office, fields, field, sentence):
    response = as_(office.manager).post("/truc/quy-che/", RULES | fields)

    assert (response.status_code, dict(response.context["form"].errors)) == (422, {field: [sentence]})
    assert OperatingRules.objects.count() == 0
