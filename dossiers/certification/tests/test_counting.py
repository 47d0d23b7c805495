"""Counts, the day's cash, the books as they are read, and the clause of a line."""

from datetime import date, timedelta

import pytest

from dossiers import lifecycle
from dossiers.certification.books import Period
from dossiers.certification.counting import CashLine, cash_of_day, counts, dossiers_in_report
from dossiers.certification.ledger import book_page, trace_number
from dossiers.certification.querysets import Counts
from dossiers.certification.session import Payment
from dossiers.certification.setting import setting_of
from dossiers.certification.tests.makers import MORNING, certified, contract, copy, entries_of, make_head, signature
from dossiers.certification.wording import clause_of
from dossiers.models import CertificationEntry
from dossiers.tests.makers import local, make_clerk
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
DAY = (local("2026-11-20 00:00"), local("2026-11-21 00:00"))


def sign(dossier, signer=None):
    signer = signer or make_head()
    return lifecycle.sign_certifications(dossier, signer=signer, by=signer, at=MORNING, no_interest=True)


def test_visits_numbers_copies_and_fees_are_counted_apart():
    clerk = make_clerk()
    certified(copy(copies=3), copy(copies=2))
    certified(signature())
    spoilt = certified(copy(copies=9))
    lifecycle.void_entry(entries_of(spoilt)[0], reason="ghi nhầm", by=clerk, at=MORNING)
    certified(copy(copies=7), at=local("2026-11-21 08:00"))
    certified(copy(copies=8), by=make_clerk(make_agency("H61.27", "Trà Kha")))
    assert counts(clerk.agency_id, *DAY) == Counts(visits=2, numbers=3, copies=6, fees=20_000, voided=1)


def test_an_empty_day_counts_nothing():
    assert counts(make_agency().pk, *DAY) == Counts(0, 0, 0, 0, 0)


@pytest.mark.parametrize(("choice", "number"), [("visit", 2), ("number", 3), ("copy", 6)])
def test_the_agency_says_what_a_dossier_is(choice, number):
    setting = setting_of(make_agency().pk)
    setting.counts_as = choice
    assert dossiers_in_report(setting, Counts(visits=2, numbers=3, copies=6, fees=0, voided=1)) == number


def test_each_clerks_cash_of_the_day():
    here = make_clerk()
    other = make_user(Role.CLERK, full_name="An Thị Bé")
    certified(copy(copies=3))
    certified(signature(), payment=Payment("transfer"))
    wrong = certified(copy(copies=5), by=other)
    lifecycle.void_entry(entries_of(wrong)[0], reason="ghi nhầm", by=other, at=MORNING)
    assert cash_of_day(here.agency_id, date(2026, 11, 20)) == [
        CashLine(other.pk, "An Thị Bé", receipts=1, cash=10_000, cancelled=1, given_back=10_000),
        CashLine(here.pk, "Thạch Thị Mỹ Duyên", receipts=2, cash=6_000, transfer=10_000),
    ]
    assert [line.net for line in cash_of_day(here.agency_id, date(2026, 11, 20))] == [0, 16_000]


def test_what_is_cancelled_next_day_is_given_back_next_day():
    clerk, dossier = make_clerk(), certified(copy(copies=3))
    lifecycle.void_entry(entries_of(dossier)[0], reason="ghi nhầm", by=clerk, at=MORNING + timedelta(days=3))
    assert [line.net for day in (20, 23) for line in cash_of_day(clerk.agency_id, date(2026, 11, day))] == [6_000, -6_000]


def test_the_day_is_local():
    certified(at=local("2026-11-20 00:00:00"))
    assert cash_of_day(make_agency().pk, date(2026, 11, 19)) == []
    assert len(cash_of_day(make_agency().pk, date(2026, 11, 20))) == 1


def test_a_page_of_the_book_is_the_month_in_order():
    certified(copy("Giấy cũ"), at=local("2026-10-30 09:00"))
    sign(certified(copy("Bằng"), copy("Học bạ", copies=2)))
    page = book_page(make_agency().pk, "BS", Period(2026, 11))
    assert [(entry.number, entry.paper_name) for entry in page.entries] == [(2, "Bằng"), (3, "Học bạ")]
    assert (page.carried, page.counts.numbers, page.closing, page.retention.years) == (1, 2, None, None)
    assert page.form.columns[0].heading == "Số thứ tự/số chứng thực"


@pytest.mark.parametrize("lines", [1, 3])
def test_a_page_costs_the_same_however_long(lines, django_assert_num_queries):
    dossier = certified(*[copy() for _ in range(lines)])
    with django_assert_num_queries(4):
        page = book_page(dossier.agency_id, "BS", Period(2026, 11))
        assert [entry.dossier.code for entry in page.entries] == [dossier.code] * lines


def test_an_inspector_follows_a_number_to_session_signer_and_fee():
    dossier = sign(certified(copy(copies=3)))
    entry = trace_number(dossier.agency_id, "BS", 2026, 1)
    assert (entry.dossier.code, entry.signer.full_name, entry.fee) == (dossier.code, "Nguyễn Văn Đặng", 6_000)
    assert str(entry.dossier.certification_receipts.get()) == "CT 0000001"
    assert trace_number(dossier.agency_id, "BS", 2026, 2) is None


@pytest.mark.parametrize(("words", "found"), [("kha thach", [1]), ("HOC BA", [2]), ("lâm hoa", [3]), ("100%", []), ("", [1, 2, 3])])
def test_books_are_searched_by_person_and_paper(words, found):
    visits = [
        certified(copy("Bằng")),
        certified(copy("Học bạ"), name="Trần Văn Út"),
        certified(contract(others="Lâm Thị Hoa"), name="Trần Văn Út"),
    ]
    seen = CertificationEntry.objects.holding(words).order_by("id").values_list("dossier_id", flat=True)
    assert list(seen) == [visits[number - 1].pk for number in found]


def test_the_clause_is_filled_with_the_lines_figures():
    (entry,) = entries_of(sign(certified()))
    clause = clause_of(entry)
    assert clause.text.splitlines() == [
        "Chứng thực bản sao đúng với bản chính",
        "Số chứng thực 01, quyển số 01/2026-SCT/BS",
        "Ngày 20 tháng 11 năm 2026",
        "CHỦ TỊCH",
        "Nguyễn Văn Đặng",
    ]
    assert clause.mark == "unverified"


def test_the_agencys_own_text_goes_before_the_shipped_one():
    head = make_head()
    (entry,) = entries_of(certified())
    lifecycle.save_clause(head.agency, "01", text="Đúng bản chính, số {number}", source="Mẫu 01 NĐ 280/2025", by=head, at=MORNING)
    clause = clause_of(entry)
    assert (clause.text, clause.source, clause.mark) == ("Đúng bản chính, số 01", "Mẫu 01 NĐ 280/2025", "agency")


def test_a_form_that_nobody_could_read_is_empty_until_it_is_entered():
    (entry,) = entries_of(certified(contract()))
    assert clause_of(entry).text == ""
