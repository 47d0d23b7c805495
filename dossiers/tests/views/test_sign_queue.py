"""The queue of signatures: order, what each row shows, passing on, quick procedures, and what it costs."""

from copy import copy
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.lifecycle import Came, Sent
from dossiers.models import Dossier, DossierFee, PaidBy, Pause, PauseKind, QuickSign, ScannedPaper, SignaturePass
from dossiers.signing_queue import beyond_duty, queue_of, waiting_for
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import local, make_clerk, make_dossier
from dossiers.tests.signing import delegate_of, submitted
from onestop.history.models import AccessEntry, AccessKind
from onestop.roster.today import DutyToday
from onestop.staff.duty import Half, Plan, Post, set_session
from onestop.staff.roles import Role
from onestop.staff.signing import rights_of
from onestop.testing import make_agency, make_user
from onestop.worktime.store import calendar_in_force

pytestmark = pytest.mark.django_db
QUEUE = reverse("dossiers:sign_queue")
QUICK = reverse("dossiers:quick_sign")
PASSWORD = "mật khẩu của lãnh đạo 26"


def codes(answer) -> list[str]:
    return [row["code"] for row in answer.context["waiting"]]


def open_draft(client, dossier: Dossier) -> None:
    client.get(reverse("dossiers:draft_file", args=[dossier.code, 1]), {"xem": "1"})


def pass_on(client, dossier: Dossier, to, **fields):
    return client.post(
        reverse("dossiers:sign", args=[dossier.code]), {"act": "pass", "to": to.pk, "note": "Đi họp", "revision": dossier.revision} | fields
    )


# -- rows ------------------------------------------------------------------------------------
def test_the_longest_waiting_comes_first_and_each_says_how_long(client, leader):
    long, short = submitted(minutes=75), submitted(minutes=7)

    answer = client.get(QUEUE)

    assert [(row["code"], row["minutes"]) for row in answer.context["waiting"]] == [(long.code, "1 giờ 15 phút"), (short.code, "7 phút")]
    assert "2 hồ sơ chờ ký, lâu nhất 1 giờ 15 phút" in answer.content.decode()


def test_a_row_opens_with_draft_papers_and_checks(client, leader):
    dossier = submitted()

    (row,) = client.get(QUEUE).context["waiting"]
    page = client.get(QUEUE).content.decode()

    assert row["papers"] == (("Giấy tờ 1", "Nộp"), ("Giấy tờ 2", "Nộp"))
    assert [check.key for check in row["checks"]] == ["papers", "scans", "fee", "time", "drafter", "receiver", "pause", "draft"]
    assert f'src="{reverse("dossiers:draft_file", args=[dossier.code, 1])}?xem=1"' in page


def test_a_row_shows_what_other_agencies_answered(client, leader):
    clerk, at = make_clerk(), timezone.now() - timedelta(hours=2)
    sent = Sent("consult", "Xác minh nơi ở", 1, "working_day", other_name="Công an xã Phú Tân An")
    question = lifecycle.consult(make_dossier(by=clerk, at=at), sent, by=clerk, at=at)
    lifecycle.record_answer(question, Came(at, "Người này ở ấp Trà Kha từ 2019", agrees=True), by=clerk, at=at)
    lifecycle.submit_for_sign_off(Dossier.objects.get(), by=clerk, at=at)

    (row,) = client.get(QUEUE).context["waiting"]

    assert row["opinions"] == (("Công an xã Phú Tân An", "đồng ý. Người này ở ấp Trà Kha từ 2019"),)


def test_each_row_is_checked_by_what_is_known_of_its_own_dossier(leader):
    plain, troubled, spared = submitted(minutes=9), submitted(minutes=8), submitted(minutes=7)
    at, scanned = timezone.now(), troubled.papers.first()
    by = {"agency": leader.agency, "dossier": troubled}
    lifecycle.require_scans(leader.agency, True, by=leader, at=at)
    lifecycle.waive_scans(spared, reason="Máy quét hỏng", by=leader, at=at)
    ScannedPaper.objects.create(
        **by, paper=scanned, sha256="a" * 64, kind="png", pages=1, byte_count=4, name="quet.png", scanned_by=leader, scanned_at=at
    )
    DossierFee.objects.bulk_create(
        DossierFee(**by, name="Lệ phí", amount=amount, paid_by=paid_by)
        for amount, paid_by in ((8_000, PaidBy.LATER), (7_000, PaidBy.LATER), (None, PaidBy.LATER), (90_000, PaidBy.CASH))
    )
    Pause.objects.create(**by, seq=1, kind=PauseKind.SUSPENSION, started_at=at, started_by=leader, back_to=Status.PROCESSING)

    rows = queue_of(waiting_for(leader), rights_of(leader, timezone.localdate(at)), now=at, calendar=calendar_in_force(1))

    told = {row.dossier: [check.words for check in row.checks if check.key in {"scans", "fee", "pause"}] for row in rows}
    nothing_owed, runs = "Phí, lệ phí đã thu hoặc không thu", "Hồ sơ không tạm dừng"
    assert told == {
        plain: ["Chưa quét: Giấy tờ 1; Giấy tờ 2", nothing_owed, runs],
        troubled: ["Chưa quét: Giấy tờ 2", "Phí, lệ phí thu khi trả: 15.000 đồng", "Hồ sơ đang tạm dừng: tạm đình chỉ giải quyết"],
        spared: ["Được phép không quét", nothing_owed, runs],
    }


