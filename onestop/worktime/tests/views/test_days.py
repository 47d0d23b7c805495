"""The administrator's pages of the calendar: who may open what, what a mistake is answered with, what a form proposes."""
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user
from onestop.worktime import proposals, store
from onestop.worktime.changes import ChangedDay, Content
from onestop.worktime.loading import load_shipped
from onestop.worktime.models import CalendarChange, CalendarDay, CalendarVersion, LocalDay

pytestmark = pytest.mark.django_db
START = "/quan-tri/lich-nghi/"


@pytest.fixture(autouse=True)
def _calendar():
    load_shipped(now=timezone.now())


@pytest.fixture
def province():
    return make_province()


@pytest.fixture
def commune(province):
    return make_agency(parent=province)


@pytest.fixture
def admin(client, commune):
    person = make_user(Role.ADMIN, agency=commune)
    client.force_login(person)
    return person


@pytest.fixture
def province_admin(client, province):
    person = make_user(Role.ADMIN, agency=province)
    client.force_login(person)
    return person


def working_day(number=5):
    return store.calendar_in_force().add_working_days(timezone.localdate(), number)


def saturday():
    day = timezone.localdate() + timedelta(days=14)
    return day + timedelta(days=(5 - day.weekday()) % 7)


def say(day):
    return f"{day:%d/%m/%Y}"


def sent(**fields):
    base = {"submission_key": str(uuid4()), "decision": "Thông báo 12/TB-UBND", "decided_on": say(timezone.localdate())}
    return base | {name: say(value) if isinstance(value, date) else value for name, value in fields.items()}


def errors_of(response):
    return {name: list(lines) for name, lines in response.context["form"].errors.items()}


# -- who ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.ADMIN, 200), (Role.LEADER, 200), (Role.HEAD, 200), (Role.MANAGER, 200), (Role.CLERK, 403), (Role.AUDITOR, 403)],
)
def test_who_reads_the_calendar(client, commune, role, status):
    client.force_login(make_user(role, agency=commune))
    assert client.get(START).status_code == status


@pytest.mark.parametrize("role", [Role.LEADER, Role.HEAD, Role.MANAGER, Role.CLERK])
@pytest.mark.parametrize("page", ["them/tam-nghi/", "nam/2027/", "rieng/1/", "chung/1/"])
def test_only_an_administrator_proposes(client, commune, role, page):
    client.force_login(make_user(role, agency=commune))
    assert client.get(START + page).status_code == 403


def test_strangers_are_sent_to_the_log_in_page(client):
    assert client.get(START)["Location"].startswith("/dang-nhap/")


@pytest.mark.parametrize("page", ["them/ngay-nghi/", "them/hoan-doi/", "them/nua-ngay/", "nam/2027/", "them/khong-co/"])
def test_a_commune_has_no_pages_for_the_common_calendar(client, admin, page):
    assert client.get(START + page).status_code == 404
    assert client.post(START + page, sent()).status_code == 404


def test_a_commune_changes_no_common_day(client, admin):
    assert client.get(f"{START}chung/{CalendarDay.objects.filter(date__gt=timezone.localdate()).first().pk}/").status_code == 404


def test_another_communes_own_day_looks_like_none(client, admin, province):
    other = make_agency("H61.27", "Phú Tân An", parent=province)
    row = LocalDay.objects.create(agency=other, date=working_day(), kind="local_closure", name="x", decision="y")
    assert client.get(f"{START}rieng/{row.pk}/").status_code == 404


# -- the year -------------------------------------------------------------------------------------
def test_the_year_shows_each_day_with_its_decision(client, admin):
    text = client.get(START, {"nam": "2026"}).content.decode()
    assert "thứ Ba, 24/11/2026" in text
    assert "Ngày Văn hóa Việt Nam" in text
    assert "Nghị quyết 28/2026/QH16" in text
    assert "Đã công bố chính thức" in text


def test_a_year_not_announced_says_so(client, province_admin):
    text = client.get(START, {"nam": "2027"}).content.decode()
    assert "Chưa công bố chính thức" in text
    assert f"{START}nam/2027/" in text


