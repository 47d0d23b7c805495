"""Loading: a difference is shown, everything or nothing is written, published versions are never edited."""

import json
import re
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from procedures.loading import Refused, load
from procedures.models import (
    CatalogueStamp,
    Component,
    Fee,
    Limit,
    Procedure,
    ProcedureVersion,
    Sector,
    Workflow,
    WorkflowTemplate,
)
from procedures.tests.makers import desk_entry, desk_file, make_procedure, raw_entry, raw_file
from procedures.workflows import fits_of, steps_of

pytestmark = pytest.mark.django_db

DAY, NEXT = date(2026, 11, 21), date(2026, 12, 1)


def load_files(*files: dict, on: date = DAY, **options):
    return load([(f"file{i}.json", json.dumps(file).encode()) for i, file in enumerate(files)], on=on, **options)


def kinds(plan) -> dict[str, str]:
    return {change.code: change.kind for change in plan.changes}


def versions(code: str = "1.001193") -> list[tuple]:
    found = ProcedureVersion.objects.filter(procedure__code=code).order_by("number")
    return list(found.values_list("number", "state", "effective_from", "effective_to"))


def test_a_new_procedure_gets_its_words_parts_and_first_version():
    plan = load_files(raw_file(raw_entry()), desk_file(desk_entry()))
    procedure = Procedure.objects.get()
    version = procedure.versions.get()
    assert kinds(plan) == {"1.001193": "new"}
    assert (procedure.short_code, procedure.lane, procedure.sector.slug) == ("ks", "civil_status", "ho-tich")
    assert (version.receivable, version.slip_rule, version.workflow) == (True, "if_not_returned_today", "desk_immediate")
    assert list(version.limits.values_list("unit", "value", "checked")) == [("immediate", None, True)]
    assert list(version.components.values_list("case__key", "short_name", "kind", "group_key")) == [
        ("a", "Tờ khai", "submit", ""), ("a", "Giấy chứng sinh", "one_of", "cs"),
    ]  # fmt: skip
    assert list(version.fees.values_list("name", "amount")) == [("Lệ phí", 0)]
    assert list(WorkflowTemplate.objects.values_list("key", flat=True)) == ["desk_immediate"]


def test_a_rule_about_other_agencies_is_published_as_a_version_and_so_is_its_end():
    rule = {"consultation_clock": "outside", "consultation_ground": "Điều 12 NĐ 01/2026"}
    load_files(raw_file(raw_entry()), desk_file(desk_entry()))
    load_files(raw_file(raw_entry()), desk_file(desk_entry(**rule)), on=NEXT)
    plan = load_files(raw_file(raw_entry()), desk_file(desk_entry()), on=date(2026, 12, 15))

    assert kinds(plan) == {"1.001193": "changed"}
    found = ProcedureVersion.objects.order_by("number").values_list("consultation_clock", "consultation_ground")
    assert list(found) == [("inside", ""), ("outside", "Điều 12 NĐ 01/2026"), ("inside", "")]


def test_the_first_version_begins_with_the_month_in_which_the_source_saw_it():
    load_files(raw_file(raw_entry()))
    assert versions() == [(1, "published", date(2026, 7, 1), None)]


def test_loading_the_same_files_again_changes_nothing():
    files = raw_file(raw_entry()), desk_file(desk_entry())
    load_files(*files)
    before = CatalogueStamp.objects.get().token, list(ProcedureVersion.objects.values())
    plan = load_files(*files, on=NEXT)
    assert kinds(plan) == {"1.001193": "unchanged"}
    assert (CatalogueStamp.objects.get().token, list(ProcedureVersion.objects.values())) == before


def test_a_changed_procedure_gets_a_new_version_and_the_old_one_keeps_its_content():
    load_files(raw_file(raw_entry()))
    old = ProcedureVersion.objects.get()
    plan = load_files(raw_file(raw_entry(time_limit={"value": 5, "unit": "working_day", "variants": []})), on=NEXT)
    assert [(change.kind, change.fields) for change in plan.changes] == [("changed", ["limits"])]
    assert versions() == [(1, "published", date(2026, 7, 1), NEXT), (2, "published", NEXT, None)]
    assert old.limits.get().value == 3
    assert ProcedureVersion.objects.published(date(2026, 11, 30)).get().number == 1
    assert ProcedureVersion.objects.published(NEXT).get().number == 2


