"""A commune's own process: written by one person, published by another, never changed afterwards."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user
from onestop.worktime.hours import LOCAL
from procedures.content import CaseContent
from procedures.drafting import GONE, Changed, Refused, discard, publish, save, start
from procedures.models import Workflow, WorkflowDraft
from procedures.publishing import publish as publish_version
from procedures.steps import Step, read_steps
from procedures.tests.makers import THREE_STEPS, make_content, make_procedure, make_workflow
from procedures.workflows import workflow_in_force

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=LOCAL)
TWO_STEPS = [Step("Làm", "clerk", amount="50"), Step("Ký", "leader", amount="50")]


@pytest.fixture
def admin():
    return make_user(Role.ADMIN)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def draft(admin):
    version = make_procedure()
    make_workflow(version)
    return start(version, "", by=admin, at=NOW)


def decide(draft, by, **changes) -> Workflow:
    values = {"effective_from": TODAY, "decision_number": "12/QĐ-UBND", "decided_on": TODAY, "at": NOW, "revision": draft.revision}
    return publish(draft, by=by, **(values | changes))


def test_a_draft_begins_with_what_holds_and_is_the_same_for_the_second_who_starts(draft, admin):
    assert read_steps(draft.steps) == list(THREE_STEPS)
    assert start(draft.version, "", by=make_user(Role.ADMIN), at=NOW) == draft
    assert start(draft.version, "", by=make_user(Role.ADMIN, agency=make_agency("H61.27", "Phú Tân An")), at=NOW) != draft


def test_a_new_version_of_the_procedure_begins_with_what_the_agency_had_before(admin):
    version, agency = make_procedure(), admin.agency
    make_workflow(version, agency, steps=TWO_STEPS)
    newer = publish_version(version.procedure, make_content("Đăng ký thử, sửa"), on=TODAY)
    make_workflow(newer)

    assert read_steps(start(newer, "", by=admin, at=NOW).steps) == TWO_STEPS


def test_what_is_published_holds_from_its_day_and_the_draft_is_gone(draft, admin, manager):
    draft = save(draft, label="Ba bước của xã", steps=TWO_STEPS, by=admin, at=NOW, revision=1)
    workflow = decide(draft, manager, effective_from=date(2026, 12, 1))

    assert (workflow.number, workflow.label, workflow.made_by, workflow.published_by) == (1, "Ba bước của xã", admin, manager)
    assert read_steps(workflow.steps) == TWO_STEPS
    assert not WorkflowDraft.objects.exists()
    assert not workflow_in_force(draft.version, draft.agency_id, date(2026, 11, 30)).is_own
    assert workflow_in_force(draft.version, draft.agency_id, date(2026, 12, 1)) == workflow
    again = decide(start(draft.version, "", by=admin, at=NOW), manager)
    assert (again.number, again.label) == (2, "Quy trình thử")


def test_every_act_leaves_its_event_and_the_rows_agree_with_it(draft, admin, manager):
    draft = save(draft, label="Của xã", steps=TWO_STEPS, by=admin, at=NOW, revision=1)
    decide(draft, manager)
    discard(start(draft.version, "", by=admin, at=NOW), by=admin, at=NOW, revision=1)

    acts = Event.objects.filter(subject=f"procedure_version:{draft.version_id}", agency_id=draft.agency_id).order_by("seq")
    assert [event.act for event in acts] == [
        "workflow.drafted",
        "workflow.draft_saved",
        "workflow.published",
        "workflow.drafted",
        "workflow.discarded",
    ]
    assert first_problem() is None


def test_the_same_text_sent_twice_is_saved_once(draft, admin):
    first = save(draft, label="Của xã", steps=TWO_STEPS, by=admin, at=NOW, revision=1)
    second = save(draft, label="Của xã", steps=TWO_STEPS, by=admin, at=NOW, revision=1)
    assert (first.revision, second.revision) == (2, 2)
    assert Event.objects.filter(act="workflow.draft_saved").count() == 1


@pytest.mark.parametrize("act", ["save", "publish", "discard"])
def test_nobody_overwrites_publishes_or_discards_what_he_has_not_seen(draft, admin, manager, act):
    other = make_user(Role.ADMIN, full_name="Kim Sa Rây")
    save(draft, label="Của người khác", steps=TWO_STEPS, by=other, at=NOW, revision=1)
    with pytest.raises(Changed, match="Kim Sa Rây đã lưu dự thảo này lúc 09:00 23/11/2026"):
        if act == "save":
            save(draft, label="Của tôi", steps=TWO_STEPS, by=admin, at=NOW, revision=1)
        elif act == "publish":
            decide(draft, manager, revision=1)
        else:
            discard(draft, by=admin, at=NOW, revision=1)


@pytest.mark.parametrize("act", ["save", "publish", "discard"])
def test_what_was_published_a_moment_ago_is_not_published_again(draft, admin, manager, act):
    decide(draft, manager)
    with pytest.raises(Changed, match=GONE):
        if act == "save":
            save(draft, label="Của tôi", steps=TWO_STEPS, by=admin, at=NOW, revision=1)
        elif act == "publish":
            decide(draft, manager)
        else:
            discard(draft, by=admin, at=NOW, revision=1)
    assert Workflow.objects.filter(agency=draft.agency).count() == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"effective_from": date(2026, 11, 22)}, "effective_from", "từ hôm nay trở đi"),
        ({"effective_from": date(2027, 11, 25)}, "effective_from", "quá một năm"),
        ({"decided_on": date(2026, 11, 24)}, "decided_on", "ở sau hôm nay"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(draft, manager, change, field, words):
    with pytest.raises(Refused, match=words) as refusal:
        decide(draft, manager, **change)
    assert refusal.value.field == field


def test_two_processes_do_not_begin_on_one_day(draft, admin, manager):
    decide(draft, manager)
    with pytest.raises(Refused, match="Đã có quy trình ban hành áp dụng từ ngày này") as refusal:
        decide(start(draft.version, "", by=admin, at=NOW), manager)
    assert refusal.value.field == "effective_from"
    assert WorkflowDraft.objects.count() == 1


def test_a_version_that_will_have_ended_gets_no_process(admin, manager):
    version = make_procedure()
    make_workflow(version)
    draft = start(version, "", by=admin, at=NOW)
    publish_version(version.procedure, make_content("Mới"), on=date(2026, 11, 30))
    with pytest.raises(Refused, match="không còn hiệu lực vào ngày áp dụng"):
        decide(draft, manager, effective_from=date(2026, 11, 30))
    assert decide(draft, manager, effective_from=date(2026, 11, 29))


@pytest.mark.parametrize("measure", ["percent", "hour", "day"])
def test_steps_that_are_longer_than_the_limit_are_not_published(draft, admin, manager, measure):
    amount = {"percent": "51", "hour": "13", "day": "1.6"}[measure]
    steps = [replace(step, amount=amount, measure=measure) for step in TWO_STEPS]
    draft = save(draft, label="Dài", steps=steps, by=admin, at=NOW, revision=1)
    with pytest.raises(Refused, match=r"nhiều hơn .* so với thời hạn cam kết 3 ngày làm việc \(24 giờ\)"):
        decide(draft, manager)


def test_a_process_without_steps_is_neither_saved_nor_published(draft, admin):
    with pytest.raises(Refused, match="chưa có bước nào"):
        save(draft, label="Rỗng", steps=[], by=admin, at=NOW, revision=1)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.PROVINCE)])
def test_only_the_administrator_writes(draft, role):
    person = make_user(role)
    with pytest.raises(Refused, match="quản trị"):
        start(draft.version, "", by=person, at=NOW)
    with pytest.raises(Refused, match="quản trị"):
        save(draft, label="x", steps=TWO_STEPS, by=person, at=NOW, revision=1)
    with pytest.raises(Refused, match="quản trị"):
        discard(draft, by=person, at=NOW, revision=1)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.LEADER, Role.HEAD, Role.CLERK])
def test_only_the_manager_publishes(draft, role):
    with pytest.raises(Refused, match="giám đốc Trung tâm"):
        decide(draft, make_user(role))


def test_another_commune_finds_no_draft(draft):
    stranger = make_user(Role.ADMIN, Role.MANAGER, agency=make_agency("H61.27", "Phú Tân An"))
    with pytest.raises(Changed, match=GONE):
        save(draft, label="x", steps=TWO_STEPS, by=stranger, at=NOW, revision=1)
    with pytest.raises(Changed, match=GONE):
        decide(draft, stranger)


def test_what_cannot_have_a_process_of_its_own_gets_no_draft(admin):
    with pytest.raises(Refused, match="Chọn trường hợp"):
        start(make_procedure(cases=[CaseContent("a")]), "z", by=admin, at=NOW)
    with pytest.raises(Refused, match="chưa nhận được hồ sơ"):
        start(make_procedure(receivable=False), "", by=admin, at=NOW)
    with pytest.raises(Refused, match="của xã"):
        start(make_procedure(), "", by=make_user(Role.ADMIN, agency=make_province()), at=NOW)
