"""Which internal process holds, and whether its steps fit into the limits."""

from datetime import date, time

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from onestop.history.verify import first_problem
from onestop.testing import make_agency
from onestop.worktime.hours import at
from procedures.content import CaseContent, LimitContent
from procedures.models import Workflow, WorkflowTemplate
from procedures.publishing import publish
from procedures.steps import Step
from procedures.tests.makers import START, make_content, make_procedure, make_workflow
from procedures.workflows import cases_apart, fits_of, id_in_force, left_behind, ship, steps_of, workflow_in_force

pytestmark = pytest.mark.django_db

LATER = date(2026, 12, 1)
FULL = [Step("Tiếp nhận", "clerk", amount="10"), Step("Ký", "leader", amount="90")]
TWO_CASES = [CaseContent("a", "Đúng hạn"), CaseContent("b", "Quá hạn", workflow_override="consultation")]


def make_template(key: str = "three_step", label: str = "Ba bước", share: float = 1.0) -> None:
    steps = [{"name": "Tiếp nhận", "role": "clerk", "share_of_limit": share, "hours": None, "product": ""}]
    WorkflowTemplate.objects.update_or_create(key=key, defaults={"label": label, "steps": steps})


def ship_on(on: date = LATER) -> list[tuple[str, int, str]]:
    return [(row.case_key, row.number, row.label) for row in ship(on=on, at=at(on, time(9)))]


# -- what is shipped ------------------------------------------------------------------------
def test_every_case_with_a_template_of_its_own_gets_its_process_once():
    make_template()
    make_template("consultation", "Hỏi ý kiến")
    version = make_procedure(cases=TWO_CASES)
    make_procedure(receivable=False)

    assert ship_on() == [("", 1, "Ba bước"), ("b", 1, "Hỏi ý kiến")]
    assert ship_on() == []
    assert {row.effective_from for row in Workflow.objects.all()} == {version.effective_from}
    assert first_problem() is None


def test_a_changed_template_makes_the_next_number_and_leaves_the_last_as_it_was():
    make_template()
    version = make_procedure()
    ship_on(START)
    make_template(label="Ba bước, sửa", share=0.5)

    assert ship_on() == [("", 2, "Ba bước, sửa")]
    assert [(row.number, row.label, row.effective_from) for row in version.workflows.all()] == [
        (1, "Ba bước", START),
        (2, "Ba bước, sửa", LATER),
    ]


def test_a_template_that_does_not_exist_ships_nothing():
    make_procedure(workflow="nowhere")
    assert ship_on() == []


# -- what holds -----------------------------------------------------------------------------
def test_the_agencys_own_goes_first_then_the_case_then_the_latest():
    version, mine, other = make_procedure(cases=TWO_CASES), make_agency(), make_agency("H61.27", "Phú Tân An")
    shipped, for_case = make_workflow(version), make_workflow(version, case_key="b")

    def holds(case_key: str, on: date = LATER) -> Workflow | None:
        return workflow_in_force(version, mine.pk, on, case_key=case_key)

    assert (holds("a"), holds("b"), holds("a", date(2026, 6, 30))) == (shipped, for_case, None)
    make_workflow(version, other)
    assert (holds("a"), holds("b")) == (shipped, for_case)
    own = make_workflow(version, mine, on=date(2026, 11, 30))
    assert (holds("a"), holds("b")) == (own, own)
    own_case = make_workflow(version, mine, case_key="b")
    assert (holds("a"), holds("b")) == (own, own_case)
    next_one = make_workflow(version, mine, on=date(2026, 12, 2))
    assert (holds("a"), holds("a", date(2026, 12, 2))) == (own, next_one)


def test_asking_which_process_holds_is_one_question():
    version = make_procedure()
    shipped = make_workflow(version)
    with CaptureQueriesContext(connection) as queries:
        assert id_in_force(version.pk, make_agency().pk, LATER, case_key="a") == shipped.pk
    assert len([query for query in queries if "workflow" in query["sql"]]) == 1


