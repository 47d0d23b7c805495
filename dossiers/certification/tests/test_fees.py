"""The fee table against sums worked out by hand."""

from datetime import date

import pytest

from dossiers.certification.catalogue import catalogue
from dossiers.certification.fees import Exemption, NoRate, Rate, fee_of, one_copy, rate_on, rates_on

DAY = date(2026, 11, 20)


@pytest.fixture
def rates():
    return rates_on(DAY, catalogue().rates)


@pytest.mark.parametrize(
    ("pages", "fee"),
    [
        (1, 2_000),
        (2, 4_000),
        (3, 5_000),  # 2 × 2.000 + 1 × 1.000
        (5, 7_000),  # the example of the source: 21.000 for three copies
        (40, 42_000),  # 4.000 + 38 × 1.000
        (130, 132_000),  # 4.000 + 128 × 1.000
        (197, 199_000),
        (198, 200_000),  # 4.000 + 196 × 1.000: the cap is reached exactly
        (199, 200_000),
        (1_000, 200_000),
    ],
)
def test_one_copy_by_pages(rates, pages, fee):
    assert one_copy(pages, rates) == fee


@pytest.mark.parametrize("copies", range(1, 21))
def test_each_copy_costs_the_same(rates, copies):
    assert fee_of("copy", rates, pages=1, copies=copies).collected == 2_000 * copies
    assert fee_of("copy", rates, pages=3, copies=copies).collected == 5_000 * copies


def test_the_cap_is_one_copys_not_the_sessions(rates):
    assert fee_of("copy", rates, pages=300, copies=20).collected == 4_000_000


@pytest.mark.parametrize(("kind", "fee"), [("signature", 10_000), ("contract", 50_000), ("amend", 30_000), ("fix", 25_000)])
def test_cases_cost_the_same_however_many_pages_and_copies(rates, kind, fee):
    assert fee_of(kind, rates, pages=40, copies=5).collected == fee


def test_an_exemption_collects_nothing_and_keeps_the_full_fee(rates):
    ground = catalogue().exemptions["nd55"]
    fee = fee_of("contract", rates, work="contract", exemption=ground)
    assert (fee.full, fee.collected, fee.exemption) == (50_000, 0, "nd55")


def test_an_exemption_does_not_reach_other_work(rates):
    with pytest.raises(ValueError, match="nd55"):
        fee_of("copy", rates, work="copy", exemption=catalogue().exemptions["nd55"])


@pytest.mark.parametrize(("pages", "copies"), [(0, 1), (-1, 1), (1, 0), (1, -3)])
def test_nothing_is_priced_that_does_not_exist(rates, pages, copies):
    with pytest.raises(ValueError, match="at least one"):
        fee_of("copy", rates, pages=pages, copies=copies)


def test_every_fee_names_its_source(rates):
    assert fee_of("copy", rates).source == "TT 226/2016/TT-BTC; trang 2.000815"


def test_there_is_no_rate_before_the_first():
    with pytest.raises(NoRate, match="Chưa có mức thu"):
        rate_on(date(2016, 12, 31), "signature", catalogue().rates)


def half(key: str, **days) -> Rate:
    return Rate(key, 5_000, None, source="a circular that was read", **days)


@pytest.mark.parametrize(
    ("day", "amount"),
    [(date(2026, 8, 14), 10_000), (date(2026, 8, 15), 5_000), (date(2027, 2, 28), 5_000), (date(2027, 3, 1), 10_000)],
)
def test_a_reduction_holds_from_its_first_to_its_last_day(day, amount):
    own = [half("signature", valid_from=date(2026, 8, 15), valid_to=date(2027, 2, 28))]
    assert rate_on(day, "signature", catalogue().rates, own).amount == amount


def test_no_reduction_is_shipped_that_nobody_has_read():
    assert all(rate.valid_to is None and rate.source.startswith("TT 226/2016") for rate in catalogue().rates)


def test_the_later_row_of_one_list_wins():
    rows = [half("signature", valid_from=date(2026, 1, 1), valid_to=None), Rate("signature", 7_000, None, date(2026, 6, 1), None, "later")]
    assert rate_on(DAY, "signature", rows).amount == 7_000
    assert rate_on(DAY, "signature", reversed(rows)).amount == 7_000


def test_an_exemption_is_for_the_kinds_it_names():
    exemption = Exemption("x", "Miễn", ("copy",), "a circular", "verified")
    assert fee_of("copy", rates_on(DAY, catalogue().rates), work="copy", copies=3, exemption=exemption).collected == 0