def test_two_changes_on_one_day_leave_one_version_in_force():
    for value in (3, 4, 5):
        load_files(raw_file(raw_entry(time_limit={"value": value, "unit": "day", "variants": []})))
    assert ProcedureVersion.objects.published(DAY).get().limits.get().value == 5
    assert versions()[1] == (2, "published", DAY, DAY)


def test_words_to_search_by_change_without_a_new_version():
    load_files(raw_file(raw_entry()), desk_file(desk_entry()))
    plan = load_files(desk_file(desk_entry(short_code="khs", everyday_names=["vô khai sanh"])))
    assert [(change.kind, change.fields, change.words) for change in plan.changes] == [("changed", [], ["short_code", "aliases"])]
    assert len(versions()) == 1
    assert Procedure.objects.matching("vo khai SANH").get().short_code == "khs"


def test_two_procedures_may_swap_their_short_codes():
    raw = raw_file(raw_entry(), raw_entry("1.000656"))
    load_files(raw, desk_file(desk_entry(), desk_entry("1.000656", short_code="kt")))
    load_files(desk_file(desk_entry(short_code="kt"), desk_entry("1.000656", short_code="ks")))
    assert dict(Procedure.objects.values_list("code", "short_code")) == {"1.001193": "kt", "1.000656": "ks"}


def test_the_catalogue_alone_keeps_the_stored_desk_layer():
    load_files(raw_file(raw_entry()), desk_file(desk_entry()))
    assert kinds(load_files(raw_file(raw_entry()))) == {"1.001193": "unchanged"}
    assert Procedure.objects.get().short_code == "ks"


def test_a_desk_layer_without_its_catalogue_is_refused():
    with pytest.raises(Refused) as refusal:
        load_files(desk_file(desk_entry()))
    assert str(refusal.value) == "1.001193: code: stands in the desk layer but not in the catalogue: load procedures.json with it"


def test_a_procedure_of_the_desk_layer_alone_is_loaded_and_says_what_it_lacks():
    load_files(desk_file(desk_entry(in_raw_catalogue=False)))
    assert (Procedure.objects.get().sector.name, versions()) == ("Lĩnh vực khác", [(1, "published", DAY, None)])


def test_what_the_catalogue_no_longer_names_would_expire_and_expires_on_demand():
    load_files(raw_file(raw_entry(), raw_entry("1.000656")))
    plan = load_files(raw_file(raw_entry()), on=NEXT)
    assert ([version.procedure.code for version in plan.missing], kinds(plan)) == (["1.000656"], {"1.001193": "unchanged"})
    assert versions("1.000656")[0][3] is None
    load_files(raw_file(raw_entry()), on=NEXT, expire_missing=True)
    assert versions("1.000656") == [(1, "published", date(2026, 7, 1), NEXT)]


def test_an_entry_that_says_so_expires_with_its_successor():
    load_files(raw_file(raw_entry(), raw_entry("1.000656")))
    ended = raw_entry(status="expired", expires_on="2027-03-01", replaced_by="1.000656")
    plan = load_files(raw_file(ended, raw_entry("1.000656")))
    version = ProcedureVersion.objects.get(procedure__code="1.001193")
    assert (kinds(plan)["1.001193"], version.effective_to, version.replaced_by.code) == ("expired", date(2027, 3, 1), "1.000656")
    assert kinds(load_files(raw_file(ended, raw_entry("1.000656"))))["1.001193"] == "unchanged"


def test_a_version_that_begins_later_is_not_replaced_before_it_begins():
    load_files(raw_file(raw_entry()))
    load_files(raw_file(raw_entry(result=["Trích lục"])), on=NEXT)
    with pytest.raises(Refused, match="1.001193: effective_from: the version in force begins on 2026-12-01"):
        load_files(raw_file(raw_entry()), on=DAY)


