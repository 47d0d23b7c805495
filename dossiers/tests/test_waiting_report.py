"""How long results wait for a signature: the figures, the periods, and where they come from."""

from datetime import date, timedelta

import pytest

from dossiers import lifecycle
from dossiers.models import SignOffKind
from dossiers.tests.makers import local, make_clerk, make_dossier
from dossiers.waiting_report import Wait, cells_of, figures_of, month_of, nearest, read_span, report_of, spans_before, table_of, waits_of
from onestop.reading.money import group_thousands
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

TODAY = date(2026, 11, 22)


def wait(working: int, plain: int | None = None, *, signer: str = "Lê Hoàng Phúc", procedure: str = "Khai sinh") -> Wait:
    return Wait("Xã Nghĩa Giang", signer, procedure, working if plain is None else plain, working)


# -- figures ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([7], 50, 7), ([7], 90, 7), ([1, 2], 50, 1), ([1, 2, 3], 50, 2), (list(range(1, 11)), 90, 9), (list(range(1, 12)), 90, 10)],
)
def test_a_percentile_is_the_nearest_rank(values, percent, expected):
    assert nearest(values, percent) == expected


def test_the_figures_of_some_signatures():
    figures = figures_of([wait(5), wait(16, 900), wait(15), wait(120, 1600)])

    assert (figures.number, figures.share) == (4, "2/4 (50%)")
    assert (figures.median, figures.ninetieth, figures.longest) == (15, 120, 120)
    assert (figures.plain_median, figures.plain_ninetieth, figures.plain_longest) == (15, 1600, 1600)
    assert (cells_of(figures)[-1], cells_of(figures, say=group_thousands)[-1]) == ("1600", "1.600")


def test_of_no_signature_nothing_is_said():
    report = report_of([])

    assert (figures_of([]), report.whole, len(table_of(report))) == (None, None, 1)


def test_the_longest_median_comes_first_by_signer_and_by_procedure():
    report = report_of([wait(5), wait(50, signer="Nguyễn Văn Đặng"), wait(7, procedure="Kết hôn")])

    assert [(what, [name for name, _ in rows]) for what, rows in report.groups] == [
        ("Người ký", ["Nguyễn Văn Đặng", "Lê Hoàng Phúc"]),
        ("Thủ tục", ["Kết hôn", "Khai sinh"]),
    ]


def test_across_communes_no_person_is_named():
    table = table_of(report_of([wait(5)], across_communes=True))

    assert [row[:2] for row in table] == [("Theo", "Tên"), ("Tất cả", ""), ("Đơn vị", "Xã Nghĩa Giang"), ("Thủ tục", "Khai sinh")]


# -- periods ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("2026-11", "Tháng 11/2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-12", "Tháng 12/2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("2028-02", "Tháng 02/2028", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-q1", "Quý 1/2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-q4", "Quý 4/2026", date(2026, 10, 1), date(2026, 12, 31)),
        ("2025", "Năm 2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("", "Tháng 11/2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-13", "Tháng 11/2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-q5", "Tháng 11/2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("1026", "Tháng 11/2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("２０２６", "Tháng 11/2026", date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_a_period_is_read_from_its_address(text, words, first, last):
    span = read_span(text, TODAY)

    assert (span.words, span.first, span.last) == (words, first, last)


def test_the_picker_offers_the_year_behind():
    offered = [span.slug for span in spans_before(date(2026, 2, 10))]

    assert offered[:3] == ["2026-02", "2026-01", "2025-12"]
    assert offered[12:] == ["2026-q1", "2025-q4", "2025-q3", "2025-q2", "2026", "2025"]


# -- from the rows ---------------------------------------------------------------------------
def signed(submitted_at: str, signed_at: str) -> None:
    """Submitted and signed on paper at these moments."""
    clerk, at = make_clerk(), local(submitted_at)
    dossier = make_dossier(by=clerk, at=at - timedelta(minutes=10))
    dossier = lifecycle.submit_for_sign_off(dossier, by=clerk, at=at)
    leader = make_user(Role.LEADER)
    lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=local(signed_at), doc_number="1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("submitted_at", "signed_at", "working", "plain"),
    [
        ("2026-11-20 09:00", "2026-11-20 09:07", 7, 7),
        ("2026-11-20 11:20", "2026-11-20 13:40", 20, 140),
        ("2026-11-20 16:50", "2026-11-23 07:40", 20, 3770),
        ("2026-11-20 17:30", "2026-11-20 18:00", 0, 30),
    ],
)
def test_working_minutes_leave_out_noon_nights_and_days_off(submitted_at, signed_at, working, plain):
    signed(submitted_at, signed_at)

    assert [(row.working, row.plain) for row in waits_of([make_agency()], month_of(2026, 11))] == [(working, plain)]


@pytest.mark.django_db
def test_a_signature_belongs_to_the_month_in_which_it_was_given_and_to_its_commune():
    signed("2026-10-30 16:50", "2026-11-02 07:40")

    assert [len(waits_of([make_agency()], month_of(2026, month))) for month in (10, 11, 12)] == [0, 1, 0]
    assert waits_of([make_agency("H61.27", "Phú Tân An")], month_of(2026, 11)) == []
