"""The report of waiting times: who reads it, what the province sees, the file for a spreadsheet."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import SignOffKind
from dossiers.tests.signing import submitted
from onestop.history.models import AccessEntry, AccessKind
from onestop.staff.roles import Role
from onestop.testing import make_province, make_user

pytestmark = pytest.mark.django_db
REPORT, FILE = reverse("dossiers:waiting_report"), reverse("dossiers:waiting_report_csv")


def signed() -> None:
    now = timezone.now()
    dossier, leader = submitted(content=b"", at=now - timedelta(minutes=30)), make_user(Role.LEADER)
    lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=now, doc_number="1")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LEADER, 200),
        (Role.HEAD, 200),
        (Role.MANAGER, 200),
        (Role.PROVINCE, 200),
        (Role.CLERK, 403),
        (Role.SPECIALIST, 403),
        (Role.ARCHIVIST, 403),
        (Role.ADMIN, 403),
        (Role.HELPER, 403),
    ],
)
def test_who_reads_it(client, role, status):
    client.force_login(make_user(role))

    assert (client.get(REPORT).status_code, client.get(FILE).status_code) == (status, status)


def test_without_a_signature_there_is_no_figure(client):
    client.force_login(make_user(Role.HEAD))

    page = client.get(REPORT).content.decode()

    assert ("Chưa có dữ liệu trong kỳ" in page, "%" in page.split("<h2>")[1]) == (True, False)


def test_the_commune_reads_its_signers_by_name_with_what_a_share_is_of(client):
    signed()
    client.force_login(make_user(Role.HEAD))

    page = client.get(REPORT).content.decode()

    assert ("Lê Hoàng Phúc" in page, "1 kết quả đã ký" in page, "/1 (" in page) == (True, True, True)


def test_the_province_reads_communes_and_no_names(client):
    signed()
    client.force_login(make_user(Role.PROVINCE, agency=make_province()))

    page = client.get(REPORT).content.decode()

    assert ("Xã Nghĩa Giang" in page, "Lê Hoàng Phúc" in page) == (True, False)


def test_the_file_has_a_mark_semicolons_and_an_entry(client):
    signed()
    head = make_user(Role.HEAD)
    client.force_login(head)

    answer = client.get(FILE)

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert (lines[0].split(";")[:3], lines[1].split(";")[:3]) == (["Theo", "Tên", "Số chữ ký"], ["Tất cả", "", "1"])
    assert AccessEntry.objects.filter(actor_id=head.pk, kind=AccessKind.EXPORT).count() == 1


def test_a_name_that_a_spreadsheet_would_calculate_is_harmless(client):
    procedure = submitted(content=b"").procedure
    procedure.label = "=1+1"
    procedure.save()
    leader, now = make_user(Role.LEADER, full_name="@SUM(A1)"), timezone.now()
    dossier = procedure.dossiers.get()
    lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=now, doc_number="1")
    client.force_login(make_user(Role.HEAD))

    cells = [line.split(";")[1] for line in client.get(FILE).content.decode("utf-8-sig").splitlines()[2:]]

    assert cells[0] == "'@SUM(A1)"
