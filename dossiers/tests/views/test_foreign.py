"""What exists in another commune and what exists nowhere are the same to the outside: answer, headers, text, cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
NOWHERE = "H61.27-261120-9999"
ADDRESSES = {
    "detail": (),
    "reveal": (),
    "log": (),
    "paper": ("giay-hen",),
    "draft_file": (1,),
    "hand_over": (),
    "take_over": (),
    "submit": (),
    "issue": (),
    "give_back": (),
    "post": (),
    "delivered": (),
    "parcel_back": (),
    "correct": (),
    "amend": (),
    "void": (),
    "new_secret": (),
    "sign": (),
}


def seen_from_outside(client, method: str, address: str, code: str) -> tuple:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = getattr(client, method)(address, {"revision": "1", "reason": "x"})
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode()).replace(code, "")
    headers = {name: value for name, value in response.headers.items() if not name.lower().startswith("x-request")}
    # Without what is asked for and what is written down: a refusal is noted with its moment.
    tables = [re.split(" WHERE| VALUES", query["sql"])[0] for query in queries.captured_queries]
    return response.status_code, headers, text, tables


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_foreign_dossier_looks_like_none(client, name, method):
    foreign = make_dossier(by=make_clerk(make_agency("H61.27", "Phú Tân An")), status=Status.RESULT_READY)
    client.force_login(make_user(Role.MANAGER, Role.LEADER))
    codes = (foreign.code, NOWHERE)
    client.get(reverse("dossiers:detail", args=[NOWHERE]))

    there, nowhere = (seen_from_outside(client, method, reverse(f"dossiers:{name}", args=[code, *ADDRESSES[name]]), code) for code in codes)

    assert there == nowhere
    assert there[0] == (405 if (name, method) in UNSERVED else 404)


UNSERVED = {("reveal", "get"), ("detail", "post"), ("log", "post"), ("paper", "post"), ("draft_file", "post")}


def test_bulk_hand_over_of_a_foreign_dossier_looks_like_none(client):
    foreign = make_dossier(by=make_clerk(make_agency("H61.27", "Phú Tân An")))
    clerk = make_clerk()
    client.force_login(clerk)
    colleague = make_user(Role.SPECIALIST)

    answers = [client.post(reverse("dossiers:hand_over_many"), {"to": colleague.pk, "code": [code]}) for code in (foreign.code, NOWHERE)]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("text", ["khong-phai-ma", "H61.26-261120-0001-9", "%00", "a" * 500, "H61.26-261120-0001'"])
def test_what_is_no_code_is_not_found(client, text):
    client.force_login(make_clerk())

    assert client.get(f"/ho-so/{text}/").status_code == 404
