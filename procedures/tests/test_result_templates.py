"""The texts of own letters: what may be published, that it never changes, and which one is in force."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures import result_templates as texts
from procedures.models import ResultTemplate, ResultTemplateDraft
from procedures.result_text import BLANK, PLACES, SAMPLE, fill, paragraphs_of, places_in, why_not_fillable

AT = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = AT.date()
VALUES = {
    "procedure": None,
    "name": "Giấy xác nhận",
    "granted": True,
    "document_type": "GIẤY XÁC NHẬN",
    "symbol": "GXN-UBND",
    "abstract": "Về việc xác nhận",
    "addressee": "",
    "body": "Xác nhận ông/bà {họ tên}.",
}


# -- places ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Xác nhận {họ tên}, {ĐỊA CHỈ}, {dia chi}", ""),
        ("", ""),
        ("{họ và tên}", "Không có chỗ điền {họ và tên}. Chọn trong danh sách chỗ điền"),
        ("{a} {b} {c} {d}", "Không có chỗ điền {a}, {b}, {c}. Chọn trong danh sách chỗ điền"),
        ("{}", "Không có chỗ điền {}. Chọn trong danh sách chỗ điền"),
        ("{họ tên", "Có dấu { hoặc } đứng lẻ. Chỗ điền viết dạng {họ tên}"),
        ("họ tên}", "Có dấu { hoặc } đứng lẻ. Chỗ điền viết dạng {họ tên}"),
        ("{họ\ntên}", "Có dấu { hoặc } đứng lẻ. Chỗ điền viết dạng {họ tên}"),
        ("{{ slip.code }}", "Không có chỗ điền { slip.code }. Chọn trong danh sách chỗ điền"),
    ],
)
def test_only_places_of_the_list_can_be_filled(text, why):
    assert why_not_fillable(text) == why


def test_a_place_is_known_without_accents_and_in_capitals():
    assert fill("{HO  TEN}, {Họ Tên}", {"ho ten": "Kim Sa Rây"}) == "Kim Sa Rây, Kim Sa Rây"


def test_what_is_not_known_is_left_to_be_written():
    assert fill("Sinh ngày {ngày sinh}", {"ngay sinh": ""}) == f"Sinh ngày {BLANK}"


def test_what_was_filled_in_is_not_filled_again():
    assert fill("{họ tên}", {"ho ten": "{địa chỉ}", "dia chi": "x"}) == "{địa chỉ}"


def test_no_two_places_are_alike_and_each_has_a_sample():
    assert len(SAMPLE) == len(PLACES) and all(SAMPLE.values())


def test_places_are_found_once_each():
    assert places_in("{họ tên} và {họ tên}, {địa chỉ}") == ("họ tên", "địa chỉ")


def test_each_line_is_a_paragraph():
    assert paragraphs_of(" Một \n\n \nHai") == ("Một", "Hai")


@pytest.mark.parametrize("shipped", texts.suggestions(), ids=lambda shipped: shipped.name)
def test_every_shipped_text_can_be_published_as_it_is(shipped):
    values = {name: getattr(shipped, name) for name in texts.WRITTEN}
    assert texts.why_not_text(values) == {}
    assert len(shipped.body) < 3000 and "<" not in shipped.body


# -- acts ------------------------------------------------------------------------------------
@pytest.fixture
def manager(db):
    return make_user(Role.MANAGER)


def written(manager, **changes) -> ResultTemplateDraft:
    draft = texts.start(by=manager, at=AT)
    return texts.save(draft, VALUES | changes, by=manager, at=AT, revision=draft.revision)


def published(manager, *, on: date = TODAY, **changes) -> ResultTemplate:
    return texts.publish(written(manager, **changes), effective_from=on, today=TODAY, by=manager, at=AT, revision=None)


def next_number(manager, template, on, **changes) -> ResultTemplate:
    draft = texts.start(by=manager, at=AT, template=template)
    draft = texts.save(draft, VALUES | changes, by=manager, at=AT, revision=None)
    return texts.publish(draft, effective_from=on, today=TODAY, by=manager, at=AT, revision=None)


def test_a_published_text_is_a_row_that_the_database_keeps(manager):
    template = published(manager)
    for change in (lambda rows: rows.update(body="x"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(ResultTemplate.objects.filter(pk=template.pk))
    assert (template.number, ResultTemplateDraft.objects.count()) == (1, 0)
    assert first_problem() is None


def test_what_changes_becomes_the_next_number_from_its_own_day(manager):
    first = published(manager)
    second = next_number(manager, first, date(2026, 12, 1), body="Khác {họ tên}.")
    assert (second.series, second.number) == (first.series, 2)
    on = {
        day: [row.number for row in texts.in_force(manager.agency_id, date(2026, *day))] for day in ((11, 19), (11, 20), (11, 30), (12, 1))
    }
    assert on == {(11, 19): [], (11, 20): [1], (11, 30): [1], (12, 1): [2]}


def test_an_ended_text_is_offered_no_more(manager):
    template = published(manager)
    ended = texts.withdraw(template, today=TODAY, by=manager, at=AT)
    assert (ended.number, texts.in_force(manager.agency_id, TODAY), texts.texts_of(manager.agency_id)) == (2, [], [ended])
    with pytest.raises(texts.Refused, match="đã ngừng dùng"):
        texts.withdraw(ended, today=TODAY, by=manager, at=AT)
    assert first_problem() is None


def test_a_commune_sees_its_own_texts_only(manager):
    published(manager)
    other = make_agency("H61.27")
    assert (texts.in_force(other.pk, TODAY), texts.texts_of(other.pk)) == ([], [])


def test_two_texts_count_for_themselves(manager):
    assert [(row.series, row.number) for row in (published(manager), published(manager, name="Khác"))] == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"body": "{nơi sinh}"}, "body", "Không có chỗ điền {nơi sinh}"),
        ({"abstract": "{x}"}, "abstract", "Không có chỗ điền {x}"),
        ({"addressee": "{"}, "addressee", "đứng lẻ"),
        ({"symbol": "gxn ubnd"}, "symbol", "Ký hiệu viết hoa"),
        ({"symbol": "GXN/UBND"}, "symbol", "Ký hiệu viết hoa"),
    ],
)
def test_a_text_that_cannot_be_filled_is_not_kept(manager, changes, field, said):
    with pytest.raises(texts.Refused, match=re.escape(said)) as refusal:
        written(manager, **changes)
    assert refusal.value.field == field


@pytest.mark.parametrize("on", [date(2026, 11, 19), date(2027, 11, 23)])
def test_the_first_day_lies_between_today_and_a_year(manager, on):
    with pytest.raises(texts.Refused) as refusal:
        published(manager, on=on)
    assert refusal.value.field == "effective_from"


def test_a_later_number_does_not_begin_before_the_one_before(manager):
    first = published(manager, on=date(2026, 12, 1))
    with pytest.raises(texts.Refused, match="01/12/2026"):
        next_number(manager, first, date(2026, 11, 30))


def test_an_empty_draft_is_not_published(manager):
    draft = texts.start(by=manager, at=AT)
    with pytest.raises(texts.Refused, match="Ghi đủ"):
        texts.publish(draft, effective_from=TODAY, today=TODAY, by=manager, at=AT, revision=None)


def test_an_empty_draft_is_opened_once_by_each_who_asks_for_one(manager):
    first, again = (texts.start(by=manager, at=AT) for _ in range(2))
    colleagues = texts.start(by=make_user(Role.ADMIN, agency=manager.agency), at=AT)

    assert (again.pk, colleagues.pk == first.pk) == (first.pk, False)


def test_who_saved_meanwhile_is_named(manager):
    draft = texts.start(by=manager, at=AT)
    texts.save(draft, VALUES, by=manager, at=AT, revision=1)
    with pytest.raises(texts.Refused, match=re.escape(manager.full_name)):
        texts.save(draft, VALUES | {"name": "Khác"}, by=manager, at=AT, revision=1)
    assert texts.save(draft, VALUES, by=manager, at=AT, revision=1).revision == 2


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.AUDITOR])
def test_only_those_who_run_the_office_write_texts(db, role):
    with pytest.raises(texts.Refused, match="Chỉ quản trị"):
        texts.start(by=make_user(role), at=AT)


def test_another_communes_draft_looks_like_none(manager):
    stranger = make_user(Role.MANAGER, agency=make_agency("H61.27"))
    with pytest.raises(texts.Refused, match="không còn nữa"):
        texts.save(written(manager), VALUES | {"name": "x"}, by=stranger, at=AT, revision=None)


def test_a_dropped_draft_leaves_an_event_only(manager):
    texts.drop(written(manager), by=manager, at=AT, revision=None)
    assert ResultTemplateDraft.objects.count() == 0 and first_problem() is None


def test_a_suggestion_for_a_procedure_that_is_not_there_is_refused(manager):
    shipped = next(one for one in texts.suggestions() if one.procedure)
    with pytest.raises(texts.Refused, match="Danh mục chưa có"):
        texts.start(by=manager, at=AT, suggestion=shipped)


def test_a_suggestion_becomes_a_draft_of_ones_own(manager):
    shipped = next(one for one in texts.suggestions() if not one.procedure)
    draft = texts.start(by=manager, at=AT, suggestion=shipped)
    assert (draft.name, draft.granted, draft.agency_id) == (shipped.name, False, manager.agency_id)
    assert texts.in_force(manager.agency_id, TODAY) == []
