"""The pages of the internal processes: one writes, one publishes, nothing that was typed is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.content import CaseContent, LimitContent
from procedures.drafting import GONE, start
from procedures.models import Workflow, WorkflowDraft
from procedures.publishing import publish as publish_version
from procedures.steps import Step, read_steps
from procedures.tests.makers import THREE_STEPS, make_content, make_procedure, make_workflow

pytestmark = pytest.mark.django_db

LIST = "/quan-tri/quy-trinh/"


@pytest.fixture
def admin(client):
    person = make_user(Role.ADMIN)
    client.force_login(person)
    return person


@pytest.fixture
def version():
    version = make_procedure(code="1.001193", name="Đăng ký khai sinh", label="Khai sinh", short_code="ks", tier=1)
    make_workflow(version)
    return version


@pytest.fixture
def draft(admin, version):
    return start(version, "", by=admin, at=timezone.now())


def address_of(draft: WorkflowDraft, act: str = "") -> str:
    return f"{LIST}du-thao/{draft.pk}/{act}"


def row(number: int, **changes) -> dict[str, str]:
    values = {
        "name": f"Việc {number}",
        "role": "clerk",
        "unit": "",
        "amount": "10",
        "measure": "percent",
        "kind": "step",
        "product": "",
        "note": "",
    }
    return {f"step-{number}-{name}": value for name, value in (values | changes).items()}


def sent(draft: WorkflowDraft, *rows: dict[str, str], **changes) -> dict[str, str]:
    values = {"act": "save", "revision": str(draft.revision), "version": str(draft.version_id), "label": "Của xã", "rows": str(len(rows))}
    for each in rows:
        values |= each
    return values | changes


def decision(draft: WorkflowDraft, **changes) -> dict[str, str]:
    today = f"{timezone.localdate():%d/%m/%Y}"
    values = {"effective_from": today, "decision_number": "12/QĐ-UBND", "decided_on": today}
    return values | {"revision": str(draft.revision), "version": str(draft.version_id)} | changes


def text_of(response) -> str:
    return response.content.decode()


# -- reading --------------------------------------------------------------------------------
def test_the_list_shows_what_holds_and_is_searched_like_the_catalogue(client, admin, version, draft):
    make_procedure(name="Kết hôn")
    make_procedure(name="Không nhận", receivable=False)
    page = text_of(client.get(LIST))
    assert "2 thủ tục đang nhận hồ sơ" in page
    assert ("Quy trình thử" in page, "Có dự thảo" in page, "Không nhận" in page) == (True, True, False)
    found = text_of(client.get(LIST, {"tu-khoa": "khai sinh"}))
    assert ("1 thủ tục" in found, "Kết hôn" in found) == (True, False)
    assert "khớp với từ đã gõ" in text_of(client.get(LIST, {"tu-khoa": "zzz"}))


def test_the_page_of_a_procedure_shows_its_processes_with_their_states(client, admin, version):
    today = timezone.localdate()
    make_workflow(version, admin.agency, on=today - timedelta(days=9))
    make_workflow(version, admin.agency, on=today - timedelta(days=2))
    make_workflow(version, admin.agency, on=today + timedelta(days=3))
    page = text_of(client.get(f"{LIST}1.001193/"))
    states = ["Đang áp dụng", f"Áp dụng từ {today + timedelta(days=3):%d/%m/%Y}", "Đã được thay", "Không áp dụng: có quy trình khác thay"]
    assert [page.count(state) for state in states] == [1, 1, 1, 1]
    assert "Quyết định số 12/QĐ-UBND" in page
    assert "60% thời hạn" in page


def test_another_communes_processes_and_drafts_are_not_shown(client, admin, version, draft):
    other = make_user(Role.ADMIN, agency=make_agency("H61.27", "Phú Tân An"))
    make_workflow(version, admin.agency, steps=[Step("Việc riêng của xã khác", "clerk", amount="1")])
    client.force_login(other)
    page = text_of(client.get(f"{LIST}1.001193/"))
    assert ("Việc riêng" in page, "Có dự thảo" in page) == (False, False)


def test_the_pages_cost_the_same_however_many_there_are(client, admin, django_assert_max_num_queries):
    for _ in range(2):
        version = make_procedure(cases=[CaseContent("a", "A"), CaseContent("b", "B")])
        for _ in range(3):
            make_workflow(version)
    client.get(LIST)
    with django_assert_max_num_queries(10):
        client.get(LIST)
    with django_assert_max_num_queries(13):
        client.get(f"{LIST}{version.procedure.code}/")


def test_a_process_that_belongs_to_an_earlier_version_is_not_forgotten(client, admin, version):
    make_workflow(version, admin.agency)
    newer = publish_version(version.procedure, make_content("Đăng ký khai sinh, sửa"), on=timezone.localdate())
    make_workflow(newer)
    page = text_of(client.get(LIST))
    assert ("chưa ban hành lại" in page, "Của xã" in page) == (True, False)
    assert "không tự chuyển sang" in text_of(client.get(f"{LIST}1.001193/"))

    make_workflow(newer, admin.agency, on=timezone.localdate())
    assert "chưa ban hành lại" not in text_of(client.get(LIST))
    assert "không tự chuyển sang" not in text_of(client.get(f"{LIST}1.001193/"))


def published_anew(version, **content):
    newer = publish_version(version.procedure, make_content("Đăng ký khai sinh, sửa", **content), on=timezone.localdate())
    make_workflow(newer)
    return newer


def test_the_list_names_every_procedure_whose_own_process_was_left_behind_on_every_page(client, admin, version):
    make_workflow(version, admin.agency)
    published_anew(version)
    named = [text_of(client.get(f"{LIST}?tu-khoa={words}")) for words in ("khai sinh", "khai tử")]

    assert ["1 thủ tục có công bố mới; quy trình riêng của đơn vị chưa chuyển sang" in page for page in named] == [True, True]
    client.force_login(make_user(Role.ADMIN, agency=make_agency("H61.27", "Phú Tân An")))
    assert "công bố mới" not in text_of(client.get(LIST))


def test_one_press_copies_the_earlier_process_and_shows_it_beside_the_new_limit(client, admin, version):
    own = [Step("Làm", "clerk", amount="20", measure="hour"), Step("Ký", "leader", amount="2", measure="hour")]
    make_workflow(version, admin.agency, steps=own)
    newer = published_anew(version, limits=[LimitContent(value=2, unit="working_day")])
    page = text_of(client.get(f"{LIST}1.001193/"))
    answer = client.post(f"{LIST}1.001193/soan/", {"case": ""})

    assert "nhiều hơn 6 giờ so với thời hạn cam kết 2 ngày làm việc (16 giờ)" in page
    made = WorkflowDraft.objects.get()
    assert (made.version, read_steps(made.steps), answer["Location"]) == (newer, own, address_of(made))
    assert "nhiều hơn 6 giờ" in text_of(client.get(address_of(made)))
    assert "Đã có dự thảo cho lần công bố này" in text_of(client.get(f"{LIST}1.001193/"))


def test_the_process_of_one_case_is_copied_by_itself_and_one_of_a_case_that_is_gone_is_not_offered(client, admin):
    cases = [CaseContent("a", "Sinh trong nước"), CaseContent("b", "Sinh ở nước ngoài"), CaseContent("c", "Bỏ rơi")]
    version = make_procedure(code="1.001193", cases=cases)
    for key in ("", "b", "c"):
        make_workflow(version, admin.agency, case_key=key)
    newer = published_anew(version, cases=cases[:2])
    make_workflow(newer, admin.agency, on=timezone.localdate())
    page = client.get(f"{LIST}1.001193/").content.decode()
    client.post(f"{LIST}1.001193/soan/", {"case": "b"})

    assert page.count("Chép thành dự thảo") == 1
    assert "lần công bố trước: Sinh ở nước ngoài" in page
    assert WorkflowDraft.objects.get().case_key == "b"


def test_the_manager_is_told_and_not_offered_what_the_administrator_does(client, admin, version):
    make_workflow(version, admin.agency)
    published_anew(version)
    client.force_login(make_user(Role.MANAGER))
    page = text_of(client.get(f"{LIST}1.001193/"))

    assert ("không tự chuyển sang" in page, "Quản trị chép thành dự thảo" in page, "Chép thành dự thảo (" in page) == (True, True, False)


@pytest.mark.parametrize("code", ["1.999999", "x", "%27", "1.001193.H26x"])
def test_what_is_no_procedure_in_force_is_not_found(client, admin, version, code):
    assert client.get(f"{LIST}{code}/").status_code == 404


# -- who may --------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.MANAGER)])
def test_nobody_else_sees_or_does_anything(client, version, role):
    draft = start(version, "", by=make_user(Role.ADMIN), at=timezone.now())
    client.force_login(make_user(role))
    for address in (LIST, f"{LIST}1.001193/", address_of(draft), address_of(draft, "ban-hanh/")):
        assert client.get(address).status_code == 403
    for address in (f"{LIST}1.001193/soan/", address_of(draft), address_of(draft, "ban-hanh/"), address_of(draft, "bo/")):
        assert client.post(address, decision(draft)).status_code == 403


def test_the_manager_does_not_write_and_the_administrator_does_not_publish(client, admin, draft):
    assert client.get(address_of(draft, "ban-hanh/")).status_code == 403
    assert client.post(address_of(draft, "ban-hanh/"), decision(draft)).status_code == 403
    client.force_login(make_user(Role.MANAGER))
    assert [client.post(address_of(draft, act), sent(draft, row(1))).status_code for act in ("", "bo/")] == [403, 403]
    assert WorkflowDraft.objects.get().revision == 1


def test_a_draft_of_another_commune_is_not_there(client, draft):
    client.force_login(make_user(Role.ADMIN, Role.MANAGER, agency=make_agency("H61.27", "Phú Tân An")))
    for act in ("", "ban-hanh/"):
        assert client.get(address_of(draft, act)).status_code == 404
    for act in ("", "ban-hanh/", "bo/"):
        assert client.post(address_of(draft, act), sent(draft, row(1)) | decision(draft)).status_code == 404


# -- writing --------------------------------------------------------------------------------
def test_a_draft_is_started_once_and_opened_again(client, admin, version):
    first, second = (client.post(f"{LIST}1.001193/soan/", {"case": ""}) for _ in range(2))
    assert (first.status_code, first["Location"]) == (303, second["Location"])
    assert "Tiếp nhận" in text_of(client.get(first["Location"]))


@pytest.mark.parametrize("case", ["zz", "a\x00", "z" * 300])
def test_a_case_that_the_procedure_does_not_have_is_refused(client, admin, version, case):
    assert client.post(f"{LIST}1.001193/soan/", {"case": case}, follow=True).status_code == 200
    assert not WorkflowDraft.objects.exists()


def test_what_is_saved_is_what_was_typed(client, draft):
    rows = (
        row(1, amount="0,5", measure="hour"),
        row(2, role="", unit="Tổ kiểm tra", kind="field", alongside="on", optional="on", note="Khi mưa"),
    )
    assert client.post(address_of(draft), sent(draft, *rows)).status_code == 303
    draft.refresh_from_db()
    assert (draft.label, draft.revision) == ("Của xã", 2)
    assert read_steps(draft.steps) == [
        Step("Việc 1", "clerk", amount="0.5", measure="hour"),
        Step("Việc 2", "", "Tổ kiểm tra", "field", True, True, "10", "percent", note="Khi mưa"),
    ]
    assert 'value="0,5"' in text_of(client.get(address_of(draft)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Ghi nội dung công việc của bước"),
        ({"amount": "mười"}, "Ghi thời gian bằng số"),
        ({"amount": "101"}, "Nhiều nhất 100"),
        ({"amount": ""}, "bước làm ngay thì ghi 0"),
        ({"role": ""}, "Chọn người thực hiện, hoặc ghi tên đơn vị"),
        ({"role": "admin"}, "Chọn người thực hiện trong danh sách"),
        ({"measure": "week"}, "Chọn đơn vị thời gian"),
        ({"alongside": "on"}, "Bước đầu không có bước nào trước"),
        ({"note": "x" * 301}, "Nhiều nhất 300 ký tự"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_is_lost(client, draft, change, words):
    answer = client.post(address_of(draft), sent(draft, row(1, product="Giấy hẹn của xã", **change)))
    assert answer.status_code == 422
    assert (words in text_of(answer), "Giấy hẹn của xã" in text_of(answer)) == (True, True)
    assert WorkflowDraft.objects.get().revision == 1


def test_rows_without_a_count_and_counts_without_rows_are_mistakes(client, draft):
    for rows in ("", "0", "-1", "x", "3"):
        assert client.post(address_of(draft), sent(draft, row(1), rows=rows)).status_code == 422
    assert read_steps(WorkflowDraft.objects.get().steps) == list(THREE_STEPS)


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("add", ["Việc 1", "Việc 2", "Việc 3", ""]),
        ("up-2", ["Việc 2", "Việc 1", "Việc 3"]),
        ("up-1", ["Việc 1", "Việc 2", "Việc 3"]),
        ("down-2", ["Việc 1", "Việc 3", "Việc 2"]),
        ("down-3", ["Việc 1", "Việc 2", "Việc 3"]),
        ("remove-2", ["Việc 1", "Việc 3"]),
        ("remove-9", ["Việc 1", "Việc 2", "Việc 3"]),
        ("nonsense", ["Việc 1", "Việc 2", "Việc 3"]),
    ],
)
def test_rows_are_added_moved_and_taken_out_without_saving(client, draft, act, names):
    answer = client.post(address_of(draft), sent(draft, row(1, amount="xx"), row(2, optional="on"), row(3), act=act, label="Tên mới"))
    assert answer.status_code == 200
    assert [form["name"].value() or "" for form in answer.context["forms"]] == names
    page = text_of(answer)
    assert ("chưa lưu" in page, "Tên mới" in page, 'value="xx"' in page) == (True, True, True)
    assert WorkflowDraft.objects.get().revision == 1


def test_the_last_row_that_is_taken_out_leaves_an_empty_one(client, draft):
    answer = client.post(address_of(draft), sent(draft, row(1), act="remove-1"))
    assert [form["name"].value() for form in answer.context["forms"]] == [None]


def test_two_who_write_hear_of_each_other_and_keep_what_they_typed(client, admin, draft):
    assert client.post(address_of(draft), sent(draft, row(1))).status_code == 303
    answer = client.post(address_of(draft), sent(draft, row(1, name="Của người thứ hai")))
    assert answer.status_code == 409
    assert f"{admin.full_name} đã lưu dự thảo này" in text_of(answer)
    assert "Của người thứ hai" in text_of(answer)
    # Having read that, he may save over it.
    assert answer.context["revision"] == 2
    assert client.post(address_of(draft), sent(draft, row(1, name="Của người thứ hai"), revision="2")).status_code == 303


def test_the_same_form_sent_twice_is_saved_once(client, draft):
    answers = [client.post(address_of(draft), sent(draft, row(1))) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert WorkflowDraft.objects.get().revision == 2


def test_a_draft_is_discarded_once(client, draft, version):
    answers = [client.post(address_of(draft, "bo/"), sent(draft)) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, f"{LIST}1.001193/")] * 2
    assert not WorkflowDraft.objects.exists()
    assert GONE in text_of(client.get(f"{LIST}1.001193/"))


# -- publishing -----------------------------------------------------------------------------
def test_the_manager_sees_the_sum_and_the_changes_and_publishes(client, draft):
    client.post(address_of(draft), sent(draft, row(1, amount="40"), row(2, name="Thẩm tra", role="specialist", amount="50")))
    draft.refresh_from_db()
    client.force_login(make_user(Role.MANAGER))
    page = text_of(client.get(address_of(draft, "ban-hanh/")))
    assert "Các bước cộng lại 21 giờ 36 phút, ít hơn 2 giờ 24 phút so với thời hạn cam kết 3 ngày làm việc (24 giờ)" in page
    assert [page.count(f">{kind}</span>") for kind in ("Sửa", "Thêm", "Bỏ", "Giữ nguyên")] == [2, 0, 1, 0]

    answers = [client.post(address_of(draft, "ban-hanh/"), decision(draft)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    workflow = Workflow.objects.get(agency=draft.agency)
    assert (workflow.label, workflow.decision_number, workflow.effective_from) == ("Của xã", "12/QĐ-UBND", timezone.localdate())
    assert first_problem() is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effective_from": "01/01/2020"}, "từ hôm nay trở đi"),
        ({"effective_from": "31/02/2026"}, "ngày"),
        ({"decision_number": ""}, "Ghi số quyết định phê duyệt"),
        ({"decided_on": "01/01/2099"}, "ở sau hôm nay"),
    ],
)
def test_a_decision_that_cannot_be_is_said_at_its_field(client, draft, change, words):
    client.force_login(make_user(Role.MANAGER))
    answer = client.post(address_of(draft, "ban-hanh/"), decision(draft, **change))
    assert answer.status_code == 422
    assert [words in " ".join(errors) for errors in answer.context["form"].errors.values()] == [True]
    assert not Workflow.objects.filter(agency=draft.agency).exists()


def test_what_was_changed_after_it_was_shown_is_not_published(client, admin, draft):
    client.post(address_of(draft), sent(draft, row(1)))
    client.force_login(make_user(Role.MANAGER))
    answer = client.post(address_of(draft, "ban-hanh/"), decision(draft))
    assert (answer.status_code, "12/QĐ-UBND" in text_of(answer)) == (409, True)
    assert f"{admin.full_name} đã lưu dự thảo này" in text_of(answer)


def test_a_draft_longer_than_the_limit_has_no_button(client, draft):
    client.post(address_of(draft), sent(draft, row(1, amount="4", measure="day")))
    draft.refresh_from_db()
    client.force_login(make_user(Role.MANAGER))
    page = text_of(client.get(address_of(draft, "ban-hanh/")))
    assert ("Rút ngắn các bước rồi mới ban hành được" in page, "Số quyết định" in page) == (True, False)
    assert client.post(address_of(draft, "ban-hanh/"), decision(draft)).status_code == 422


def test_who_still_writes_when_it_is_published_keeps_his_text(client, admin, draft):
    client.force_login(make_user(Role.MANAGER))
    client.post(address_of(draft, "ban-hanh/"), decision(draft))
    client.force_login(admin)
    answer = client.post(address_of(draft), sent(draft, row(1, name="Chưa lưu kịp")))
    assert (answer.status_code, GONE in text_of(answer), "Chưa lưu kịp" in text_of(answer)) == (409, True, True)
    assert client.get(address_of(draft)).status_code == 404
