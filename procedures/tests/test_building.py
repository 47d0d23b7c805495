"""Which limit counts as confirmed, and how the desk layer is laid over the catalogue."""

import pytest

from procedures.building import build
from procedures.content import DeskWord, FeeContent
from procedures.tests.makers import desk_entry, make_content, raw_entry


def limit(value, unit, **more):
    return {"value": value, "unit": unit, "note": None, "variants": [], **more}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"time_limit": limit(None, "immediate")}, ""),
        ({"time_limit": limit(None, None)}, "chưa có thời hạn công bố"),
        ({"time_limit": limit(None, "working_day")}, "chưa có thời hạn công bố"),
        ({"field_confidence": {"time_limit": "medium"}}, "chưa có thời hạn công bố đã đối chiếu"),
        ({"field_confidence": {}}, "chưa có thời hạn công bố đã đối chiếu"),
        ({"time_limit": limit(12, "hour")}, "chưa có thời hạn công bố đã đối chiếu"),
        ({"time_limit": limit(12, "hour", clock_hours=True)}, ""),
        ({"status": "needs_verification"}, "mã hoặc hiệu lực của thủ tục đang được đối chiếu"),
    ],
)
def test_the_catalogue_alone_is_receivable_with_a_limit_seen_on_the_page(changes, reason):
    content = build(raw_entry(**changes), DeskWord())
    assert (content.receivable, content.not_receivable_reason) == (not reason, reason)


def test_two_figures_for_the_counter_confirm_none():
    variants = [{"when": "Nộp qua trực tiếp", "channel": "counter", "value": 2, "unit": "working_day", "note": None}]
    content = build(raw_entry(time_limit=limit(5, "working_day", variants=variants)), DeskWord())
    assert (content.receivable, [row.checked for row in content.limits]) == (False, [False, False])


@pytest.mark.parametrize(("unit", "value", "checked", "receivable"), [
    ("working_day", 3, True, True),
    ("working_day", 3, False, False),
    ("immediate", None, True, True),
    ("immediate", None, False, False),
    (None, None, True, False),
])  # fmt: skip
def test_the_desk_layer_has_the_last_word_about_the_limit(unit, value, checked, receivable):
    layer = desk_entry(limit={"value": value, "unit": unit, "checked": checked, "variants": []})
    assert build(raw_entry(), DeskWord(layer)).receivable is receivable


def test_an_open_doubt_about_the_limit_stops_reception_but_not_where_the_desk_layer_answers():
    doubts = (("time_limit", "15/20 ngày gán theo kênh"),)
    assert build(raw_entry(), DeskWord(None, "", doubts)).receivable is False
    assert build(raw_entry(), DeskWord(desk_entry(), "", doubts)).receivable is True


def test_another_door_is_named_as_the_reason():
    content = build(raw_entry(), DeskWord(None, "Công an cấp xã"))
    assert (content.receivable, content.not_receivable_reason) == (False, "nộp tại: Công an cấp xã")


def test_limits_by_channel_become_rows_of_their_own():
    variants = [{"when": "Nộp qua trực tuyến", "channel": "online", "value": 2, "unit": "working_day", "note": None}]
    rows = build(raw_entry(time_limit=limit(5, "working_day", variants=variants)), DeskWord()).limits
    assert [(row.channel, row.value, row.unit, row.condition) for row in rows] == [
        ("", 5, "working_day", ""),
        ("online", 2, "working_day", ""),
    ]


def test_a_limit_under_a_condition_in_words_is_kept_apart_and_verification_is_the_extra_time():
    variants = [{"when": "Cần xác minh: cộng thêm không quá", "value": 5, "unit": "working_day", "source": "Đ.25"}]
    layer = desk_entry(limit={"value": 3, "unit": "working_day", "checked": True, "variants": variants}, cutoff_time=None)
    main, extra = build(raw_entry(), DeskWord(layer)).limits
    assert (main.value, main.extra_value, main.extra_unit, main.cutoff) == (3, 5, "working_day", None)
    assert (extra.condition, extra.value) == ("Cần xác minh: cộng thêm không quá", 5)


