"""A catalogue file is judged before anything is written, and every problem names the entry and the field."""

import json

import pytest

from procedures.entries import read_files
from procedures.tests.makers import desk_entry, desk_file, raw_entry, raw_file


def problems(*files: dict) -> list[str]:
    return [str(problem) for problem in read_files((f"file{i}.json", json.dumps(file).encode()) for i, file in enumerate(files)).problems]


def fields(*files: dict) -> list[tuple[str, str]]:
    found = read_files((f"file{i}.json", json.dumps(file).encode()) for i, file in enumerate(files))
    return [(problem.code, problem.field) for problem in found.problems]


def limit(**changes) -> dict:
    return {"value": 3, "unit": "working_day", "note": None, "variants": [], **changes}


def test_good_files_have_no_problem():
    assert problems(raw_file(raw_entry()), desk_file(desk_entry())) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"field": None}, "field"),
        ({"time_limit": None}, "time_limit"),
        ({"time_limit": limit(unit="fortnight")}, "time_limit.unit"),
        ({"time_limit": limit(value=-3)}, "time_limit.value"),
        ({"time_limit": limit(value=0)}, "time_limit.value"),
        ({"time_limit": limit(value=True)}, "time_limit.value"),
        ({"time_limit": limit(value=2.5)}, "time_limit.value"),
        ({"time_limit": limit(value="3")}, "time_limit.value"),
        ({"time_limit": limit(value=99999)}, "time_limit.value"),
        ({"time_limit": limit(unit=None)}, "time_limit.unit"),
        ({"time_limit": limit(unit="immediate")}, "time_limit.value"),
        ({"time_limit": limit(variants=[{"when": "Nộp qua mạng", "channel": "pigeon", "value": 1, "unit": "day"}])},
         "time_limit.variants[1].channel"),
        ({"fees": [{"kind": "fee", "amount_vnd": -1}]}, "fees[1].amount_vnd"),
        ({"fees": [{"kind": "gift", "amount_vnd": 1}]}, "fees[1].kind"),
        ({"fees": None}, "fees"),
        ({"dossier": ["Tờ khai"]}, "dossier[1]"),
        ({"dossier": [{"name": "Tờ khai", "kind": "original", "quantity": -1, "copies": 0}]}, "dossier[1].quantity"),
        ({"channels": ["counter", "counter"]}, "channels"),
        ({"channels": ["fax"]}, "channels"),
        ({"status": "in_force_2026-13"}, "status"),
        ({"status": "expired"}, "expires_on"),
        ({"status": "expired", "expires_on": "01/03/2027"}, "expires_on"),
        ({"replaced_by": "9.999999"}, "replaced_by"),
        ({"legal_basis": [{"number": None}]}, "legal_basis[1].number"),
        ({"result": "Giấy khai sinh"}, "result"),
    ],
)  # fmt: skip
def test_nonsense_in_the_catalogue_names_the_entry_and_the_field(changes, field):
    assert fields(raw_file(raw_entry(**changes))) == [("1.001193", field)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"short_code": "KS!"}, "short_code"),
        ({"short_code": None}, "short_code"),
        ({"label": None}, "label"),
        ({"slip": "sometimes"}, "slip"),
        ({"cutoff_time": "15 giờ"}, "cutoff_time"),
        ({"workflow_template": "nowhere"}, "workflow_template"),
        ({"desk_lane": "fast"}, "desk_lane"),
        ({"cases": []}, "cases"),
        ({"cases": None}, "cases"),
        ({"limit": {"value": 3, "unit": "working_day", "variants": []}}, "limit.checked"),
        ({"limit": {"value": 3, "unit": "working_day", "checked": True, "variants": [],
                    "committed": {"value": 5, "unit": "working_day"}}}, "limit.committed.value"),
        ({"cases": desk_entry()["cases"] * 2}, "cases"),
        ({"cases": [{**desk_entry()["cases"][0], "basis_allowed": ["anyone"]}]}, "cases[1].basis_allowed"),
        ({"cases": [{**desk_entry()["cases"][0], "limit_override": {"value": 0, "unit": "day"}}]}, "cases[1].limit_override.value"),
        ({"cases": [{**desk_entry()["cases"][0], "components": [
            {"short_name": "x" * 61, "kind": "submit", "copy_kind": "original", "count": 1}]}]}, "cases[1].components[1].short_name"),
        ({"cases": [{**desk_entry()["cases"][0], "components": [
            {"short_name": "x", "kind": "eat", "copy_kind": "original", "count": 1}]}]}, "cases[1].components[1].kind"),
        ({"consultation_clock": "sometimes"}, "consultation_clock"),
        ({"consultation_clock": "outside"}, "consultation_ground"),
    ],
)  # fmt: skip
def test_nonsense_in_the_desk_layer_names_the_entry_and_the_field(changes, field):
    assert fields(raw_file(raw_entry()), desk_file(desk_entry(**changes))) == [("1.001193", field)]


def test_a_code_that_stands_twice_is_refused():
    assert problems(raw_file(raw_entry(), raw_entry())) == ["1.001193: code: stands twice in the catalogue"]


def test_a_short_code_that_stands_twice_names_the_other_procedure():
    file = desk_file(desk_entry(), desk_entry("1.000656"))
    assert problems(raw_file(raw_entry(), raw_entry("1.000656")), file) == [
        "1.000656: short_code: ks is already the short code of 1.001193"
    ]


@pytest.mark.parametrize("code", ["1.0011", "khai sinh", None, "1.001193.X26", "1.001193\n"])
def test_a_code_of_another_shape_is_refused(code):
    assert fields(raw_file(raw_entry(code))) == [("file0.json, entry 1", "code")]


def test_a_province_suffix_is_a_code_of_its_own():
    assert problems(raw_file(raw_entry("1.001193.H61"), raw_entry())) == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1", b'{"procedures": NaN}', b"[]", b'{"procedures": {}}', b"[" * 100_000])
def test_what_is_no_catalogue_is_refused_in_a_sentence(content):
    assert [problem.code for problem in read_files([("bad.json", content)]).problems] == ["bad.json"]


def test_all_problems_are_listed_not_only_the_first():
    file = raw_file(raw_entry(name=""), raw_entry("1.000656", time_limit=limit(value=-1)))
    assert fields(file) == [("1.001193", "name"), ("1.000656", "time_limit.value")]


def test_an_implausible_quantity_is_a_warning_and_nothing_is_changed():
    line = {**raw_entry()["dossier"][0], "quantity": 181}
    found = read_files([("f.json", json.dumps(raw_file(raw_entry(dossier=[line]))).encode())])
    assert [str(warning) for warning in found.warnings] == ["1.001193: dossier[1].quantity: 181 sheets look like two columns run together"]
    assert found.procedures["1.001193"]["dossier"][0]["quantity"] == 181
