"""The register: what it finds, how it pages, what it costs, and whose dossiers it shows."""

import unicodedata
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import secrets
from dossiers.models import Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, make_clerk, make_dossier
from onestop.history.models import AccessEntry, AccessKind
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("dossiers:list")


def names_on(response) -> list[str]:
    return [row[2] for row in response.context["rows"]]


def codes_on(response) -> list[str]:
    return [row[1] for row in response.context["rows"]]


def test_the_latest_receipt_stands_first(client, clerk):
    make_dossier(name="Lý Thị An", at=RECEIVED)
    make_dossier(name="Sơn Văn Bình", at=RECEIVED + timedelta(hours=1))

    assert names_on(client.get(LIST)) == ["Sơn Văn Bình", "Lý Thị An"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dang", ["Đặng Thị Hà"]),
        ("ĐẶNG", ["Đặng Thị Hà"]),
        (unicodedata.normalize("NFD", "Đặng Thị"), ["Đặng Thị Hà"]),
        ("ha dang", ["Đặng Thị Hà"]),
        ("dang son", []),
        ("%", []),
        ("_", []),
        ("d%g", []),
        ("\\", []),
        ("'; --", []),
        ("\u0301", []),
    ],
)
def test_names_are_found_by_all_their_words_without_accents_and_signs_are_plain_characters(client, clerk, typed, found):
    make_dossier(name="Đặng Thị Hà")
    make_dossier(name="Sơn Văn Bình")

    assert names_on(client.get(LIST, {"tu-khoa": typed})) == found


def test_a_name_stored_from_decomposed_letters_is_found_by_composed_ones(client, clerk):
    make_dossier(name=unicodedata.normalize("NFD", "Đặng Thị Hà"))

    assert len(names_on(client.get(LIST, {"tu-khoa": "Đặng"}))) == 1


def test_a_whole_code_in_any_spelling_opens_the_dossier(client, clerk):
    dossier = make_dossier()
    make_dossier(name="Sơn Văn Bình")

    for typed in (dossier.code, dossier.code.lower(), dossier.code.replace("-", " "), dossier.code.removeprefix("H61.26-")):
        assert client.get(LIST, {"tu-khoa": typed}).url == dossier.get_absolute_url()


@pytest.mark.parametrize(("typed", "found"), [("000185006123", 1), ("000 185 006 123", 1), ("000185006124", 0), ("00018500612", 0)])
def test_a_personal_number_is_found_whole_or_not_at_all(client, clerk, typed, found):
    make_dossier()

    assert len(names_on(client.get(LIST, {"tu-khoa": typed}))) == found


def test_of_a_scanned_card_only_the_number_goes_on(client, clerk):
    card = "000185006123||Thạch Thị Sóc Kha|05031985|Nữ|Ấp Trà Kha|12082021"

    assert client.get(LIST, {"tu-khoa": card}).url == f"{LIST}?tu-khoa=000185006123"


def test_the_qr_of_a_slip_opens_its_dossier_and_a_foreign_one_the_list(client, clerk):
    own, other = make_dossier(), make_dossier(by=make_clerk(make_agency("H61.27", "Phú Tân An")))
    scans = [f"http://127.0.0.1:8000/tc/{secrets.token(dossier.code, 1)}/" for dossier in (own, other)]

    assert [client.get(LIST, {"tu-khoa": scan}).url for scan in scans] == [own.get_absolute_url(), LIST]


def test_filters_narrow_by_status_and_time(client, clerk):
    now = timezone.now()
    waiting = make_dossier(status=Status.AWAITING_SIGNATURE, at=now)
    make_dossier(at=now)
    late = make_dossier(at=now - timedelta(days=90))

    assert codes_on(client.get(LIST, {"trang-thai": "cho-ky"})) == [waiting.code]
    assert codes_on(client.get(LIST, {"tinh-trang": "qua-han"})) == [late.code]
    assert len(codes_on(client.get(LIST, {"trang-thai": "khong-co", "tinh-trang": "cung-khong"}))) == 3


def test_days_are_local_and_both_included(client, clerk):
    make_dossier(name="Lý Thị An", at=RECEIVED)
    make_dossier(name="Sơn Văn Bình", at=RECEIVED + timedelta(days=3))

    assert names_on(client.get(LIST, {"tu-ngay": "20/11/2026", "den-ngay": "20/11/2026"})) == ["Lý Thị An"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"tu-ngay": "31/02/2026"}, "Nhập ngày dạng ngày/tháng/năm, ví dụ 27/3/1985"),
        ({"tu-ngay": "21/11/2026", "den-ngay": "20/11/2026"}, "Ngày cuối phải từ ngày đầu trở đi"),
        ({"thu-tuc": "không có thủ tục này"}, "Không có thủ tục nào khớp với chữ này"),
    ],
)
def test_what_cannot_be_read_is_named_at_its_box_and_the_list_is_shown_all_the_same(client, clerk, query, sentence):
    make_dossier(at=RECEIVED + timedelta(days=5))

    response = client.get(LIST, query)

    assert (response.status_code, sentence in response.content.decode(), len(names_on(response))) == (200, True, 1)


