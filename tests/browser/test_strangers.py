"""What another commune holds and what is nowhere are the same to the outside, at every address that there is.

The addresses are read from the resolver, so a new one cannot be forgotten.
"""
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from dossiers.models import Dossier, IntakeDraft, SupplementRequest
from dossiers.tests.makers import make_clerk, make_dossier
from dossiers.tests.slips import secret_of, token_of, token_of_slip
from onestop.outbox.models import Message
from onestop.staff.models import Delegation
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from tests.browser.scene import PERSONAL_ID, Scene, make_scene

pytestmark = pytest.mark.django_db

NOWHERE = "H61.26-200101-9999"
NO_NUMBER = 999_999
# Values for the parts of an address besides the code of a dossier.
PARTS = {
    "mau": "giay-hen", "version": 1, "seq": 1, "book": "ban-sao", "period": "2026-11", "form": "01",
    "viec": "tam-nghi", "day": "2026-11-20", "half": "sang",
}
# What differs between two answers to the very same request.
VARYING = (r'name="csrfmiddlewaretoken" value="[^"]*"', r'name="submission_key" value="[^"]*"')
VARYING_HEADERS = {"date", "x-request-id", "set-cookie"}
METHODS = ("get", "head", "post")
SENT = {"revision": "1", "reason": "x", "act": "wet", "words": "x", "collected_by": "owner", "name": "Kim Sa Rây", "to": "1"}


