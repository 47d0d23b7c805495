import json
from dataclasses import FrozenInstanceError

import pytest

from dossiers.issuing.rows import feedback_of
from dossiers.slips import BadSnapshot, ReceiptSlip, RefusalSlip, StopSlip, SupplementSlip, read_snapshot
from dossiers.tests.slip_samples import BARE, receipt, refusal, stop, supplement
from onestop.staff.models import Agency


@pytest.mark.parametrize("slip", [receipt(), receipt(**BARE), receipt(language="vi+km", edition="A"), supplement(), refusal(), stop()])
def test_a_snapshot_gives_the_equal_slip_back(slip):
    stored = json.dumps(slip.as_json(), ensure_ascii=False)
    assert type(slip).from_json(json.loads(stored)) == slip
    assert type(slip).from_json(stored) == slip
    assert read_snapshot(stored) == slip


def test_a_snapshot_holds_every_figure_as_text():
    snapshot = receipt().as_json()
    assert snapshot["kind"] == "receipt"
    assert snapshot["components"][3] == {
        "no": "4", "name": "Giấy chứng nhận kết hôn", "copy_kind": "bản chụp, đã đối chiếu bản chính", "count": "01", "note": "",
    }  # fmt: skip
    assert {type(value) for value in snapshot.values()} == {str, list, bool}


def test_a_slip_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        receipt().due = "lúc khác"


def test_figures_added_later_may_be_absent_from_an_old_snapshot():
    snapshot = receipt().as_json()
    del snapshot["notes"], snapshot["due_digits"]
    assert ReceiptSlip.from_json(snapshot) == receipt(due_digits="")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "refusal"}, "not a receipt slip"),
        ({"colour": "red"}, "unknown: colour"),
        ({"components": [{"no": "1", "title": "x"}]}, "title"),
        ({"edition": "C"}, "edition: 'C'"),
        ({"language": "en"}, "language: 'en'"),
        ({"issued_at": "hôm qua"}, "issued_at: 'hôm qua'"),
        ({"issued_at": "2026-11-20T15:20:00"}, "issued_at: no offset"),
    ],
)
def test_a_snapshot_that_is_not_the_slip_is_refused_by_name(changes, complaint):
    with pytest.raises(BadSnapshot, match=complaint):
        ReceiptSlip.from_json(receipt().as_json() | changes)


def test_the_stop_notice_exists_from_edition_b_on():
    with pytest.raises(BadSnapshot, match="from B on"):
        stop(edition="A")


def test_a_snapshot_without_a_needed_figure_is_refused():
    snapshot = receipt().as_json()
    del snapshot["code"]
    with pytest.raises(BadSnapshot, match="code"):
        ReceiptSlip.from_json(snapshot)


def test_a_snapshot_of_an_unknown_kind_is_refused():
    with pytest.raises(BadSnapshot, match="unknown kind: 'letter'"):
        read_snapshot({"kind": "letter"})


@pytest.mark.parametrize(
    ("slip", "kind"), [(ReceiptSlip, "receipt"), (SupplementSlip, "supplement"), (RefusalSlip, "refusal"), (StopSlip, "stop")]
)
def test_each_slip_has_a_stable_kind(slip, kind):
    assert slip.kind == kind


@pytest.mark.parametrize(
    ("agency", "lines"),
    [
        (Agency(feedback_address="UBND xã, Ấp Chợ", feedback_phone="0900 000 901"), ("UBND xã, Ấp Chợ", "0900\u00a0000\u00a0901")),
        (Agency(feedback_email="phananh@trakha.example"), ("phananh@trakha.example",)),
        (Agency(), ()),
    ],
)
def test_a_telephone_for_complaints_is_not_torn_between_two_lines(agency, lines):
    assert feedback_of(agency) == lines