def test_a_voided_scan_and_another_communes_wish_do_not_count(leader):
    dossier, at, elsewhere = submitted(), timezone.now(), make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An"))
    lifecycle.require_scans(elsewhere.agency, True, by=elsewhere, at=at)
    ScannedPaper.objects.create(
        agency=leader.agency, dossier=dossier, paper=dossier.papers.first(), sha256="a" * 64, kind="png", pages=1, byte_count=4,
        name="quet.png", scanned_by=leader, scanned_at=at, voided_at=at, voided_by=leader,
    )  # fmt: skip

    (row,) = queue_of(waiting_for(leader), rights_of(leader, timezone.localdate(at)), now=at, calendar=calendar_in_force(1))

    (scans,) = (check for check in row.checks if check.key == "scans")
    assert (scans.words, scans.colour) == ("Không bắt buộc quét; chưa quét: Giấy tờ 1; Giấy tờ 2", "green")


def test_what_waits_elsewhere_is_not_seen(client):
    submitted()
    client.force_login(make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An")))

    assert codes(client.get(QUEUE)) == []


# -- signing, sending back, passing on -------------------------------------------------------
def test_in_a_session_a_row_is_signed_in_place_and_leads_back_to_the_queue(client):
    leader = make_user(Role.LEADER, password=PASSWORD)
    client.force_login(leader)
    client.post(reverse("dossiers:signing_session"), {"act": "open", "password": PASSWORD})
    dossier = submitted()
    open_draft(client, dossier)
    (row,) = client.get(QUEUE).context["waiting"]

    answer = client.post(
        reverse("dossiers:sign", args=[row["code"]]) + "?hang=1", {"act": "system", "revision": row["revision"], "sha256": row["sha256"]}
    )

    assert (answer.status_code, answer.url, Dossier.objects.get().signed_at is not None) == (303, QUEUE, True)


def test_passed_on_it_is_the_other_persons_and_waits_on_from_the_same_minute(client, leader):
    head, dossier = make_user(Role.HEAD), submitted(minutes=75)

    answer = pass_on(client, dossier, head)

    passed, now = SignaturePass.objects.get(), Dossier.objects.get()
    assert (answer.status_code, passed.giver, passed.receiver, passed.note) == (303, leader, head, "Đi họp")
    assert (now.status, now.holder, now.held_since) == (Status.AWAITING_SIGNATURE, head, dossier.held_since)


def test_mine_is_what_nobody_passed_on_and_what_was_passed_to_me(client, leader):
    head, free, passed = make_user(Role.HEAD), submitted(minutes=9), submitted(minutes=8)
    pass_on(client, passed, head)

    all_of_it, mine = codes(client.get(QUEUE)), codes(client.get(QUEUE, {"xem": "cua-toi"}))
    client.force_login(head)

    assert (all_of_it, mine, codes(client.get(QUEUE, {"xem": "cua-toi"}))) == (
        [free.code, passed.code],
        [free.code],
        [free.code, passed.code],
    )


@pytest.mark.parametrize("roles", [(Role.CLERK,), (Role.SPECIALIST,), (Role.ARCHIVIST,)])
def test_it_is_passed_only_to_somebody_who_may_sign_it_today(client, leader, roles):
    dossier = submitted()

    answer = pass_on(client, dossier, make_user(*roles))

    assert (answer.status_code, SignaturePass.objects.count()) == (422, 0)
    assert "Người này hôm nay không có thẩm quyền ký hồ sơ này" in answer.content.decode()


def test_a_delegate_can_be_passed_the_fields_of_his_decision(client, leader):
    official, dossier = delegate_of(make_user(Role.HEAD), kinds=("result.ho-tich",)), submitted()

    pass_on(client, dossier, official)
    client.force_login(official)
    (row,) = client.get(QUEUE).context["waiting"]

    assert (row["passed_to"], row["may_sign"]) == ("ông/bà", True)


def test_the_act_itself_passes_to_nobody_without_the_right():
    dossier, leader = submitted(), make_user(Role.LEADER)
    with pytest.raises(NotAllowed, match="Không có thẩm quyền ký"):
        lifecycle.pass_for_signature(dossier, to=make_user(Role.SPECIALIST), by=leader, at=timezone.now())
    with pytest.raises(NotAllowed, match="Chọn người khác"):
        lifecycle.pass_for_signature(dossier, to=leader, by=leader, at=timezone.now())


def test_a_delegate_finds_the_queue_from_his_own_work(client):
    official, other = delegate_of(make_user(Role.HEAD)), make_user(Role.SPECIALIST)
    client.force_login(official)
    his = client.get(reverse("dossiers:work")).content.decode()
    client.force_login(other)

    assert ("Bạn được ủy quyền ký" in his, "Bạn được ủy quyền ký" in client.get(reverse("dossiers:work")).content.decode()) == (True, False)


# -- ticking ---------------------------------------------------------------------------------
def test_a_draft_is_ticked_only_once_it_was_opened(client, leader):
    dossier = submitted()

    before = client.get(QUEUE).context["waiting"][0]
    open_draft(client, dossier)
    after = client.get(QUEUE).context["waiting"][0]

    assert ((before["may_tick"], before["why_not"]), after["may_tick"]) == ((False, "Chưa mở dự thảo"), True)


def test_a_quick_procedure_is_ticked_unopened(client, leader):
    dossier = submitted()
    lifecycle.set_quick_sign(dossier.agency, dossier.procedure, True, by=leader, at=timezone.now())

    assert client.get(QUEUE).context["waiting"][0]["may_tick"] is True


@pytest.mark.parametrize("sent", ["9" * 20, "x", "²"])
def test_an_id_that_is_none_is_answered_at_the_list(client, sent):
    client.force_login(make_user(Role.MANAGER))
    response = client.post(QUICK, {"procedures": [sent]})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["procedures"])