def test_a_new_version_leaves_the_communes_own_process_behind_until_it_decides_again():
    version, mine, other = make_procedure(code="1.000001"), make_agency(), make_agency("H61.27", "Phú Tân An")
    for agency in (mine, other):
        make_workflow(version, agency)
    make_workflow(make_procedure(), mine)
    assert left_behind(LATER) == []
    newer = publish(version.procedure, make_content(), on=LATER)
    make_workflow(newer, other, on=LATER)
    assert left_behind(LATER) == left_behind(LATER, mine.pk) == [("1.000001", "H61.26")]
    assert left_behind(LATER, other.pk) == []


# -- how it fits ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "measure", "exceeds", "differs", "words"),
    [
        ("100", "percent", False, False, "bằng thời hạn cam kết 3 ngày làm việc (24 giờ)"),
        ("90", "percent", False, True, "ít hơn 2 giờ 24 phút so với thời hạn cam kết 3 ngày làm việc (24 giờ)"),
        ("3", "day", False, False, "bằng thời hạn cam kết 3 ngày làm việc (24 giờ)"),
        ("24.5", "hour", True, True, "nhiều hơn 30 phút so với thời hạn cam kết 3 ngày làm việc (24 giờ)"),
    ],
)
def test_the_steps_may_be_less_than_the_limit_but_not_more(amount, measure, exceeds, differs, words):
    (fit,) = fits_of(make_procedure(), "", [Step("Làm", "clerk", amount=amount, measure=measure)])
    assert (fit.exceeds, fit.differs) == (exceeds, differs)
    assert words in fit.sentence


def test_every_limit_that_can_be_promised_is_compared_and_the_legal_one():
    limits = [
        LimitContent(5, "working_day", checked=True, legal_value=7, legal_unit="working_day"),
        LimitContent(2, "working_day", case="b", checked=True, legal_value=2, legal_unit="working_day"),
        LimitContent(4, "working_day", channel="online", checked=True, legal_value=7, legal_unit="working_day"),
        LimitContent(1, "working_day", condition="Phức tạp", checked=True),
    ]
    version = make_procedure(limits=limits, cases=TWO_CASES, channels=["counter", "online"])

    def compared(case_key: str, **options) -> list[tuple[str, bool]]:
        return [(fit.limit, fit.is_legal) for fit in fits_of(version, case_key, FULL, **options)]

    everything = [("5 ngày làm việc", False), ("7 ngày làm việc", True), ("4 ngày làm việc", False), ("2 ngày làm việc", False)]
    assert compared("") == everything
    assert compared("", apart={"b"}) == everything[:3]
    assert compared("b") == everything[3:]


def test_without_a_known_limit_there_is_nothing_to_compare():
    assert fits_of(make_procedure(limits=[]), "", FULL) == []


def test_cases_stand_apart_until_the_agency_has_a_process_for_all():
    version, mine = make_procedure(cases=TWO_CASES), make_agency()
    make_workflow(version)
    make_workflow(version, case_key="b")
    assert cases_apart(version, mine.pk, LATER) == {"b"}
    make_workflow(version, mine)
    assert cases_apart(version, mine.pk, LATER) == set()
    make_workflow(version, mine, case_key="a")
    assert cases_apart(version, mine.pk, LATER) == {"a"}


# -- what the database holds ----------------------------------------------------------------
@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_published_process_neither_changes_nor_goes(act):
    row = make_workflow(make_procedure())
    same = Workflow.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        same.update(label="Khác") if act == "update" else same._raw_delete("default")


@pytest.mark.parametrize(
    "change",
    [{"number": 1}, {"number": 2, "effective_from": START}, {"number": 0, "effective_from": LATER}, {"decision_number": ""}],
)
def test_the_database_refuses_numbers_days_and_decisions_that_cannot_be(change):
    row = make_workflow(make_procedure(), make_agency())
    values = {"number": 2, "effective_from": LATER} | change
    for name, value in values.items():
        setattr(row, name, value)
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_the_steps_of_a_process_can_be_read_again():
    assert [step.name for step in steps_of(make_workflow(make_procedure()))] == ["Tiếp nhận", "Thẩm tra", "Ký"]