def patterns(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        if isinstance(item, URLPattern):
            yield ":".join((*namespaces, item.name)), item
        else:
            yield from patterns(item, (*namespaces, item.namespace) if item.namespace else namespaces)


PARTS_OF = {name: set(pattern.pattern.converters) for name, pattern in patterns(get_resolver())}
WITH_CODE = sorted(name for name, parts in PARTS_OF.items() if "code" in parts)
WITH_NUMBER = sorted(name for name, parts in PARTS_OF.items() if "pk" in parts and "code" not in parts)


def test_the_addresses_of_dossiers_are_found():
    assert {"dossiers:detail", "dossiers:received", "dossiers:sign", "dossiers:void"} <= set(WITH_CODE)
    assert {"dossiers:slip", "staff:person_edit"} <= set(WITH_NUMBER)


def test_no_address_names_a_dossier_in_a_way_unknown_here():
    named = {part for parts in PARTS_OF.values() for part in parts}

    assert named - set(PARTS) == {"code", "pk", "token", "ma", "year", "number"}


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def stranger(client: Client, scene: Scene) -> Client:
    """Somebody of the other commune who may do everything there, with an account as old as that of the others."""
    roles = [role for role in Role if role not in {Role.PROVINCE, Role.HELPER}]
    client.force_login(make_user(*roles, agency=scene.cast.other_agency))
    return client


def answer(client: Client, method: str, address: str, data: dict | None, *mine: str) -> tuple:
    """What can be noticed from outside: status, headers, text, and the questions to the database. `mine` is what was asked for."""
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(address, data)

    def plain(text: str) -> str:
        for own in sorted(mine, key=len, reverse=True):
            text = text.replace(own, "?")
        return text

    text = plain(response.content.decode())
    for varying in VARYING:
        text = re.sub(varying, "", text)
    headers = {name: plain(value) for name, value in response.headers.items() if name.lower() not in VARYING_HEADERS | {"content-length"}}
    questions = [re.split(r" WHERE | VALUES| SET |POINT ", query["sql"])[0] for query in queries.captured_queries]
    return response.status_code, headers, text, questions


def compare(client: Client, method: str, there: tuple, nowhere: tuple) -> tuple:
    """Both are (address, data, what was asked for); the answer to both, which must be the same."""
    answer(client, method, nowhere[0], nowhere[1])  # whatever is kept in the process is kept now
    first, second = (answer(client, method, address, data, *mine) for address, data, *mine in (there, nowhere))
    assert (there[:2], first) == (there[:2], second)
    return first


def test_a_foreign_dossier_looks_like_none_at_every_address(stranger, scene):
    for name in WITH_CODE:
        # A line or receipt of a session is asked for by its own number, too.
        parts = {part: PARTS.get(part, NO_NUMBER) for part in PARTS_OF[name] - {"code"}}
        requests = [(reverse(name, kwargs={"code": code, **parts}), SENT, code) for code in (scene.code("ready"), NOWHERE)]

        statuses = {compare(stranger, method, *requests)[0] for method in METHODS}

        assert (name, statuses | {405}) == (name, {404, 405})


def test_a_foreign_number_of_a_book_looks_like_none(stranger, scene):
    year = timezone.localdate(scene.now).year
    there, nowhere = ((reverse("dossiers:certification_number", args=["ban-sao", year, n]), {}, f"/{n}/") for n in (2, NO_NUMBER))

    assert scene.dossiers["certified"].certification_entries.filter(book="BS", number=2).exists()
    assert compare(stranger, "get", there, nowhere)[0] == 404


def test_a_foreign_dossier_looks_like_none_in_every_state(stranger, scene):
    for what in scene.dossiers:
        requests = [(reverse("dossiers:detail", args=[code]), None, code) for code in (scene.code(what), NOWHERE)]

        assert (what, compare(stranger, "get", *requests)[0]) == (what, 404)


def test_a_foreign_row_looks_like_none_at_every_address(stranger, scene):
    rows = {
        "dossiers:message_again": Message.objects.filter(agency=scene.cast.agency, state="failed").get(),
        "dossiers:delegation_revoke": Delegation.objects.get(),
        "dossiers:calendar_change": scene.change,
        **dict.fromkeys(("dossiers:hand_over_list", "dossiers:hand_over_list_pdf"), scene.hand_overs),
        "dossiers:reassign_person": scene.cast.clerk,
        "dossiers:result_template": scene.text_draft,
        "dossiers:result_template_text": scene.text,
        "roster:come_back": scene.absence,
        **dict.fromkeys(("dossiers:transfer", "dossiers:transfer_print"), scene.sent),
        "worktime:local_day": scene.cast.agency.local_days.get(),
        **dict.fromkeys(("workflows:draft", "workflows:publish", "workflows:discard"), scene.process),
    }
    for name in WITH_NUMBER:
        row = rows.get(name, scene.slips["refusal"] if name.startswith("dossiers:") else scene.cast.clerk)
        requests = [(reverse(name, args=[pk]), SENT, f"/{pk}/") for pk in (row.pk, NO_NUMBER)]

        statuses = {compare(stranger, method, *requests)[0] for method in METHODS}

        assert (name, statuses | {405}) == (name, {404, 405})


def test_everything_that_is_typed_scanned_or_linked_knows_nothing_of_another_commune(stranger, scene):
    supplement, draft = SupplementRequest.objects.get(dossier=None), IntakeDraft.objects.get()
    unknown = {"key": str(uuid4()), "token": "0" * 16, "card": "000299000987"}
    intake, register, many = "/quay/tiep-nhan/", "/ho-so/", "/quay/ban-giao/"
    pairs = [
        ("get", register, {"tu-khoa": scene.code("ready")}, {"tu-khoa": NOWHERE}),
        ("get", register, {"tu-khoa": PERSONAL_ID}, {"tu-khoa": unknown["card"]}),
        ("get", register, {"tu-khoa": f"https://x.vn/tc/{scene.token('ready')}/"}, {"tu-khoa": f"https://x.vn/tc/{unknown['token']}/"}),
        ("get", intake, {"same_person": scene.code("ready")}, {"same_person": NOWHERE}),
        ("get", intake, {"draft": str(draft.key)}, {"draft": unknown["key"]}),
        ("get", intake, {"supplement": str(supplement.pk)}, {"supplement": str(NO_NUMBER)}),
        ("post", intake, {"act": "read", "scan": PERSONAL_ID}, {"act": "read", "scan": unknown["card"]}),
        ("post", intake, {"act": "read", "scan": scene.code("ready")}, {"act": "read", "scan": NOWHERE}),
        *(
            ("post", intake, {"act": "read", "scan": f"https://x.vn/tc/{token}/"}, {"act": "read", "scan": f"https://x.vn/tc/{unknown['token']}/"})
            for token in (scene.token("ready"), token_of_slip(supplement))
        ),
        ("post", many, {"to": scene.newcomer.pk, "code": [scene.code("received")]}, {"to": scene.newcomer.pk, "code": [NOWHERE]}),
    ]

    for method, address, there, nowhere in pairs:
        compare(stranger, method, *((address, data, *_spellings(data)) for data in (there, nowhere)))


def _spellings(data: dict) -> list[str]:
    """How the typed values may stand in an answer."""
    pairs = [(name, str(text)) for name, value in data.items() for text in (value if isinstance(value, list) else [value])]
    found = [text for _, text in pairs if len(text) > 5] + [f"{name}={text}" for name, text in pairs]
    return found + [text[-3:] for _, text in pairs if text.isdigit() and len(text) == 12]


def test_nothing_that_was_refused_has_been_done(stranger, scene):
    before = list(Dossier.objects.order_by("pk").values())

    for name in WITH_CODE:
        parts = {part: PARTS.get(part, NO_NUMBER) for part in PARTS_OF[name] - {"code"}}
        for what in scene.dossiers:
            stranger.post(reverse(name, kwargs={"code": scene.code(what), **parts}), SENT)

    assert list(Dossier.objects.order_by("pk").values()) == before


def test_a_citizen_learns_nothing_of_a_dossier_without_its_secret(client):
    dossier = make_dossier(by=make_clerk(make_agency("H61.27", "Phú Tân An")))
    wrong = f"{(int(secret_of(dossier)) + 1) % 10**8:08d}"
    requests = [("/tra-cuu/", {"ma": code, "ma_tra_cuu": wrong}, code) for code in (dossier.code, NOWHERE)]

    assert compare(client, "post", *requests)[0] == 422
    assert token_of(dossier) not in client.post("/tra-cuu/", {"ma": dossier.code, "ma_tra_cuu": wrong}).content.decode()
