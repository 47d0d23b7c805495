"""Today's desk: the scan box, the figures, what is due, and the clerk's own last dossiers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers.models import IntakeDraft
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
DESK = reverse("dossiers:desk")


def figures(response) -> dict[str, int]:
    return {words: number for number, words, _ in response.context["counts"]}


def test_an_empty_desk_says_so(client, clerk):
    assert "Chưa có hồ sơ nào hôm nay." in client.get(DESK).content.decode()


def test_the_figures_count_the_own_agency_and_lead_to_the_same_dossiers(client, clerk):
    now = timezone.now()
    make_dossier(at=now - timedelta(days=60))
    make_dossier(at=now, status=Status.RESULT_READY)
    make_dossier(at=now - timedelta(days=60), by=make_clerk(make_agency("H61.27", "Phú Tân An")))

    response = client.get(DESK)

    assert {words: number for words, number in figures(response).items() if number} == {
        "quá hạn": 1,
        "có kết quả chờ trả": 1,
        "chưa bàn giao": 1,
    }
    for number, words, address in response.context["counts"]:
        shown = client.get(address).context
        listed = {"chưa xác nhận nhận": "given_loose", "danh sách xã khác gửi đến": "arrived"}.get(words, "rows")
        assert len(shown[listed]) == number


def test_what_is_late_or_soon_due_is_listed_the_latest_first(client, clerk):
    now = timezone.now()
    late, later = make_dossier(at=now - timedelta(days=30)), make_dossier(at=now - timedelta(days=60))

    assert [row[1] for row in client.get(DESK).context["due"]] == [later.code, late.code]


def test_a_clerk_sees_his_own_last_ten_and_prints_their_slips_again(client, clerk):
    codes = [make_dossier().code for _ in range(11)]
    make_dossier(by=make_user(Role.MANAGER))

    mine = client.get(DESK).context["mine"]

    assert [row[1] for row in mine] == codes[:0:-1]
    assert mine[0][-1] == reverse("dossiers:paper", args=[codes[-1], "giay-hen"])


def test_drafts_of_this_person_wait_at_the_side(client, clerk):
    now, other = timezone.now(), make_user(Role.CLERK)
    for owner, name in ((clerk, "Thạch Sóc Kha"), (other, "Sơn Văn Phước")):
        IntakeDraft.objects.create(
            agency=clerk.agency,
            key=uuid4(),
            owner=owner,
            fields={"name": name},
            created_at=now,
            changed_at=now,
            expires_at=now + timedelta(days=1),
        )

    assert [name for _, name, _, _ in client.get(DESK).context["drafts"]] == ["Thạch Sóc Kha"]


def test_a_card_scanned_on_the_desk_opens_the_intake_with_the_person(client, clerk):
    card = "000185006123||Thạch Thị Sóc Kha|05031985|Nữ|Ấp Trà Kha|12082021"
    page = client.get(DESK).content.decode()

    answer = client.post(reverse("dossiers:intake"), {"act": "read", "scan": card})

    assert f'method="post" action="{reverse("dossiers:intake")}"' in page
    assert (answer.status_code, 'value="Thạch Thị Sóc Kha"' in answer.content.decode()) == (200, True)


def test_the_cost_of_the_desk_does_not_depend_on_its_rows(client, clerk, django_assert_max_num_queries, monkeypatch):
    now = local("2026-11-25 09:00")  # A Wednesday: who is on duty is asked while the desk is open.
    monkeypatch.setattr(timezone, "now", lambda: now)
    make_dossier(at=now)
    client.get(DESK)
    with django_assert_max_num_queries(9) as one:
        client.get(DESK)
    make_dossier(at=now)
    make_dossier(at=now - timedelta(days=30))
    with django_assert_max_num_queries(9) as three:
        client.get(DESK)

    assert len(three) == len(one)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.CLERK, Role.MANAGER}])
def test_the_desk_is_for_clerks_and_managers(client, role):
    client.force_login(make_user(role))

    assert client.get(DESK).status_code == 403