def test_pages_follow_each_other_over_equal_times_without_gap_or_repetition(client, clerk, monkeypatch):
    monkeypatch.setattr("dossiers.listing.page_of.__defaults__", (2,))
    codes = [make_dossier(at=RECEIVED).code for _ in range(5)]

    seen, response = [], client.get(LIST)
    for _ in range(5):
        seen += codes_on(response)
        if not response.context["next_page"]:
            break
        response = client.get(LIST + response.context["next_page"])

    assert seen == codes[::-1]


@pytest.mark.parametrize(
    "cursor", ["", "x", "-", "1-", "zz-zz", "-1--1", "f" * 5000, "7fffffffffffffff-1", "1-8000000000000000", "\u0661-1"]
)
def test_a_bad_cursor_counts_as_none(client, clerk, cursor):
    make_dossier()

    response = client.get(LIST, {"sau": cursor})

    assert (response.status_code, len(codes_on(response))) == (200, 1)


def test_what_people_typed_appears_as_text(client, clerk):
    Dossier.objects.filter(pk=make_dossier().pk).update(applicant_name='<b>"O\'Brien" & co</b>')

    page = client.get(LIST, {"tu-khoa": "thach", "tu-ngay": '"><script>'}).content.decode()

    assert '<td class="name">&lt;b&gt;&quot;O&#x27;Brien&quot; &amp; co&lt;/b&gt;</td>' in page
    assert ("<script>" in page, 'value="&quot;&gt;&lt;script&gt;"' in page) == (False, True)


def test_the_count_stops_at_a_thousand(client, clerk, monkeypatch):
    monkeypatch.setattr("dossiers.listing.COUNT_CAP", 1)
    make_dossier()
    make_dossier()

    assert client.get(LIST).context["count"] == "hơn 1"


def test_the_cost_does_not_depend_on_the_rows(client, clerk, django_assert_max_num_queries):
    make_dossier()
    client.get(LIST)
    with django_assert_max_num_queries(9) as one:
        client.get(LIST, {"tu-khoa": "thach"})
    make_dossier()
    make_dossier()
    with django_assert_max_num_queries(9) as three:
        client.get(LIST, {"tu-khoa": "thach"})

    assert len(three) == len(one)


def test_each_page_is_one_entry_that_does_not_repeat_what_was_typed(client, clerk):
    make_dossier()

    client.get(LIST, {"tu-khoa": "Thạch"})

    entry = AccessEntry.objects.latest("id")
    assert (entry.kind, entry.detail) == (AccessKind.SEARCH, "Hồ sơ: từ khóa; 1 dòng")


def test_another_communes_dossiers_are_not_there_even_by_their_code(client, clerk):
    other = make_dossier(by=make_clerk(make_agency("H61.27", "Phú Tân An")))
    searched = [{}, {"tu-khoa": other.code}, {"tu-khoa": "thach"}, {"tu-khoa": "000185006123"}]

    assert [codes_on(client.get(LIST, query)) for query in searched] == [[], [], [], []]


@pytest.mark.parametrize("role", [Role.HELPER, Role.ADMIN])
def test_who_has_nothing_to_do_with_dossiers_is_refused(client, role):
    client.force_login(make_user(role))

    assert client.get(LIST).status_code == 403


def test_the_province_chooses_a_commune_and_sees_no_name_in_full(client):
    dossier = make_dossier()
    client.force_login(make_user(Role.PROVINCE, agency=make_province()))

    assert codes_on(client.get(LIST)) == []
    assert names_on(client.get(LIST, {"don-vi": "H61.26"})) == ["Thạch T. S. K."]
    assert names_on(client.get(LIST, {"don-vi": "H61.26", "tu-khoa": "thach"})) == []
    assert client.get(LIST, {"tu-khoa": dossier.code}).url == dossier.get_absolute_url()


def test_a_voided_dossier_stays_in_the_register(client, clerk):
    Dossier.objects.filter(pk=make_dossier().pk).update(voided_at=RECEIVED)

    assert [row[6] for row in client.get(LIST).context["rows"]] == ["Đã hủy"]