def test_the_manager_says_which_procedures_are_quick(client):
    client.force_login(make_user(Role.MANAGER))
    procedure = submitted().procedure

    chosen = client.post(QUICK, {"procedures": [procedure.pk]})
    left = client.post(QUICK, {})

    assert (chosen.status_code, left.status_code) == (303, 303)
    assert (QuickSign.objects.get().procedure, QuickSign.objects.get().allowed) == (procedure, False)


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.ADMIN])
def test_nobody_else_says_so(client, role):
    client.force_login(make_user(role))

    assert client.post(QUICK, {}).status_code == 403


# -- who is on duty --------------------------------------------------------------------------
def test_it_is_said_when_the_signer_on_duty_may_not_sign_todays_papers():
    now = timezone.localtime().replace(hour=9)
    official = delegate_of(make_user(Role.HEAD), kinds=("result.dat-dai",))
    rows = queue_of(waiting_for(submitted().received_by), rights_of(official, now.date()), now=now, calendar=calendar_in_force(1))
    duty = DutyToday(Half.MORNING, is_running=True, leader=official, present_since=None, warning="", own=None)

    assert beyond_duty(duty, rows, now) == "Người đang trực không được ký kết quả lĩnh vực: Hộ tịch."
    assert beyond_duty(replace(duty, leader=make_user(Role.LEADER)), rows, now) == ""


# -- what it costs ---------------------------------------------------------------------------
def queries_of(client) -> int:
    with CaptureQueriesContext(connection) as found:
        client.get(QUEUE)
    return len(found)


@pytest.fixture
def on_duty(monkeypatch):
    """A Wednesday at nine with a leader on duty, whose rights are asked for too."""
    now = local("2026-11-25 09:00")
    monkeypatch.setattr(timezone, "now", lambda: now)
    manager, leader = make_user(Role.MANAGER), make_user(Role.LEADER)
    plans = [Plan(Post.LEADER, assigned=leader)]
    set_session(manager.agency, now.date(), Half.MORNING, plans, by=manager, at=now)


def test_nine_rows_cost_as_many_queries_as_three(on_duty, client, leader):
    for minutes in (9, 8, 7):
        submitted(minutes=minutes)
    client.get(QUEUE)
    three = queries_of(client)
    for minutes in range(6):
        submitted(minutes=minutes)

    assert queries_of(client) == three <= 13


def test_two_hundred_waiting_are_counted_and_shown_in_pages(client, leader):
    dossier = submitted()
    result = dossier.results.get()
    dossiers = Dossier.objects.bulk_create(_copies(dossier, 199))
    type(result).objects.bulk_create(_results(result, dossiers))
    queries_of(client)

    first, second = client.get(QUEUE), client.get(QUEUE, {"trang": "2"})

    assert "200 hồ sơ chờ ký" in first.content.decode()
    assert (len(codes(first)), len(codes(second)), queries_of(client) <= 13) == (50, 50, True)
    assert set(codes(first)).isdisjoint(codes(second))


def _copies(dossier: Dossier, number: int) -> list[Dossier]:
    made = []
    for extra in range(number):
        copy_ = Dossier.objects.get(pk=dossier.pk) if extra == 0 else copy(made[0])
        copy_.pk, copy_.code, copy_.token_digest = None, f"H61.26-261101-{extra:04d}", f"{extra:064d}"
        copy_.submission_key, copy_._state.adding = uuid4(), True
        made.append(copy_)
    return made


def _results(result, dossiers: list[Dossier]) -> list:
    made = []
    for dossier in dossiers:
        other = copy(result)
        other.pk, other.dossier = None, dossier
        made.append(other)
    return made


def test_looking_at_the_queue_is_on_record(client, leader):
    submitted()
    client.get(QUEUE)

    entry = AccessEntry.objects.filter(actor_id=leader.pk, kind=AccessKind.LIST).last()
    assert entry.detail == "Ký duyệt: 1 chờ ký, 0 chờ phát hành"
