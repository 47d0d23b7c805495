"""Lists of hand-overs, the receiver's word, reassignment, the tabs of work: pages, mistakes, conflicts, costs."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier, HandOverList
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import make_clerk, make_dossier
from onestop.staff import absence
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
MANY, LISTS, WORK, PEOPLE = (reverse(f"dossiers:{name}") for name in ("hand_over_many", "hand_over_lists", "work", "reassign_people"))


@pytest.fixture
def specialist():
    return make_user(Role.SPECIALIST)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


def listed(specialist, count: int = 3) -> tuple[HandOverList, list[Dossier]]:
    now = timezone.now()
    dossiers = [make_dossier(at=now - timedelta(hours=2)) for _ in range(count)]
    passed = lifecycle.hand_over_list(dossiers, to=specialist, by=make_clerk(), at=now - timedelta(hours=1))
    return passed.lists[0], list(passed.done)


def keys(listing: HandOverList) -> list[int]:
    return list(listing.lines.order_by("pk").values_list("pk", flat=True))


def away(person, substitute=None, days: int = 3):
    now = timezone.now()
    today = timezone.localdate(now)
    last = today + timedelta(days=days)
    return absence.enter(person, first_day=today, last_day=last, substitute=substitute, reason="Nghỉ ốm", by=person, at=now)


# -- handing over a list -----------------------------------------------------------------------
def test_handing_over_leads_to_the_list_to_be_printed(client, specialist):
    two = [make_dossier() for _ in range(2)]
    client.force_login(make_clerk())

    answer = client.post(MANY, {"to": specialist.pk, "code": [each.code for each in two]})

    listing = HandOverList.objects.get()
    assert (answer.status_code, answer.url) == (303, listing.get_absolute_url())
    page = client.get(answer.url).content.decode()
    assert ("Danh sách bàn giao số 1/2026" in page, "In danh sách (2 liên)" in page, "Đã nhận 0/2" in page) == (True, True, True)


def test_only_what_lies_with_oneself_is_offered(client, specialist, manager):
    make_dossier()
    client.force_login(manager)

    assert client.get(MANY).context["ticks"] == []


def test_a_receiver_who_is_away_is_named_so(client, specialist):
    other = make_user(Role.SPECIALIST, full_name="Kim Sa Rây")
    row = away(specialist, other)
    make_dossier()
    client.force_login(make_clerk())

    assert f"nghỉ đến {row.last_day:%d/%m/%Y} – người thay: Kim Sa Rây" in client.get(MANY).content.decode()


def test_the_cost_of_the_pages_does_not_depend_on_their_rows(client, specialist):
    listing, _ = listed(specialist, 1)
    client.force_login(make_clerk())
    costs = []
    for _ in range(2):
        make_dossier()
        more, _ = listed(specialist, 2)
        row = []
        for address in (MANY, LISTS, listing.get_absolute_url(), more.get_absolute_url()):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            row.append(len(queries))
        costs.append(row)

    assert costs[0] == costs[1]
    assert costs[0][2] == costs[0][3]


# -- the receiver's page -----------------------------------------------------------------------
def test_the_receiver_takes_two_and_misses_one(client, specialist):
    listing, dossiers = listed(specialist)
    one, two, three = keys(listing)
    client.force_login(specialist)

    answer = client.post(listing.get_absolute_url(), {"taken": [one, two], "missing": [three], f"note-{three}": "Không thấy bìa"})

    page = client.get(answer.url).content.decode()
    assert (answer.status_code, "Đã nhận 2/3, thiếu 1" in page, "Không thấy bìa" in page) == (303, True, True)
    client.force_login(make_clerk())
    lists = client.get(LISTS)
    assert ([row.said for row in lists.context["given"]], [row[1] for row in lists.context["missed"]]) == (
        ["Đã nhận 2/3, thiếu 1"],
        [dossiers[2].code],
    )
    assert "1 hồ sơ bạn giao bị báo không có trong xấp" in client.get(reverse("dossiers:desk")).content.decode()


def test_what_is_not_ticked_waits(client, specialist):
    listing, _ = listed(specialist)
    client.force_login(specialist)

    client.post(listing.get_absolute_url(), {"taken": keys(listing)[:1]})

    shown = client.get(LISTS).context["received"]
    assert [(row.said, row.is_open) for row in shown] == [("Đã nhận 1/3", True)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Đánh dấu ít nhất một hồ sơ"),
        ({"taken": ["x", "-1", "9" * 30]}, "Đánh dấu ít nhất một hồ sơ"),
        ({"both": True}, "Một hồ sơ chỉ chọn một: đã nhận, hoặc không có trong xấp"),
        ({"own": True, "taken_time": "25:00"}, "Nhập giờ dạng giờ:phút, ví dụ 08:30"),
        ({"own": True, "taken_on": "22/11/2026"}, "Nhập cả giờ nhận, ví dụ 08:30"),
        ({"own": True, "taken_on": "01/01/2020", "taken_time": "8:00"}, "Giờ nhận phải sau giờ giao và không ở tương lai."),
    ],
)
def test_mistakes_are_said_and_change_nothing(client, specialist, data, sentence):
    listing, _ = listed(specialist, 1)
    own = {"taken": keys(listing)} if data.pop("own", False) else {}
    both = {"taken": keys(listing), "missing": keys(listing)} if data.pop("both", False) else {}
    client.force_login(specialist)

    answer = client.post(listing.get_absolute_url(), data | own | both)

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert listing.lines.get().is_open


def test_the_same_form_sent_twice_says_what_was_said_before(client, specialist):
    listing, dossiers = listed(specialist, 2)
    client.force_login(specialist)
    form = {"taken": keys(listing)}
    client.post(listing.get_absolute_url(), form)

    answer = client.post(listing.get_absolute_url(), form)

    assert (answer.status_code, sorted(answer.context["refused"])) == (409, [each.code for each in dossiers])
    assert all(sentence.startswith("Đã nhận lúc") for sentence in answer.context["refused"].values())


def test_a_stale_page_takes_what_still_waits_and_says_the_rest(client, specialist):
    listing, dossiers = listed(specialist, 2)
    one, two = keys(listing)
    client.force_login(specialist)
    client.post(listing.get_absolute_url(), {"missing": [one]})

    answer = client.post(listing.get_absolute_url(), {"taken": [one, two]})

    assert (answer.status_code, list(answer.context["refused"])) == (409, [dossiers[0].code])
    assert answer.context["sheet"].progress == "Đã nhận 1/2, thiếu 1"


def test_all_can_be_ticked_without_a_script_and_nothing_is_confirmed_yet(client, specialist):
    listing, _ = listed(specialist, 2)
    client.force_login(specialist)

    answer = client.post(listing.get_absolute_url(), {"all": "1"})

    assert (answer.status_code, answer.content.decode().count(" checked"), listing.lines.filter(taken_at=None).count()) == (200, 2, 2)


def test_a_time_keyed_later_is_marked_on_the_control_slip(client, specialist):
    listing, (dossier,) = listed(specialist, 1)
    client.force_login(specialist)
    then = timezone.localtime(timezone.now() - timedelta(minutes=40))

    client.post(listing.get_absolute_url(), {"taken": keys(listing), "taken_time": f"{then:%H:%M}", "taken_on": f"{then:%d/%m/%Y}"})

    slip = client.get(reverse("dossiers:control_slip", args=[dossier.code])).content.decode()
    assert f"{then:%H:%M ngày %d/%m/%Y} (ghi muộn lúc " in slip


def test_a_manager_is_told_in_whose_place_he_confirms(client, specialist, manager):
    listing, (dossier,) = listed(specialist, 1)
    client.force_login(manager)
    assert f"Bạn xác nhận thay {specialist.full_name}" in client.get(listing.get_absolute_url()).content.decode()

    client.post(listing.get_absolute_url(), {"taken": keys(listing)})

    assert f"{manager.full_name} xác nhận thay" in client.get(reverse("dossiers:control_slip", args=[dossier.code])).content.decode()


def test_the_giver_reads_his_list_and_cannot_confirm_it(client, specialist):
    listing, _ = listed(specialist, 1)
    client.force_login(make_clerk())

    assert "Đã nhận tất cả" not in client.get(listing.get_absolute_url()).content.decode()
    assert client.post(listing.get_absolute_url(), {"taken": keys(listing)}).status_code == 422
    assert listing.lines.get().is_open


@pytest.mark.parametrize("name", ["hand_over_list", "hand_over_list_pdf"])
def test_the_list_of_others_looks_like_none(client, specialist, name):
    listing, _ = listed(specialist, 1)
    foreign = make_agency("H61.27", "Phú Tân An")
    for person in (make_user(Role.SPECIALIST), make_user(Role.MANAGER, agency=foreign)):
        client.force_login(person)
        assert [client.get(reverse(f"dossiers:{name}", args=[pk])).status_code for pk in (listing.pk, 99999)] == [404, 404]


def test_the_paper_has_two_copies_with_every_line(client, specialist):
    listing, _ = listed(specialist, 2)
    client.force_login(make_clerk())

    answer = client.get(reverse("dossiers:hand_over_list_pdf", args=[listing.pk]))

    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(answer.content)) as paper:
        assert len(paper.pages) == 2


def test_nobody_has_given_or_received_anything_yet(client, manager):
    client.force_login(make_clerk())
    page = client.get(LISTS).content.decode()
    assert ("Chưa ai giao hồ sơ cho bạn." in page, "Bạn chưa giao danh sách nào." in page) == (True, True)
    client.force_login(manager)
    assert "Chưa có danh sách bàn giao nào." in client.get(LISTS, {"xem": "tat-ca"}).content.decode()


def test_what_came_without_a_list_can_be_missed_too(client, specialist):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=timezone.now())
    client.force_login(specialist)
    form = {"missing": "on", "note": "Chỉ có bìa", "revision": dossier.revision}

    answers = [client.post(reverse("dossiers:take_over", args=[dossier.code]), form).status_code for _ in range(2)]

    step = Dossier.objects.get().hand_overs.get()
    assert (answers, step.missing_note, Dossier.objects.get().holder) == ([303, 409], "Chỉ có bìa", make_clerk())
    client.force_login(make_clerk())
    assert [row[1] for row in client.get(LISTS).context["missed"]] == [dossier.code]


# -- who has the papers ------------------------------------------------------------------------
def test_the_page_says_where_the_papers_still_are(client, specialist):
    _, (dossier,) = listed(specialist, 1)
    client.force_login(specialist)
    where = f"Giấy tờ còn ở {make_clerk().full_name}, chờ {specialist.full_name} xác nhận"
    assert where in client.get(dossier.get_absolute_url()).content.decode()
    assert f"giấy tờ còn ở {make_clerk().full_name}" in client.get(WORK).content.decode()

    lifecycle.take_over(dossier, by=specialist, at=timezone.now())

    assert "còn ở" not in client.get(dossier.get_absolute_url()).content.decode() + client.get(WORK).content.decode()


# -- the tabs of work --------------------------------------------------------------------------
def test_each_tab_holds_its_own_and_says_how_many(client, specialist):
    now = timezone.now()
    waiting, submitted, mine = (
        lifecycle.take_over(lifecycle.hand_over(make_dossier(at=now), to=specialist, by=make_clerk(), at=now), by=specialist, at=now)
        for _ in range(3)
    )
    lifecycle.request_payment(
        waiting, amount=8000, reason="Lệ phí", answer_by=timezone.localdate(now) + timedelta(days=5), by=specialist, at=now
    )
    lifecycle.submit_for_sign_off(submitted, by=specialist, at=now)
    client.force_login(specialist)

    tabs = {slug: count for slug, _, count, _ in client.get(WORK).context["tabs"]}
    shown = {slug: [row[1] for row in client.get(WORK, {"muc": slug}).context["rows"]] for slug in tabs}

    assert tabs == {"can-lam": 1, "cho-dan": 1, "co-quan-khac": 0, "da-trinh": 1, "da-xong": None}
    assert shown == {
        "can-lam": [mine.code],
        "cho-dan": [waiting.code],
        "co-quan-khac": [],
        "da-trinh": [submitted.code],
        "da-xong": [],
    }


def test_what_is_done_most_is_one_click_away_and_giving_back_knows_to_whom(client, specialist):
    now = timezone.now()
    dossier = lifecycle.hand_over(make_dossier(at=now), to=specialist, by=make_clerk(), at=now)
    client.force_login(specialist)

    (row,) = client.get(WORK).context["rows"]

    steps = {words: address for address, words in row[-1]}
    assert list(steps) == ["Trình ký", "Yêu cầu bổ sung", "Hỏi cơ quan khác", "Trả lại"]
    assert f'value="{make_clerk().pk}" selected' in client.get(steps["Trả lại"]).content.decode()
    assert client.get(steps["Trình ký"]).context["dossier"] == dossier


# -- reassignment and absence ------------------------------------------------------------------
def test_one_dossier_is_reassigned_and_the_slip_says_so(client, specialist, manager):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=timezone.now())
    dossier = lifecycle.take_over(dossier, by=specialist, at=timezone.now())
    other = make_user(Role.SPECIALIST, full_name="Kim Sa Rây")
    client.force_login(manager)

    answer = client.post(
        reverse("dossiers:reassign", args=[dossier.code]), {"to": other.pk, "reason": "Nghỉ ốm", "revision": dossier.revision}
    )

    assert (answer.status_code, Dossier.objects.get().holder) == (303, other)
    slip = client.get(reverse("dossiers:control_slip", args=[dossier.code])).content.decode()
    assert f"Phân công lại: Nghỉ ốm; {manager.full_name} phân công" in slip


def test_reassigning_needs_a_reason_and_a_receiver(client, specialist, manager):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=timezone.now())
    client.force_login(manager)

    answer = client.post(reverse("dossiers:reassign", args=[dossier.code]), {"revision": dossier.revision})

    page = answer.content.decode()
    assert (answer.status_code, "Ghi lý do phân công lại" in page, "Chọn người nhận" in page) == (422, True, True)


@pytest.mark.parametrize("status", [Status.AWAITING_SIGNATURE, Status.RESULT_READY])
def test_what_is_before_the_leader_or_done_is_not_reassigned(client, manager, status):
    client.force_login(manager)

    assert client.get(reverse("dossiers:reassign", args=[make_dossier(status=status).code])).status_code == 409


def test_all_of_an_absent_person_is_ticked_for_his_substitute(client, specialist, manager):
    other = make_user(Role.SPECIALIST, full_name="Kim Sa Rây")
    _, dossiers = listed(specialist, 2)
    away(specialist, other)
    client.force_login(manager)
    (row,) = [row for row in client.get(PEOPLE).context["rows"] if row[1] == specialist]
    assert (row[2], "người thay: Kim Sa Rây" in row[3]) == (2, True)

    page = client.get(row[0])
    text = page.content.decode()
    assert ([tick.chosen for tick in page.context["ticks"]], f'value="{other.pk}" selected' in text) == ([True, True], True)

    codes = {"code": [each.code for each in dossiers], **{f"revision-{each.code}": each.revision for each in dossiers}}
    answer = client.post(row[0], {"to": other.pk, "reason": "Nghỉ ốm", **codes})
    assert (answer.status_code, set(Dossier.objects.values_list("holder", flat=True))) == (303, {other.pk})


def test_what_somebody_else_holds_is_not_reassigned_from_this_page(client, specialist, manager):
    other = make_dossier()
    client.force_login(manager)

    answer = client.post(reverse("dossiers:reassign_person", args=[specialist.pk]), {"to": manager.pk, "reason": "x", "code": [other.code]})

    assert (answer.status_code, answer.context["refused"]) == (409, {other.code: f"Hồ sơ không còn do {specialist.full_name} giữ."})


def test_people_and_dossiers_of_another_commune_are_not_there(client, specialist, manager):
    stranger = make_user(Role.SPECIALIST, agency=make_agency("H61.27", "Phú Tân An"))
    foreign = make_dossier(by=make_clerk(make_agency("H61.27", "Phú Tân An")))
    client.force_login(manager)

    assert client.get(reverse("dossiers:reassign_person", args=[stranger.pk])).status_code == 404
    for code in (foreign.code, f"{foreign.code}\x00"):
        answer = client.post(reverse("dossiers:reassign_person", args=[specialist.pk]), {"to": manager.pk, "reason": "x", "code": [code]})
        assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.ARCHIVIST, Role.AUDITOR])
def test_only_a_manager_or_the_head_reassigns(client, specialist, role):
    client.force_login(make_user(role))

    pages = (PEOPLE, reverse("dossiers:reassign_person", args=[specialist.pk]), reverse("dossiers:reassign", args=[make_dossier().code]))
    assert [client.get(address).status_code for address in pages] == [403] * 3


def test_the_substitute_reads_on_his_page_whom_he_stands_in_for(client, specialist):
    other = make_user(Role.SPECIALIST)
    away(specialist, other)
    client.force_login(other)

    assert f"{specialist.full_name} nghỉ đến" in client.get(WORK).content.decode()


def test_standing_in_gives_no_right_to_act(specialist):
    other = make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=timezone.now())
    away(specialist, other)

    with pytest.raises(NotAllowed, match="người khác giữ"):
        lifecycle.submit_for_sign_off(dossier, by=other, at=timezone.now())