def test_a_short_code_held_by_a_procedure_outside_the_files_is_refused():
    make_procedure(code="1.999999", short_code="ks")
    with pytest.raises(Refused, match="1.001193: short_code: ks is already the short code of 1.999999"):
        load_files(raw_file(raw_entry()), desk_file(desk_entry()))


def test_nothing_is_written_when_one_entry_is_wrong(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(raw_file(raw_entry(), raw_entry("1.000656", name=""))), encoding="utf-8")
    errors = StringIO()
    with pytest.raises(CommandError, match="refused: 1 problems, nothing was written"):
        call_command("load_catalogue", path, stderr=errors)
    assert errors.getvalue() == "1.000656: name: is missing\n"
    assert (Procedure.objects.count(), Sector.objects.count(), CatalogueStamp.objects.count()) == (0, 0, 0)


def test_a_dry_run_shows_the_difference_and_writes_nothing(tmp_path):
    path = tmp_path / "new.json"
    path.write_text(json.dumps(raw_file(raw_entry())), encoding="utf-8")
    out = StringIO()
    call_command("load_catalogue", path, "--dry-run", stdout=out)
    assert out.getvalue().splitlines() == [
        "1 new, 0 changed, 0 unchanged, 0 expired, 0 would expire; 1 of 1 receivable",
        "dry run: nothing was written",
    ]
    assert Procedure.objects.count() == 0


def test_a_missing_file_is_named():
    with pytest.raises(CommandError, match="/nowhere/catalogue.json: No such file or directory"):
        call_command("load_catalogue", "/nowhere/catalogue.json")


def test_a_day_that_is_none_is_refused_with_an_example():
    with pytest.raises(CommandError, match="expected a day such as 2027-01-01, not '1/1/2027'"):
        call_command("load_catalogue", "--on", "1/1/2027")


def test_what_citizens_read_of_the_shipped_catalogue_names_no_code_of_the_office():
    entries = json.loads((settings.BASE_DIR / "procedures/data/desk_procedures.json").read_text())["procedures"]
    codes = {entry["short_code"] for entry in entries}
    read = [entry.get(key) or "" for entry in entries for key in ("basis_note", "number_rule")]
    read += [text for entry in entries for case in entry["cases"] for text in (case["name"], case.get("condition") or "")]

    assert len(read) > 150
    assert [text for text in read if codes & set(re.findall(r"\w+", text)) or re.search(r"\w_\w", text)] == []


def test_the_shipped_catalogue_loads_whole_and_a_second_time_changes_nothing():
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    call_command("load_catalogue", stdout=out)
    assert out.getvalue().splitlines() == [
        "108 internal processes published from their templates",
        "236 new, 0 changed, 0 unchanged, 0 expired, 0 would expire; 105 of 236 receivable",
        "0 new, 0 changed, 236 unchanged, 0 expired, 0 would expire; 105 of 236 receivable",
    ]
    assert Procedure.objects.exclude(short_code=None).count() == 47
    # Nothing is promised from an unknown limit, and whatever can be received has a case to receive it under.
    receivable = ProcedureVersion.objects.receivable(DAY)
    assert receivable.filter(limits__condition="", limits__case=None, limits__channel="", limits__checked=True).count() == 105
    assert receivable.filter(cases=None).count() == 0
    assert Component.objects.filter(originals__gt=50).count() == 0
    assert Fee.objects.filter(case=None).count() == 0
    assert not Limit.objects.filter(checked=True, unit="").exists()
    # Every process that is shipped fits into every limit that can be promised under it.
    versions = {version.pk: version for version in receivable.prefetch_related("limits", "cases")}
    apart: dict[int, set[str]] = {}
    for version_id, key in Workflow.objects.exclude(case_key="").values_list("version_id", "case_key"):
        apart.setdefault(version_id, set()).add(key)
    fits = [
        fit
        for row in Workflow.objects.all()
        for fit in fits_of(versions[row.version_id], row.case_key, steps_of(row), apart=apart.get(row.version_id, ()))
    ]
    assert len(fits) > 108
    assert [fit.sentence for fit in fits if fit.exceeds] == []