def test_the_committed_limit_stands_beside_the_legal_one():
    committed = {"value": 2, "unit": "working_day"}
    layer = desk_entry(limit={"value": 3, "unit": "working_day", "checked": True, "variants": [], "committed": committed})
    main = build(raw_entry(), DeskWord(layer)).limits[0]
    assert (main.value, main.unit, main.legal_value, main.legal_unit) == (2, "working_day", 3, "working_day")


def test_a_case_may_have_a_limit_of_its_own():
    case = {**desk_entry()["cases"][0], "key": "b", "limit_override": {"value": 20, "unit": "day", "cutoff_time": None}}
    content = build(raw_entry(), DeskWord(desk_entry(cases=[desk_entry()["cases"][0], case])))
    assert [(row.case, row.value, row.unit, row.cutoff) for row in content.limits] == [
        ("", None, "immediate", "15:00"),
        ("b", 20, "day", None),
    ]


def test_a_long_paper_name_is_cut_between_words_for_the_slip_and_kept_whole_beside():
    name = "Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất được cấp theo quy định"
    line = {**raw_entry()["dossier"][0], "name": name}
    paper = build(raw_entry(dossier=[line]), DeskWord()).cases[0].components[0]
    assert paper.short_name == "Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn…"
    assert (len(paper.short_name) <= 60, paper.full_name) == (True, name)


def test_paper_form_and_electronic_form_are_one_choice():
    lines = [
        {**raw_entry()["dossier"][0], "name": "Tờ khai", "only_channels": ["counter"], "one_of": "to_khai"},
        {**raw_entry()["dossier"][0], "name": "Mẫu điện tử", "only_channels": ["online"], "one_of": "to_khai"},
    ]
    papers = build(raw_entry(dossier=lines), DeskWord()).cases[0].components
    assert [(p.kind, p.group_key, p.required, p.channels) for p in papers] == [
        ("one_of", "to_khai", True, ["counter"]), ("one_of", "to_khai", True, ["online"]),
    ]  # fmt: skip


def test_an_amount_set_by_the_province_stays_open():
    fee = build(raw_entry(), DeskWord()).cases[0].fees[0]
    assert (fee.amount, fee.set_by) == (None, "province")


@pytest.mark.parametrize(
    ("amounts", "free"), [([0], True), ([0, 0], True), ([0, 8000], False), ([None], False), ([0, None], False), ([], False)]
)
def test_free_means_that_every_fee_is_known_and_nothing_is_collected(amounts, free):
    content = make_content()
    content.cases[0].fees = [FeeContent("Phí", amount) for amount in amounts]
    assert content.free is free


def test_the_digest_changes_with_the_content_and_only_then():
    assert build(raw_entry(), DeskWord()).digest == build(raw_entry(), DeskWord()).digest
    assert build(raw_entry(), DeskWord()).digest != build(raw_entry(result=["Trích lục"]), DeskWord()).digest


def test_waiting_for_another_agency_counts_unless_the_desk_layer_names_the_rule():
    plain, outside = desk_entry(), desk_entry(consultation_clock="outside", consultation_ground="Điều 12 NĐ 01/2026")
    contents = [build(raw_entry(), DeskWord(layer)) for layer in (plain, outside)]
    assert [(content.consultation_clock, content.consultation_ground) for content in contents] == [
        ("inside", ""),
        ("outside", "Điều 12 NĐ 01/2026"),
    ]


def test_a_content_without_that_rule_has_the_digest_that_it_always_had():
    content = build(raw_entry(), DeskWord(desk_entry()))
    assert not {"consultation_clock", "consultation_ground"} & content.as_json().keys()
    content.consultation_clock, content.consultation_ground = "outside", "Điều 12"
    assert content.as_json()["consultation_ground"] == "Điều 12"
