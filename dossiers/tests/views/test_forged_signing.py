"""Sign-offs that somebody tries to get by other ways than by right: each is refused with its reason, and leaves an entry."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier, SignOff
from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier, make_version
from onestop.history.models import AccessEntry, AccessKind
from onestop.staff.models import Delegation, User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
PASSWORD = "mật khẩu của lãnh đạo 26"
PDF = b"%PDF-1.7\n%%EOF\n"
SESSION = reverse("dossiers:signing_session")


def submitted(**version) -> Dossier:
    """A draft in a file before the leader, by the clerk who received the dossier."""
    clerk, at = make_clerk(), timezone.now() - timedelta(hours=1)
    dossier = make_dossier(by=clerk, at=at, version=make_version(**version))
    # Bytes of its own: some tests spoil the file, and equal files are kept once.
    sha256 = files.store(PDF + uuid4().bytes)
    return lifecycle.submit_for_sign_off(dossier, by=clerk, at=at, summary="Trích lục", sha256=sha256, file_name="du-thao.pdf")


def given(to: User, *, kinds: tuple[str, ...] = ("result",), ended: bool = False, giver: User | None = None, agency=None) -> User:
    """The person with a delegation written straight into the table, as no page would let through."""
    today = timezone.localdate()
    Delegation.objects.create(
        agency=agency or to.agency,
        delegator=giver or make_user(Role.HEAD, agency=agency or to.agency),
        delegate=to,
        mode="TUQ",
        kinds=list(kinds),
        title=to.job_title,
        decision_number="45/QĐ-CT",
        decision_date=date(2026, 1, 5),
        valid_from=date(2026, 1, 5),
        valid_to=today - timedelta(days=1) if ended else today,
        entered_at=timezone.now(),
        entered_by=to,
    )
    return to


def official(**fields) -> User:
    return make_user(Role.SPECIALIST, password=PASSWORD, **fields)


def leader(**fields) -> User:
    return make_user(Role.LEADER, password=PASSWORD, **fields)


def in_system(dossier: Dossier, **fields) -> dict:
    return {"act": "system", "revision": dossier.revision, "password": PASSWORD, "sha256": dossier.results.last().sha256} | fields


def send(client: Client, person: User, dossier: Dossier, fields: dict | None = None):
    client.force_login(person)
    return client.post(reverse("dossiers:sign", args=[dossier.code]), fields or in_system(dossier))


def refusals(person: User) -> list[str]:
    return list(AccessEntry.objects.filter(actor_id=person.pk, kind=AccessKind.REFUSED).values_list("detail", flat=True))


# -- a right that is none --------------------------------------------------------------------
def delegate_of_a_delegate() -> User:
    return given(official(), giver=given(official(full_name="Kim Sa Rây")))


def delegate_of_another_commune() -> User:
    """His decision was signed by the head of the commune where he worked before."""
    return given(official(), agency=make_agency("H61.27", "Phú Tân An"))


WITHOUT_RIGHT: dict[str, tuple[Callable[[], User], int, str]] = {
    "a clerk": (lambda: make_user(Role.CLERK, password=PASSWORD), 403, ""),
    "a specialist": (official, 403, ""),
    "a manager": (lambda: make_user(Role.MANAGER, password=PASSWORD), 403, ""),
    "an administrator": (lambda: make_user(Role.ADMIN, password=PASSWORD), 403, ""),
    "an auditor": (lambda: make_user(Role.AUDITOR, password=PASSWORD), 403, ""),
    "an archivist": (lambda: make_user(Role.ARCHIVIST, password=PASSWORD), 422, "Không có thẩm quyền ký"),
    "a leader who is no deputy": (lambda: leader(job_title="Chánh Văn phòng"), 422, "Không có thẩm quyền ký"),
    "a leader of another commune": (lambda: leader(agency=make_agency("H61.27", "Phú Tân An")), 404, ""),
    "a delegate whose time is over": (lambda: given(official(), ended=True), 422, "không có hiệu lực ngày"),
    "a delegate for another kind": (lambda: given(official(), kinds=("result.dat-dai",)), 422, "không giao ký loại giấy tờ này"),
    "a delegate for letters only": (lambda: given(leader(job_title="Thư ký"), kinds=("apology",)), 422, "không giao ký"),
    "a delegate of a delegate": (delegate_of_a_delegate, 422, "không được ủy quyền lại"),
    "a delegate of another commune": (delegate_of_another_commune, 403, ""),
}


@pytest.mark.parametrize(("person", "status", "sentence"), WITHOUT_RIGHT.values(), ids=WITHOUT_RIGHT)
def test_without_a_right_nothing_is_signed_and_it_is_on_record(client, person, status, sentence):
    dossier, forger = submitted(), person()

    answer = send(client, forger, dossier)

    assert (answer.status_code, sentence in answer.content.decode(), SignOff.objects.count()) == (status, True, 0)
    assert len(refusals(forger)) == 1


def test_a_delegate_of_the_head_signs_in_his_name(client):
    dossier, person = submitted(), given(official(job_title="Công chức tư pháp"), kinds=("result.ho-tich",))

    answer = send(client, person, dossier)

    signature = SignOff.objects.get()
    assert (answer.status_code, signature.mode, signature.delegation.delegate, refusals(person)) == (303, "TUQ", person, [])
    assert signature.block == "TUQ. CHỦ TỊCH\nCÔNG CHỨC TƯ PHÁP\nTrần Quốc Khánh"


def test_a_delegate_does_not_sign_what_he_wrote_himself(client):
    clerk = given(make_user(Role.CLERK, password=PASSWORD))
    dossier = submitted()  # drafted and received by this very clerk

    answer = send(client, clerk, dossier)

    assert (answer.status_code, answer.context["problem"], len(refusals(clerk))) == (422, "Người soạn kết quả không tự ký.", 1)


def test_who_received_may_not_sign_where_the_procedure_forbids_it(client):
    clerk = given(make_user(Role.CLERK, password=PASSWORD))
    dossier = submitted(who_received_may_sign="forbid")

    answer = send(client, clerk, dossier)

    assert answer.context["problem"] == "Người tiếp nhận hồ sơ này không được ký kết quả."
    assert (answer.status_code, SignOff.objects.count(), len(refusals(clerk))) == (422, 0, 1)


# -- a form that is none ---------------------------------------------------------------------
def skipped(dossier: Dossier) -> dict:
    """Sent for a dossier that nobody has submitted."""
    lifecycle.send_back(dossier, reason="Sai ngày sinh", by=make_user(Role.LEADER), at=timezone.now())
    dossier.refresh_from_db()
    return in_system(dossier)


def older(dossier: Dossier) -> dict:
    """A captured form of an older state of the dossier."""
    return in_system(dossier, revision=dossier.revision - 1)


def other_bytes(dossier: Dossier) -> dict:
    return in_system(dossier, sha256="0" * 64)


def changed_on_disk(dossier: Dossier) -> dict:
    path = files.path_of(dossier.results.last().sha256)
    path.chmod(0o600)
    path.write_bytes(PDF + b"changed")
    return in_system(dossier)


def gone_from_disk(dossier: Dossier) -> dict:
    files.path_of(dossier.results.last().sha256).unlink()
    return in_system(dossier)


def with_field(**fields) -> Callable[[Dossier], dict]:
    return lambda dossier: in_system(dossier, **fields)


def wet(**fields) -> Callable[[Dossier], dict]:
    now = timezone.localtime()
    shown = {"signed_on": f"{now:%d/%m/%Y}", "signed_time": f"{now:%H:%M}", "doc_number": "12", "doc_symbol": "TLKS"}
    return lambda dossier: {"act": "wet", "revision": dossier.revision} | shown | fields


STRAY = "Biểu mẫu có mục lạ"
FORGED: dict[str, tuple[Callable[[Dossier], dict], int, str]] = {
    "a step skipped": (skipped, 409, "Đang xử lý"),
    "an older state": (older, 409, "Xem lại rồi thao tác tiếp"),
    "another file": (other_bytes, 422, "Dự thảo đã thay đổi sau khi mở"),
    "no file": (with_field(sha256=""), 422, "Dự thảo đã thay đổi sau khi mở"),
    "bytes changed on the disk": (changed_on_disk, 422, "không còn nguyên vẹn"),
    "bytes gone from the disk": (gone_from_disk, 422, "không còn nguyên vẹn"),
    "somebody else as signer": (with_field(signer="1"), 422, STRAY),
    "another moment": (with_field(signed_at="2020-01-01T08:00"), 422, STRAY),
    "another kind": (with_field(kind="digital"), 422, STRAY),
    "another actor": (with_field(by="1"), 422, STRAY),
    "a delegation of one's choice": (with_field(delegation="1", mode="KT"), 422, STRAY),
    "a signer on paper who is not oneself": (wet(signer="1"), 422, STRAY),
    "on paper before the receipt": (wet(signed_on="01/01/2020"), 422, "Giờ ký phải sau lúc tiếp nhận"),
    "no way of signing": (with_field(act="sign"), 422, "Chọn một cách ký"),
    "no password": (with_field(password=""), 422, "Nhập mật khẩu để ký duyệt"),
    "a guessed password": (with_field(password="đoán mò thôi mà"), 422, "Mật khẩu không đúng"),
}


@pytest.mark.parametrize(("form", "status", "sentence"), FORGED.values(), ids=FORGED)
def test_a_forged_form_signs_nothing_and_is_on_record(client, form, status, sentence):
    dossier, person = submitted(), leader()
    fields = form(dossier)

    answer = send(client, person, dossier, fields)

    assert (answer.status_code, sentence in answer.content.decode(), SignOff.objects.count()) == (status, True, 0)
    assert len(refusals(person)) == 1


def test_a_form_sent_again_signs_nothing_twice_and_is_on_record(client):
    dossier, person = submitted(), leader()
    form = in_system(dossier)
    send(client, person, dossier, form)

    answer = send(client, person, dossier, form)

    assert (answer.status_code, SignOff.objects.count(), len(refusals(person))) == (409, 1, 1)
    assert answer.context["problem"].startswith("Việc này đã xong lúc")


# -- a session that is none ------------------------------------------------------------------
def of_another_device(client: Client, person: User) -> None:
    other = Client()
    other.force_login(person)
    other.post(SESSION, {"act": "open", "password": PASSWORD})
    client.force_login(person)


def of_another_person(client: Client, person: User) -> None:
    """His number stands in the session of somebody who opened one."""
    colleague = leader(full_name="Nguyễn Văn Bảy")
    client.force_login(colleague)
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    kept = client.session["signing_session"]
    client.force_login(person)
    session = client.session
    session["signing_session"] = kept
    session.save()


def expired(client: Client, person: User) -> None:
    client.force_login(person)
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    session = client.session
    who, _, mark = session["signing_session"]
    session["signing_session"] = [who, int((timezone.now() - timedelta(seconds=1)).timestamp()), mark]
    session.save()


@pytest.mark.parametrize("opened", [of_another_device, of_another_person, expired])
def test_a_session_of_others_or_of_before_opens_nothing(client, opened):
    dossier, person = submitted(), leader()
    opened(client, person)
    form = {name: value for name, value in in_system(dossier).items() if name != "password"}

    answer = client.post(reverse("dossiers:sign", args=[dossier.code]), form)

    assert (answer.status_code, SignOff.objects.count(), len(refusals(person))) == (422, 0, 1)
    assert "Nhập mật khẩu để ký duyệt" in answer.content.decode()


# -- what a signature stands for -------------------------------------------------------------
def test_the_signer_of_a_paper_must_have_had_the_right_on_that_day(client):
    archivist, past = make_user(Role.ARCHIVIST), given(official(), ended=True)
    at = timezone.now() - timedelta(days=3)
    dossier = lifecycle.submit_for_sign_off(make_dossier(by=make_clerk(), at=at), by=make_clerk(), at=at)
    then, today = (timezone.localtime() - timedelta(days=2), timezone.localtime())

    refused = send(client, archivist, dossier, wet(signer=past.pk, signed_on=f"{today:%d/%m/%Y}")(dossier))
    recorded = send(client, archivist, dossier, wet(signer=past.pk, signed_on=f"{then:%d/%m/%Y}")(dossier))

    assert (refused.status_code, "không có hiệu lực ngày" in refused.content.decode(), len(refusals(archivist))) == (422, True, 1)
    assert (recorded.status_code, SignOff.objects.get().mode) == (303, "TUQ")


def test_after_a_new_version_the_old_signature_stands_for_nothing(client):
    dossier, person = submitted(), leader()
    send(client, person, dossier)
    clerk, now = make_clerk(), timezone.now()
    dossier.refresh_from_db()
    lifecycle.issue_result(dossier, by=clerk, at=now, doc_number="7")
    dossier = lifecycle.return_for_correction(dossier, words="Sai ngày sinh", by=clerk, at=now)
    lifecycle.submit_for_sign_off(dossier, by=clerk, at=now, sha256=files.store(PDF + b"2"), file_name="moi.pdf")

    page = client.get(dossier.get_absolute_url()).content.decode()

    assert "Chữ ký này không còn giá trị: đã có bản 2" in page
    assert Dossier.objects.get(pk=dossier.pk).status == Status.AWAITING_SIGNATURE


def test_changed_bytes_void_a_signature_in_the_system_and_the_page_says_so(client):
    dossier, person = submitted(), leader()
    send(client, person, dossier)
    changed_on_disk(dossier)

    page = client.get(dossier.get_absolute_url()).content.decode()
    file = client.get(reverse("dossiers:draft_file", args=[dossier.code, 1]))

    assert ("Chữ ký này không còn giá trị: tệp đã ký bị mất hoặc bị thay đổi" in page, file.status_code) == (True, 404)