@pytest.mark.parametrize("wanted", ["x", "1999", "٢٠٢٦", "-1", "99999999999999999999"])
def test_a_year_that_is_none_is_this_year(client, admin, wanted):
    assert client.get(START, {"nam": wanted}).context["year"] == timezone.localdate().year


def test_an_empty_database_shows_the_shipped_days(client, admin):
    CalendarDay.objects.all().delete()
    CalendarVersion.objects.all().delete()
    store.forget()
    rows = client.get(START, {"nam": "2026"}).context["rows"]
    assert (len(rows), {row.address for row in rows}) == (17, {""})


def test_the_year_costs_the_same_queries_whatever_stands_in_it(client, admin, django_assert_max_num_queries):
    client.get(START)
    with django_assert_max_num_queries(12):
        client.get(START, {"nam": "2026"})


# -- proposing --------------------------------------------------------------------------------------
def test_a_closure_becomes_a_proposal_and_changes_nothing(client, admin):
    day = working_day()
    response = client.post(f"{START}them/tam-nghi/", sent(first=day, name="Tránh bão số 9"))
    change = CalendarChange.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/lich-nghi/de-nghi/{change.pk}/")
    assert (change.scope, change.kind, change.state, change.agency) == ("local", "closure", "proposed", admin.agency)
    assert change.holds == Content((ChangedDay(day, "local_closure", "Tránh bão số 9"),))
    assert not LocalDay.objects.exists()


def test_the_same_form_twice_is_one_proposal(client, admin):
    data = sent(first=working_day(), name="Tránh bão số 9")
    client.post(f"{START}them/tam-nghi/", data)
    client.post(f"{START}them/tam-nghi/", data | {"first": say(working_day(6))})
    assert CalendarChange.objects.count() == 1


def test_a_closure_until_an_hour_is_a_half_day(client, admin):
    client.post(f"{START}them/tam-nghi/", sent(first=working_day(), until="10h30", name="Hội nghị"))
    (day,) = CalendarChange.objects.get().holds.put
    assert (day.kind, f"{day.until:%H:%M}") == ("half_day", "10:30")


def test_days_in_a_row_leave_the_weekend_out(client, province_admin):
    first = saturday() - timedelta(days=1)
    client.post(f"{START}them/ngay-nghi/", sent(first=first, last=first + timedelta(days=3), day_kind="public_holiday", name="Quốc tang"))
    assert CalendarChange.objects.get().holds.dates == (first, first + timedelta(days=3))


def test_a_swap_is_a_pair(client, province_admin):
    worked = saturday()
    off = worked + timedelta(days=2)
    client.post(f"{START}them/hoan-doi/", sent(day_off=off, working_day=worked, name="Quốc khánh"))
    assert CalendarChange.objects.get().holds == Content((
        ChangedDay(off, "swapped_day_off", "Nghỉ hoán đổi dịp Quốc khánh", worked),
        ChangedDay(worked, "swapped_working_day", "Làm bù dịp Quốc khánh", off),
    ))


@pytest.mark.parametrize(
    ("page", "fields", "field", "sentence"),
    [
        ("tam-nghi", {"first": ""}, "first", "Nhập ngày dạng ngày/tháng/năm"),
        ("tam-nghi", {"first": "31/02/2026"}, "first", "Nhập ngày dạng ngày/tháng/năm"),
        ("tam-nghi", {"name": ""}, "name", "Ghi tên ngày"),
        ("tam-nghi", {"decision": ""}, "decision", "Ghi số, ký hiệu văn bản"),
        ("tam-nghi", {"decided_on": "01/01/2090"}, "decided_on", "không thể ở sau hôm nay"),
        ("tam-nghi", {"first": "24/11/2025"}, "first", "đã qua quá 30 ngày"),
        ("tam-nghi", {"first": "01/06/2090"}, "first", "Lịch làm việc chỉ có đến hết năm"),
        ("tam-nghi", {"until": "25:00"}, "until", "Nhập giờ dạng giờ:phút"),
        ("tam-nghi", {"until": "23:00"}, "until", "ngoài giờ làm việc"),
        ("ngay-nghi", {"day_kind": "x"}, "day_kind", "Chọn một mục"),
        ("ngay-nghi", {"last": "01/01/2026"}, "last", "Ngày cuối phải từ ngày đầu trở đi"),
        ("nua-ngay", {"until": ""}, "until", "Nhập giờ dạng giờ:phút"),
    ],
)
def test_a_mistake_is_answered_at_its_field(client, province_admin, page, fields, field, sentence):
    right = sent(first=working_day(), name="Tránh bão", day_kind="public_holiday", until="11:30" if page == "nua-ngay" else "")
    response = client.post(f"{START}them/{page}/", right | fields)
    assert response.status_code == 422
    assert list(errors_of(response)) == [field]
    assert sentence in errors_of(response)[field][0]
    assert not CalendarChange.objects.exists()


