"""People type a short code, an official code, or words in any order and without accents."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procedures.catalogue import datalist_options, procedure_names, snapshot
from procedures.models import CatalogueStamp, Procedure
from procedures.publishing import end, touch
from procedures.search import expired_on, find_for_desk, official_code
from procedures.tests.makers import make_procedure

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)


@pytest.fixture
def catalogue():
    make_procedure(
        code="1.001193",
        name="Đăng ký khai sinh",
        label="Đăng ký khai sinh",
        short_code="ks",
        tier=1,
        aliases="làm giấy khai sanh\nvô khai sanh",
    )
    make_procedure(code="1.004884", name="Đăng ký lại khai sinh", label="Đăng ký lại khai sinh", short_code="kl", tier=2)
    make_procedure(
        code="2.000635", name="Cấp bản sao Trích lục hộ tịch", label="Trích lục, bản sao Giấy khai sinh", short_code="tl", tier=1
    )
    make_procedure(code="1.003583", name="Đăng ký khai sinh lưu động")
    make_procedure(code="1.009999", name="Xác nhận 100% vốn_góp", sector="Kinh doanh", receivable=False)  # fmt: skip


def codes(text: str) -> list[str]:
    return [version.procedure.code for version in find_for_desk(text, ON)]


@pytest.mark.parametrize("text", ["ks", "KS", " Ks ", "1.001193", "1001193", "1.001193.H26", "1.001193.h61",
                                  "KS – Đăng ký khai sinh – 1.001193", "KS - đăng ký khai sinh - 1.001193"])  # fmt: skip
def test_a_code_finds_exactly_its_procedure(catalogue, text):
    assert codes(text) == ["1.001193"]


def test_words_of_the_label_come_before_words_of_the_name(catalogue):
    assert codes("khai sinh") == ["1.001193", "1.004884", "2.000635", "1.003583"]


@pytest.mark.parametrize("text", ["sinh khai ky", "SINH, khai; ký", "khái sính kỹ", "sinh khai ky"])
def test_words_match_in_any_order_without_accents_or_signs(catalogue, text):
    assert codes(text) == ["1.001193", "1.004884", "1.003583"]


def test_everyday_names_are_found(catalogue):
    assert codes("lam giay khai sanh") == ["1.001193"]


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "_", "100% sinh", "\\", "'", "x" * 100_000, "khai " * 50_000 + "xyz", "\x00", "\ud800", "️"]
)
def test_anything_else_finds_nothing_and_breaks_nothing(catalogue, text):
    assert codes(text) == []


def test_signs_of_like_are_taken_literally(catalogue):
    assert codes("100% von_gop") == ["1.009999"]
    assert [procedure.code for procedure in Procedure.objects.matching("100%")] == ["1.009999"]
    assert list(Procedure.objects.matching("1%0")) == []


@pytest.mark.parametrize(("text", "code"), [("1.001193", "1.001193"), ("mã 1001193", "1.001193"), ("1.001193.H26", "1.001193"),
                                            ("11.001193", ""), ("1.0011933", ""), ("089301012345", ""), ("١.٠٠١١٩٣", "")])  # fmt: skip
def test_an_official_code_is_read_with_or_without_dots_and_suffix(text, code):
    assert official_code(text) == code


def test_an_expired_procedure_is_not_found_but_its_day_is_known(catalogue):
    version = Procedure.objects.get(code="1.001193").versions.get()
    end(version, on=date(2026, 11, 1))
    assert (codes("ks"), expired_on("ks", ON), expired_on("1.001193.H26", ON)) == ([], date(2026, 11, 1), date(2026, 11, 1))
    assert (expired_on("kl", ON), expired_on("khai sinh", ON), expired_on("", ON)) == (None, None, None)
    assert find_for_desk("ks", date(2026, 10, 31)) != []


def test_the_list_of_the_intake_offers_what_can_be_received_frequent_first(catalogue):
    assert datalist_options(ON) == [
        "KS – Đăng ký khai sinh – 1.001193",
        "TL – Trích lục, bản sao Giấy khai sinh – 2.000635",
        "KL – Đăng ký lại khai sinh – 1.004884",
        "Đăng ký khai sinh lưu động – 1.003583",
    ]
    for line in datalist_options(ON):
        assert codes(line) == [line.rsplit(" – ", 1)[1]]


def test_a_second_search_costs_one_query_and_the_lists_none(catalogue):
    find_for_desk("khai sinh", ON), datalist_options(ON), procedure_names()
    with CaptureQueriesContext(connection) as queries:
        find_for_desk("khai sinh", ON)
        datalist_options(ON)
        procedure_names()
    assert len(queries) == 1


def test_another_process_change_is_seen_after_a_few_seconds(catalogue, monkeypatch):
    snapshot(ON)
    monkeypatch.setattr("procedures.catalogue.FRESH_SECONDS", 0.0)
    with CaptureQueriesContext(connection) as queries:
        snapshot(ON)
    assert len(queries) == 1


def test_a_change_is_seen_at_once_by_a_process_that_kept_the_catalogue(catalogue):
    before = len(snapshot(ON).rows)
    version = make_procedure(name="Việc mới", label="Việc mới")
    assert len(snapshot(ON).rows) == before + 1
    assert procedure_names()[version.procedure_id] == (version.procedure.code, "Việc mới", "Việc mới")


def test_without_a_stamp_nothing_is_kept(catalogue):
    CatalogueStamp.objects.all().delete()
    before = len(snapshot(ON).rows)
    make_procedure(name="Việc mới")
    CatalogueStamp.objects.all().delete()
    assert len(snapshot(ON).rows) == before + 1
    touch()
    assert len(snapshot(ON).rows) == before + 1
