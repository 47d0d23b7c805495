"""Passing on, taking over, putting before the leader, and the list of work."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import bring_to, make_dossier
from dossiers.tests.views.makers import address, again
from onestop.history.access import AccessKind
from onestop.history.models import AccessEntry
from onestop.inspection.tests import makers as make
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
PDF = make.pdf()


@pytest.fixture
def specialist():
    return make_user(Role.SPECIALIST)


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


# -- hand over and take over -----------------------------------------------------------------
def test_a_dossier_is_passed_to_a_colleague(client, clerk, specialist):
    dossier = make_dossier()

    answer = client.post(address("hand_over", dossier), {"to": specialist.pk, "note": "gấp", "revision": 1})

    assert (answer.status_code, answer.url) == (303, dossier.get_absolute_url())
    assert (again(dossier).status, again(dossier).holder) == (Status.PROCESSING, specialist)
    assert again(dossier).hand_overs.get().note == "gấp"


@pytest.mark.parametrize("to", ["", "0", "x", "999999"])
def test_without_a_receiver_of_the_own_agency_nothing_happens(client, clerk, to):
    dossier = make_dossier()

    answer = client.post(address("hand_over", dossier), {"to": to, "note": "giữ lại chữ này", "revision": 1})

    assert (answer.status_code, "Chọn người nhận" in answer.content.decode()) == (422, True)
    assert "giữ lại chữ này" in answer.content.decode()
    assert again(dossier).status == Status.RECEIVED


def test_the_same_form_sent_twice_says_that_it_was_done(client, clerk, specialist):
    dossier = make_dossier()
    form = {"to": specialist.pk, "revision": 1}
    client.post(address("hand_over", dossier), form)
    done_at = timezone.localtime(again(dossier).changed_at)

    answer = client.post(address("hand_over", dossier), form)

    assert (answer.status_code, answer.context["problem"]) == (409, f"Việc này đã xong lúc {done_at:%H:%M}. Không làm lại lần nữa")
    assert again(dossier).hand_overs.count() == 1


def test_the_second_of_two_clerks_is_told_who_was_first(client, clerk, specialist):
    dossier = make_dossier()
    lifecycle.amend(dossier, changes={"staff_note": "x"}, by=clerk, at=timezone.now())
    client.force_login(make_user(Role.MANAGER))

    answer = client.post(address("hand_over", dossier), {"to": specialist.pk, "note": "gấp", "revision": 1})

    assert (answer.status_code, answer.context["problem"].startswith(f"Hồ sơ vừa được {clerk.full_name} cập nhật lúc")) == (409, True)
    assert ('value="2"' in answer.content.decode(), 'value="gấp"' in answer.content.decode()) == (True, True)


def test_a_mistake_in_the_form_does_not_hide_that_somebody_was_first(client, clerk, specialist):
    dossier = make_dossier()
    lifecycle.amend(dossier, changes={"staff_note": "x"}, by=make_user(Role.MANAGER), at=timezone.now())

    answer = client.post(address("hand_over", dossier), {"to": "", "revision": 1})

    assert (answer.status_code, answer.context["revision"]) == (422, 1)


def test_the_receiver_confirms_once(client, clerk, specialist):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=clerk, at=timezone.now())
    client.force_login(specialist)

    first = client.post(address("take_over", dossier), {"revision": dossier.revision})
    second = client.post(address("take_over", dossier), {"revision": dossier.revision})

    assert (first.status_code, second.status_code, again(dossier).hand_overs.get().taken_at is not None) == (303, 409, True)
    assert second.context["problem"].startswith("Việc này đã xong lúc")


def test_what_is_not_possible_now_shows_its_reason_instead_of_a_form(client, clerk):
    answer = client.get(address("hand_over", make_dossier(status=Status.RETURNED)))

    assert answer.status_code == 409
    assert answer.context["problem"] == "Hồ sơ đang ở bước “Đã trả kết quả”, không thể: bàn giao."
    assert "<select" not in answer.content.decode()


# -- several at once -------------------------------------------------------------------------
def test_several_dossiers_are_passed_on_with_one_form(client, clerk, specialist):
    two = [make_dossier() for _ in range(2)]
    left = make_dossier()
    form = {"to": specialist.pk, "code": [each.code for each in two], **{f"revision-{each.code}": 1 for each in two}}

    answer = client.post(reverse("dossiers:hand_over_many"), form)

    assert answer.status_code == 303
    assert [again(each).holder for each in (*two, left)] == [specialist, specialist, clerk]


def test_one_refused_dossier_does_not_hold_up_the_others_and_says_why(client, clerk, specialist):
    good, changed = make_dossier(), make_dossier()
    lifecycle.amend(changed, changes={"staff_note": "x"}, by=make_user(Role.MANAGER), at=timezone.now())
    form = {"to": specialist.pk, "code": [good.code, changed.code], f"revision-{good.code}": 1, f"revision-{changed.code}": 1}

    answer = client.post(reverse("dossiers:hand_over_many"), form)

    assert (answer.status_code, list(answer.context["refused"])) == (409, [changed.code])
    assert (again(good).holder, again(changed).holder) == (specialist, clerk)


def test_a_foreign_code_among_the_ticks_stops_everything(client, clerk, specialist):
    dossier = make_dossier()

    answer = client.post(reverse("dossiers:hand_over_many"), {"to": specialist.pk, "code": [dossier.code, "H61.27-261120-0001"]})

    assert (answer.status_code, again(dossier).holder) == (404, clerk)


def test_nothing_ticked_is_said(client, clerk, specialist):
    make_dossier()

    answer = client.post(reverse("dossiers:hand_over_many"), {"to": specialist.pk})

    assert (answer.status_code, answer.context["problem"]) == (422, "Đánh dấu ít nhất một hồ sơ")


def test_all_can_be_ticked_without_a_script_and_nothing_is_passed_on_yet(client, clerk, specialist):
    make_dossier()

    answer = client.post(reverse("dossiers:hand_over_many"), {"all": "1", "to": specialist.pk, "note": "chiều nay"})

    page = answer.content.decode()
    assert (answer.status_code, page.count(" checked"), f'value="{specialist.pk}" selected' in page) == (200, 1, True)
    assert (Dossier.objects.get().holder, 'value="chiều nay"' in page) == (clerk, True)


# -- before the leader -----------------------------------------------------------------------
def test_a_result_on_paper_is_submitted_without_a_file(client, clerk):
    dossier = make_dossier()

    client.post(address("submit", dossier), {"granted": "0", "summary": "Không đủ điều kiện", "revision": 1})

    result = again(dossier).results.get()
    assert (again(dossier).status, result.granted, result.summary, result.sha256) == (
        Status.AWAITING_SIGNATURE,
        False,
        "Không đủ điều kiện",
        "",
    )


def test_a_draft_is_kept_byte_for_byte_under_its_own_name(client, clerk):
    dossier = make_dossier()

    client.post(address("submit", dossier), {"granted": "1", "file": sent("Trích lục Đặng.PDF", PDF), "revision": 1})

    result = again(dossier).results.get()
    assert (files.read(result.sha256), result.file_name) == (PDF, "Trích lục Đặng.pdf")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a" + PDF, "Tệp PDF có dữ liệu lạ ở đầu tệp, có thể gây hại. Quét hoặc xuất PDF lại rồi chọn tệp mới"),
        (b"<html>PDF-1.7 %%EOF", "Tệp này là trang web (HTML, XML). Chỉ nhận tệp PDF"),
        (PDF[:-10], "Tệp PDF bị hỏng hoặc chưa tải lên hết. Chọn lại tệp; nếu vẫn vậy, quét hoặc xuất PDF lại"),
        (b"", "Tệp rỗng. Chọn lại tệp"),
        (make.script(), "Tệp PDF có mã chạy tự động (JavaScript), có thể gây hại. Quét hoặc in thành PDF lại rồi chọn tệp mới"),
    ],
)
def test_what_is_no_whole_pdf_is_refused_at_its_box_and_nothing_else_is_lost(client, clerk, content, sentence):
    dossier = make_dossier()

    answer = client.post(
        address("submit", dossier), {"granted": "1", "summary": "Trích lục", "file": sent("a.pdf", content), "revision": 1}
    )

    assert (answer.status_code, answer.context["form"].errors.get("file")) == (422, [sentence])
    assert 'value="Trích lục"' in answer.content.decode()
    assert again(dossier).status == Status.RECEIVED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("..\\..\\Quyết định.pdf", "Quyết định.pdf"),
        ("bản thảo.docx.pdf", "bản thảo.docx.pdf"),
        (".pdf", "du-thao.pdf"),
    ],
)
def test_a_file_name_is_made_readable(client, clerk, typed, kept):
    dossier = make_dossier()

    client.post(address("submit", dossier), {"granted": "1", "file": sent(typed, PDF), "revision": 1})

    assert again(dossier).results.get().file_name == kept


def test_a_draft_beyond_the_limit_is_refused_without_being_kept(client, clerk, settings):
    settings.SCAN_MB, settings.DRAFT_MB = 1, 1
    dossier = make_dossier()

    answer = client.post(address("submit", dossier), {"granted": "1", "file": sent("a.pdf", PDF + bytes(3_000_000)), "revision": 1})

    error = "Tệp lớn hơn 1 MB. Quét lại với độ nét thấp hơn (200–300 dpi) hoặc tách thành nhiều tệp"
    assert answer.context["form"].errors["file"] == [error]
    # Of what came beyond the limit one piece was kept, so that the form could see it.
    assert answer.context["form"].files["file"].size <= 1_000_000 + 64 * 1024


def test_a_draft_is_a_download_that_can_run_nothing(client, clerk):
    dossier = make_dossier()
    client.post(address("submit", dossier), {"granted": "1", "file": sent("Trích lục.pdf", PDF), "revision": 1})

    answer = client.get(reverse("dossiers:draft_file", args=[dossier.code, 1]))

    assert answer.content == PDF
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Tr%C3%ADch%20l%E1%BB%A5c.pdf"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'; sandbox"
    assert AccessEntry.objects.latest("id").kind == AccessKind.DOWNLOAD


def test_of_a_result_without_a_file_there_is_nothing_to_download(client, clerk):
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)

    assert client.get(reverse("dossiers:draft_file", args=[dossier.code, 1])).status_code == 404


# -- the list of work ------------------------------------------------------------------------
def codes_on(response) -> list[str]:
    return [row[1] for row in response.context["rows"]]


def test_a_specialist_sees_his_own_work_sorted_by_due_time(client, clerk, specialist):
    now = timezone.now()
    later, sooner, other = (make_dossier(at=now - timedelta(days=days)) for days in (1, 30, 2))
    for dossier in (later, sooner):
        lifecycle.hand_over(dossier, to=specialist, by=clerk, at=now)
    client.force_login(specialist)

    assert codes_on(client.get(reverse("dossiers:work"))) == [sooner.code, later.code]
    client.force_login(make_user(Role.MANAGER))
    assert sorted(codes_on(client.get(reverse("dossiers:work")))) == sorted([sooner.code, other.code, later.code])


def test_the_tabs_hold_what_waits_for_a_signature_and_what_is_done(client, clerk):
    now = timezone.now()
    waiting, done = make_dossier(at=now, status=Status.AWAITING_SIGNATURE), make_dossier(at=now)
    bring_to(done, Status.RETURNED, by=clerk, at=now)
    work = reverse("dossiers:work")

    for dossier, tab in ((waiting, "da-trinh"), (done, "da-xong")):
        client.force_login(dossier.results.get().drafted_by)
        assert codes_on(client.get(work, {"muc": tab})) == [dossier.code]
        assert codes_on(client.get(work)) == []
    assert client.get(work, {"muc": "khác"}).context["tab"] == "can-lam"


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER, Role.PROVINCE, Role.AUDITOR])
def test_the_list_of_work_is_for_specialists_and_managers(client, role):
    client.force_login(make_user(role))

    assert client.get(reverse("dossiers:work")).status_code == 403


def test_the_cost_of_the_list_does_not_depend_on_its_rows(client, clerk, specialist, django_assert_max_num_queries):
    now, work = timezone.now(), reverse("dossiers:work")
    client.force_login(specialist)
    lifecycle.hand_over(make_dossier(), to=specialist, by=clerk, at=now)
    client.get(work)
    with django_assert_max_num_queries(9) as one:
        client.get(work)
    for _ in range(2):
        lifecycle.hand_over(make_dossier(), to=specialist, by=clerk, at=now)
    with django_assert_max_num_queries(9) as three:
        client.get(work)

    assert len(three) == len(one)