@pytest.mark.parametrize(
    ("off", "worked", "field"), [(2, 1, "working_day"), (0, 0, "day_off"), (7, 0, "day_off")]
)
def test_a_swap_needs_a_working_day_and_a_weekend(client, province_admin, off, worked, field):
    """Days after a Saturday: Monday with Sunday is right; a weekday worked, or a weekend taken off, is not."""
    base = saturday()
    worked_day = base + timedelta(days=worked + (3 if worked else 0))
    response = client.post(f"{START}them/hoan-doi/", sent(day_off=base + timedelta(days=off), working_day=worked_day, name="x"))
    assert (response.status_code, field in errors_of(response)) == (422, True)


def test_a_day_that_is_off_already_is_said_to_be(client, province_admin):
    response = client.post(f"{START}them/ngay-nghi/", sent(first=saturday(), day_kind="public_holiday", name="x"))
    assert errors_of(response) == {"first": ["Đã là ngày nghỉ: Thứ Bảy"]}


def test_a_day_that_waits_for_approval_is_not_proposed_again(client, admin):
    day = working_day()
    client.post(f"{START}them/tam-nghi/", sent(first=day, name="Tránh bão"))
    response = client.post(f"{START}them/tam-nghi/", sent(first=day, name="Tránh bão"))
    assert errors_of(response) == {"first": [f"Ngày {say(day)} đang có một đề nghị chờ duyệt"]}


# -- changing a day ------------------------------------------------------------------------------------
def test_a_future_day_is_taken_out_by_a_proposal(client, province_admin):
    row = CalendarDay.objects.filter(date__gt=timezone.localdate(), swapped_with__isnull=True).first()
    response = client.post(f"{START}chung/{row.pk}/", sent(what="remove", name=row.name))
    assert response.status_code == 303
    change = CalendarChange.objects.get()
    assert (change.kind, change.holds) == ("removal", Content(removed=(row.date,)))
    assert CalendarDay.objects.filter(pk=row.pk).exists()


def test_half_of_a_swap_goes_with_the_other_half(client, province_admin, province):
    worked = saturday()
    off = worked + timedelta(days=2)
    client.post(f"{START}them/hoan-doi/", sent(day_off=off, working_day=worked, name="Quốc khánh"))
    proposals.approve(CalendarChange.objects.get(), by=make_user(Role.HEAD, agency=province), at=timezone.now())
    row = CalendarDay.objects.get(date=worked)
    client.post(f"{START}chung/{row.pk}/", sent(what="remove", name=row.name))
    assert CalendarChange.objects.latest("pk").holds.removed == (worked, off)


def test_a_day_is_named_otherwise_by_a_proposal(client, province_admin):
    row = CalendarDay.objects.filter(date__gt=timezone.localdate()).first()
    client.post(f"{START}chung/{row.pk}/", sent(what="correct", name="Tên mới; của ngày"))
    change = CalendarChange.objects.get()
    assert (change.kind, change.holds.put[0].name) == ("correction", "Tên mới, của ngày")


def test_a_correction_that_changes_nothing_is_no_proposal(client, province_admin):
    row = CalendarDay.objects.filter(date__gt=timezone.localdate()).first()
    response = client.post(f"{START}chung/{row.pk}/", sent(what="correct", name=row.name))
    assert list(errors_of(response)) == ["name"]


