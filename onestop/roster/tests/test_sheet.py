"""The duty sheet of a month: each mark, each sum, and the paper."""

import subprocess
from datetime import date

import pytest

from onestop.roster.sheet import ABSENT, PRESENT, SILENT, STOOD_IN, TO_COME, Line, Month, Sheet, sheet_of, sheet_pdf
from onestop.roster.tests.makers import FRIDAY, MONDAY, TUESDAY, make_office, on, signing, sitting
from onestop.staff import duty
from onestop.staff.duty import Half
from onestop.staff.models import User

pytestmark = pytest.mark.django_db
NOVEMBER = Month(2026, 11)


@pytest.fixture
def office():
    return make_office()


def line_of(office, person, clock="18:00", day=TUESDAY):
    sheet = sheet_of(office.agency.pk, NOVEMBER, on(day, clock))
    return next((line for line in sheet.lines if line.person == person), None)


def marks_of(office, person, **when):
    return list(line_of(office, person, **when).marks.values())


def test_who_came_has_a_cross(office):
    office.put(sitting(office.clerk))
    duty.check_in(MONDAY, Half.MORNING, by=office.clerk, at=on(MONDAY, "07:25"))

    line = line_of(office, office.clerk)

    assert (list(line.marks.values()), line.sums) == ([PRESENT], (1, 1, 0, 0, 0))


def test_who_did_not_say_so_is_counted_apart(office):
    office.put(sitting(office.clerk))

    assert line_of(office, office.clerk).sums == (1, 0, 0, 0, 1)


@pytest.mark.parametrize(("clock", "mark"), [("07:00", TO_COME), ("11:59", TO_COME), ("12:00", SILENT)])
def test_a_session_is_missed_only_when_it_is_over(office, clock, mark):
    office.put(sitting(office.clerk))

    assert marks_of(office, office.clerk, day=MONDAY, clock=clock) == [mark]


def test_the_absent_and_the_substitute_are_told_apart(office):
    office.put(signing(office.leader, substitute=office.head, reason="Họp"))
    assert (marks_of(office, office.leader), marks_of(office, office.head)) == ([ABSENT], [SILENT])

    duty.check_in(MONDAY, Half.MORNING, by=office.head, at=on(MONDAY, "07:25"))

    assert line_of(office, office.leader).sums == (1, 0, 0, 1, 0)
    assert (marks_of(office, office.head), line_of(office, office.head).sums) == ([STOOD_IN], (1, 1, 1, 0, 0))


def test_an_absence_without_a_substitute_is_an_absence(office):
    office.put(signing(office.leader, reason="Ốm"))

    assert line_of(office, office.leader).sums == (1, 0, 0, 1, 0)


def test_who_was_missed_here_and_stood_in_there_was_at_work(office):
    office.put(sitting(office.clerk, substitute=office.other, reason="Sang quầy 3"), sitting(office.clerk, "3"))
    duty.check_in(MONDAY, Half.MORNING, by=office.clerk, at=on(MONDAY, "07:25"))

    assert marks_of(office, office.clerk) == [PRESENT]


def test_open_sessions_without_a_leader_are_counted_from_the_first_roster_on(office):
    office.put(signing(office.leader))
    office.put(signing(office.leader), day=TUESDAY, half=Half.AFTERNOON)

    # Monday afternoon and Tuesday morning.
    assert sheet_of(office.agency.pk, NOVEMBER, on(TUESDAY, "18:00")).missing == 2


def test_the_sheet_costs_the_same_however_long(office, django_assert_num_queries):
    for day in (MONDAY, TUESDAY, FRIDAY):
        office.put(signing(office.leader), sitting(office.clerk), day=day)
    sheet_of(office.agency.pk, NOVEMBER, on(TUESDAY, "18:00"))

    with django_assert_num_queries(2):
        assert len(sheet_of(office.agency.pk, NOVEMBER, on(TUESDAY, "18:00")).lines) == 2


@pytest.mark.parametrize(
    ("months", "expected"), [(-1, Month(2026, 10)), (1, Month(2026, 12)), (2, Month(2027, 1)), (-11, Month(2025, 12)), (0, NOVEMBER)]
)
def test_months_follow_each_other(months, expected):
    assert NOVEMBER.moved(months) == expected


def pages_of(office, sheet):
    content = sheet_pdf(office.agency, sheet, made_at=on(TUESDAY, "18:00"), made_by=office.manager)
    return printed("pdftotext", "-raw", "-", "-", content=content).split("\f")[:-1], content


def printed(*command, content):
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def test_the_paper_names_agency_month_and_people(office):
    office.put(signing(office.leader), sitting(office.clerk))

    (page,), content = pages_of(office, sheet_of(office.agency.pk, NOVEMBER, on(TUESDAY, "18:00")))

    assert [words for words in ("BẢNG CHẤM TRỰC", "tháng 11 năm 2026", "Lê Hoàng Phúc", "Thạch Thị Mỹ Duyên") if words not in page] == []
    assert "Nghĩa Giang, ngày 17 tháng 11 năm 2026" in " ".join(page.split())
    assert "841.89 x 595.276 pts (A4)" in printed("pdfinfo", "-", content=content)


@pytest.mark.parametrize(("people", "pages"), [(0, 1), (1, 1), (9, 1), (10, 2), (28, 4)])
def test_a_page_holds_nine_people_with_the_longest_names(office, people, pages):
    person = User(full_name="Nguyễn Trần Hoàng Phương Nguyễn Thị Ngọc Diễm Quỳnh")
    marks = {(date(2026, 11, number), half): PRESENT for number in range(1, 31) for half in Half}
    sheet = Sheet(NOVEMBER, [(day, "T2", True) for day in NOVEMBER.days], [Line(person, marks)] * people, 0)

    texts, _ = pages_of(office, sheet)

    assert len(texts) == pages
    assert "GIÁM ĐỐC TRUNG TÂM" in texts[-1]
