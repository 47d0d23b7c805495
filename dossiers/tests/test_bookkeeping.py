"""Books closed, choices of the agency, its own clauses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dossiers import lifecycle
from dossiers.certification.kinds import Book
from dossiers.certification.tests.makers import MORNING, certified, copy, entries_of, make_head, signature
from dossiers.lifecycle import AlreadyDone
from dossiers.models import BookClosing, CertificationEntry, Dossier
from dossiers.statuses import NotAllowed
from dossiers.tests.makers import local, make_clerk
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
MONTHS_END = local("2026-11-30 17:00")


def signed(*lines, at=MORNING) -> Dossier:
    dossier, head = certified(*lines, at=at), make_head()
    return lifecycle.sign_certifications(dossier, signer=head, by=head, at=at, no_interest=True)


def close(book: str = "BS", month: int | None = 11, *, year: int = 2026, at=MONTHS_END, **fields) -> BookClosing:
    clerk = make_clerk()
    return lifecycle.close_book(clerk.agency, book, year, month, **({"by": clerk, "at": at} | fields))


def test_a_closed_month_has_its_numbers_and_counts():
    dossier = signed(copy(copies=3), copy("Học bạ", pages=4, copies=2), signature())
    spoilt = certified(copy("Bằng"))
    lifecycle.void_entry(entries_of(spoilt)[0], reason="ghi nhầm", by=make_clerk(), at=MORNING)
    closing = close(confirmed_by="Nguyễn Văn Đặng")
    assert (closing.first_number, closing.last_number, closing.numbers, closing.voided) == (1, 3, 3, 1)
    assert (closing.visits, closing.copies, closing.fees) == (1, 5, 6_000 + 12_000)
    assert dossier.certification_entries.count() == 3
    assert first_problem() is None


def test_an_empty_month_is_closed_with_nothing_in_it():
    closing = close()
    assert (closing.first_number, closing.last_number, closing.numbers, closing.fees) == (0, 0, 0, 0)
    assert entries_of(certified(at=local("2026-12-01 08:00")))[0].number == 1


def test_nothing_is_entered_into_a_closed_month():
    signed()
    close()
    with pytest.raises(NotAllowed, match="tháng 11/2026 đã khóa"):
        certified(at=MONTHS_END + timedelta(minutes=1))
    assert CertificationEntry.objects.count() == 1
    assert entries_of(certified(at=local("2026-12-01 08:00")))[0].number == 2


def test_other_books_stay_open():
    signed()
    close()
    assert entries_of(certified(signature(), at=MONTHS_END))[0].number == 1


def test_a_month_is_not_closed_before_its_last_day():
    with pytest.raises(NotAllowed, match="Chưa hết tháng 11/2026"):
        close(at=local("2026-11-29 23:59"))


def test_an_unsigned_number_keeps_the_month_open():
    certified()
    with pytest.raises(NotAllowed, match="Còn 1 số chưa ký"):
        close()


def test_months_are_closed_in_their_order():
    signed(at=local("2026-10-05 09:00"))
    signed()
    with pytest.raises(NotAllowed, match="Khóa sổ tháng 10/2026 trước"):
        close()
    close(month=10)
    assert close().first_number == 2


def test_a_month_is_closed_once_and_never_changed():
    closing = close()
    with pytest.raises(AlreadyDone):
        close()
    closing.numbers = 9
    with pytest.raises(IntegrityError), transaction.atomic():
        closing.save()


def test_the_year_is_closed_after_its_months_and_the_new_year_is_open():
    signed(at=local("2026-11-20 09:00"))
    signed(at=local("2026-12-30 09:00"))
    years_end = local("2026-12-31 17:00")
    with pytest.raises(NotAllowed, match="Khóa sổ tháng 11/2026 trước"):
        close(month=None, at=years_end)
    close(month=11)
    close(month=12, at=years_end)
    closing = close(month=None, at=years_end)
    assert (closing.first_number, closing.last_number, closing.numbers) == (1, 2, 2)
    assert str(entries_of(certified(at=local("2027-01-01 00:00")))[0]) == "01, quyển số 01/2027-SCT/BS"


def test_who_closes_works_in_the_commune():
    for person in (make_clerk(make_agency("H61.27", "Trà Kha")), make_user(Role.SPECIALIST), make_user(Role.ADMIN)):
        with pytest.raises(NotAllowed, match="không được khóa sổ"):
            lifecycle.close_book(make_agency(), "BS", 2026, 11, by=person, at=MONTHS_END)


# -- the agency's choices ------------------------------------------------------------------------


def change(changes: dict, **fields):
    head = make_head()
    return lifecycle.change_certification_setting(head.agency, changes, **({"by": head, "at": MORNING} | fields))


def test_the_symbol_of_a_book_is_the_agencys_from_then_on():
    before = entries_of(signed())[0]
    change({"symbols": {"BS": "SCT/BSM"}})
    after = entries_of(certified())[0]
    before.refresh_from_db()
    assert (before.volume_words, after.volume_words) == ("01/2026-SCT/BS", "01/2026-SCT/BSM")


def test_a_further_volume_carries_the_numbers_on():
    signed()
    change({"volumes": {"BS:2026": 2}})
    assert str(entries_of(certified())[0]) == "02, quyển số 02/2026-SCT/BS"


def test_a_reduction_holds_within_its_dates_with_its_source():
    days = {"valid_from": "2026-08-15", "valid_to": "2027-02-28"}
    change({"rates": [{"key": "signature", "amount": 5_000, "source": "TT 117/2026", **days}]})
    within, after = certified(signature()), certified(signature(), at=local("2027-03-01 09:00"))
    assert [(entries_of(dossier)[0].fee, entries_of(dossier)[0].fee_basis) for dossier in (within, after)] == [
        (5_000, "TT 117/2026"),
        (10_000, "TT 226/2016/TT-BTC; trang 2.000884, 2.001008"),
    ]


def test_printing_is_charged_by_the_agencys_figure_only():
    (entry,) = entries_of(certified(copy(printed_pages=4)))
    assert entry.print_cost == 0
    change({"print_cost_per_page": 500, "print_cost_source": "QĐ của UBND tỉnh"})
    dossier = certified(copy(printed_pages=4))
    assert (dossier.certification_receipts.get().amount, dossier.certification_receipts.get().total) == (2_000, 4_000)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"colour": "red"},
        {"counts_as": "page"},
        {"receipt_series": ""},
        {"print_cost_per_page": 500},
        {"symbols": {"XX": "SCT"}},
        {"volumes": {"BS": 2}},
        {"volumes": {"BS:2026": 0}},
        {"rates": [{"key": "copy_p12", "amount": 1_000, "valid_from": "2026-01-01", "source": ""}]},
        {"rates": [{"key": "copy_p12", "amount": -1, "valid_from": "2026-01-01", "source": "x"}]},
        {"rates": [{"key": "parking", "amount": 1_000, "valid_from": "2026-01-01", "source": "x"}]},
        {"rates": [{"key": "copy_p12", "amount": 1_000, "valid_from": "soon", "source": "x"}]},
    ],
)
def test_a_setting_that_cannot_be_is_refused(changes):
    with pytest.raises(NotAllowed):
        change(changes)


def test_choices_are_the_managers_or_the_heads():
    with pytest.raises(NotAllowed, match="thiết lập"):
        change({"counts_as": "copy"}, by=make_clerk())


# -- clauses ----------------------------------------------------------------------------------------


def test_an_own_clause_is_a_further_version():
    head = make_head()
    clauses = [
        lifecycle.save_clause(head.agency, "01", text=text, source="Phụ lục NĐ 280/2025", by=head, at=MORNING)
        for text in ("Bản sao đúng {number}", "Bản sao {number}, {volume}")
    ]
    assert [clause.version for clause in clauses] == [1, 2]
    assert first_problem() is None


@pytest.mark.parametrize(
    ("form", "text", "source"), [("99", "x", "y"), ("01", " ", "y"), ("01", "x", ""), ("01", "{nobody}", "y"), ("01", "{number", "y")]
)
def test_a_clause_that_cannot_be_printed_is_refused(form, text, source):
    head = make_head()
    with pytest.raises(NotAllowed):
        lifecycle.save_clause(head.agency, form, text=text, source=source, by=head, at=MORNING)


def test_every_book_can_be_closed():
    assert [close(book).book for book in Book] == ["BS", "CK", "ND", "GD"]