def test_a_day_that_is_over_cannot_be_taken_out(client, province_admin):
    row = CalendarDay.objects.filter(date__lt=timezone.localdate(), swapped_with__isnull=True).last()
    response = client.post(f"{START}chung/{row.pk}/", sent(what="remove", name=row.name))
    assert "không bỏ được nữa" in errors_of(response)["what"][0]


# -- a year -----------------------------------------------------------------------------------------------
def lines_of(response, **changed):
    """The draft as the page would send it back."""
    lines = response.context["lines"]
    data = {"ngay-TOTAL_FORMS": str(len(lines.forms)), "ngay-INITIAL_FORMS": str(lines.initial_form_count())}
    for number, form in enumerate(lines.forms):
        for name in form.fields:
            value = form.get_initial_for_field(form.fields[name], name)
            value = say(value) if isinstance(value, date) else value
            data[f"ngay-{number}-{name}"] = {True: "on", None: ""}.get(value, value)
    return {name: value for name, value in (data | changed).items() if value is not False}


def test_the_draft_of_a_year_is_what_stands_there_and_what_the_rule_adds(client, province_admin):
    response = client.get(f"{START}nam/2027/")
    text = response.content.decode()
    assert "thứ Hai, 08/02/2027 – dự kiến, đang có trong lịch" in text
    assert "thứ Sáu, 03/09/2027 – tính theo luật, chưa có quyết định" in text
    assert "thứ Sáu, 01/01/2027 – đã có trong lịch" in text


def test_a_corrected_draft_is_put_before_the_leader_as_a_whole(client, province_admin):
    page = client.get(f"{START}nam/2027/")
    number = next(n for n, form in enumerate(page.context["lines"]) if form.initial.get("date") == date(2027, 2, 4))
    data = sent() | lines_of(page, **{f"ngay-{number}-keep": False})
    response = client.post(f"{START}nam/2027/", data)
    assert response.status_code == 303
    content = CalendarChange.objects.get().holds
    assert (content.confirms, content.removed) == (2027, (date(2027, 2, 4),))
    assert date(2027, 9, 3) in content.dates
    assert len(content.put) == 14


def test_the_next_year_that_has_no_calendar_can_be_drafted(client, province_admin):
    assert client.get(f"{START}nam/2028/").status_code == 200
    assert client.get(f"{START}nam/2029/").status_code == 404
    assert client.get(f"{START}nam/2026/").status_code == 404  # confirmed


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        ({"date": "05/05/2028", "name": "x"}, "date", "không thuộc năm 2027"),
        ({"date": "", "name": "x"}, "date", "Nhập ngày"),
        ({"date": "06/05/2027"}, "name", "Ghi tên ngày"),
        ({"date": "06/05/2027", "name": "x", "day_kind": "swapped_day_off"}, "swapped_with", "Nhập ngày kia"),
        ({"date": "06/05/2027", "name": "x", "day_kind": "swapped_day_off", "swapped_with": "08/05/2027"}, "swapped_with", "phải có dòng"),
        ({"date": "06/05/2027", "name": "x", "day_kind": "swapped_working_day", "swapped_with": "07/05/2027"}, "date", "thứ Bảy"),
        ({"date": "08/05/2027", "name": "x", "day_kind": "compensatory_day_off"}, "date", "cuối tuần"),
        ({"date": "30/04/2027", "name": "x"}, "date", "hai dòng"),
    ],
)
def test_a_mistake_in_the_draft_is_answered_in_its_line(client, province_admin, line, field, sentence):
    page = client.get(f"{START}nam/2027/")
    last = len(page.context["lines"].forms) - 1
    response = client.post(f"{START}nam/2027/", sent() | lines_of(page, **{f"ngay-{last}-{name}": value for name, value in line.items()}))
    assert response.status_code == 422
    assert sentence in response.context["lines"].forms[last].errors[field][0]
    assert not CalendarChange.objects.exists()
