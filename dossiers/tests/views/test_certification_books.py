"""The pages of the certification books: who sees which, what is found, closed, printed and chosen."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.certification.setting import setting_of
from dossiers.certification.tests.makers import certified, copy, entries_of, make_head, signature, translation
from dossiers.models import AttestationClause, BookClosing, Dossier
from dossiers.tests.makers import local, make_clerk
from onestop.history.models import AccessEntry, AccessKind, Event
from onestop.history.verify import first_problem
from onestop.staff.models import Delegation, User
from onestop.staff.roles import Role
from onestop.testing import Cast, cast, make_agency, make_user

pytestmark = pytest.mark.django_db
MORNING = local("2026-11-20 09:00")
BOOKS, CASH, COUNTING = (reverse(f"dossiers:certification_{name}") for name in ("books", "cash", "counting"))
SETTING, CLAUSES = reverse("dossiers:certification_setting"), reverse("dossiers:certification_clauses")
CLAUSE = reverse("dossiers:certification_clause", args=["01"])
DELEGATIONS, NEW = reverse("dossiers:delegations"), reverse("dossiers:delegation_new")


def month(book: str = "ban-sao", period: str = "2026-11", view: str = "certification_book") -> str:
    return reverse(f"dossiers:{view}", args=[book, period])


def number(value: int, book: str = "ban-sao", year: int = 2026) -> str:
    return reverse("dossiers:certification_number", args=[book, year, value])


PDF, CLOSE = month(view="certification_book_pdf"), month(view="certification_book_close")


@pytest.fixture(autouse=True)
def _end_of_november(monkeypatch):
    """The last day of the month, when it can be closed."""
    monkeypatch.setattr(timezone, "now", lambda: local("2026-11-30 16:00"))


@pytest.fixture
def archivist(client):
    archivist = make_user(Role.ARCHIVIST)
    client.force_login(archivist)
    return archivist


@pytest.fixture
def head(client):
    head = make_head()
    client.force_login(head)
    return head


def signed(*lines, at=MORNING, **fields: Any) -> Dossier:
    dossier = certified(*lines, at=at, **fields)
    signer = make_head(dossier.agency)
    return lifecycle.sign_certifications(dossier, signer=signer, by=signer, at=at, no_interest=True)


def numbers_on(response) -> list[int]:
    return [row.number for row, _, _ in response.context["lines"]]


# -- who may ------------------------------------------------------------------------------------

EVERYBODY = {"clerk", "specialist", "leader", "head", "manager", "archivist", "auditor"}
PAGES = {
    BOOKS: EVERYBODY,
    month(): EVERYBODY,
    PDF: EVERYBODY,
    number(1): EVERYBODY,
    COUNTING: EVERYBODY,
    CLAUSES: EVERYBODY,
    DELEGATIONS: EVERYBODY,
    CLOSE: {"archivist", "manager", "head"},
    CASH: EVERYBODY - {"specialist"},
    CLAUSE: {"manager", "head"},
    SETTING: {"manager", "head", "admin"},
    NEW: {"head"},
}


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_for_its_roles(client, address):
    people: Cast = cast()
    signed()
    answers = {}
    for role in Role:
        client.force_login(getattr(people, role.value))
        answers[role.value] = client.get(address).status_code
    own = {role: status for role, status in answers.items() if role != "province"}
    assert {role for role, status in own.items() if status == 200} == PAGES[address]
    assert {status for role, status in answers.items() if role not in PAGES[address]} == {403}


@pytest.mark.parametrize("address", PAGES)
def test_strangers_log_in_first(client, address):
    assert client.get(address).url.startswith(reverse("staff:log_in"))


def test_a_number_of_another_commune_is_answered_like_one_that_nobody_drew(client):
    signed()
    client.force_login(make_clerk(make_agency("H61.27", "Phú Tân An")))
    elsewhere, nowhere = client.get(number(1)), client.get(number(99))
    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)
    texts = [re.sub(rb'value="[^"]*"', b"", answer.content) for answer in (elsewhere, nowhere)]  # masked anew for each page
    assert texts[0] == texts[1]
    assert numbers_on(client.get(month())) == []
    assert client.get(BOOKS).context["shelves"][0]["months"][0]["numbers"] == 0


@pytest.mark.parametrize(
    "address",
    [
        "/chung-thuc/so/so-la/2026-11/",
        "/chung-thuc/so/ban-sao/2026-13/",
        "/chung-thuc/so/ban-sao/2026-00/",
        "/chung-thuc/so/ban-sao/2026-1/",
        "/chung-thuc/so/ban-sao/0026/",
        "/chung-thuc/so/ban-sao/9999999/",
        "/chung-thuc/so/ban-sao/nam/",
        "/chung-thuc/so/ban-sao/2026/99999999999999999999/",
        "/chung-thuc/so/ban-sao/2026-11/in/?phan=2",
        "/chung-thuc/so/ban-sao/2026-11/in/?phan=0",
        "/chung-thuc/so/ban-sao/2026-11/in/?phan=x",
    ],
)
def test_an_address_of_nothing_is_not_found(client, archivist, address):
    assert client.get(address).status_code == 404


# -- the books ----------------------------------------------------------------------------------


def test_the_shelf_counts_each_month_of_each_book(client, archivist):
    signed(copy(copies=3), signature(), at=local("2026-10-31 23:59"))
    spoilt = certified(copy(), copy("Học bạ"), at=local("2026-11-01 00:00"))
    lifecycle.void_entry(entries_of(spoilt)[0], reason="ghi nhầm", by=make_clerk(), at=MORNING)
    shelves = client.get(BOOKS).context["shelves"]
    november, october = shelves[0]["months"][:2]
    assert [(line["numbers"], line["voided"], line["copies"], line["unsigned"]) for line in (november, october)] == [
        (1, 1, 1, 1),
        (1, 0, 3, 0),
    ]
    assert [shelf["months"][1]["numbers"] for shelf in shelves] == [1, 1, 0, 0]


def test_another_year_has_its_own_books(client, archivist):
    signed(at=local("2025-12-31 09:00"))
    assert client.get(BOOKS, {"nam": "2025"}).context["shelves"][0]["months"][0]["numbers"] == 1
    assert client.get(BOOKS, {"nam": "không"}).context["year"] == "2026"


def test_a_line_has_every_column_of_its_form(client, archivist):
    signed(translation())
    response = client.get(month("nguoi-dich"))
    ((row, _, dossier),) = response.context["lines"]
    cells = dict(row.cells)
    assert list(cells) == [column.key for column in response.context["form"].columns]
    assert (cells["number"], cells["date"], cells["languages"], cells["fee"]) == ("01", "20/11/2026", "Anh sang Việt", "10.000")
    assert cells["person"].startswith("Thạch Thị Sóc Kha\n")
    assert cells["signer"] == "Nguyễn Văn Đặng\nCHỦ TỊCH"
    assert dossier.code in response.content.decode()


def test_a_struck_out_number_is_shown_with_its_reason(client, archivist):
    dossier = certified(copy(), copy("Học bạ"))
    lifecycle.void_entry(entries_of(dossier)[0], reason="ghi nhầm tên", by=make_clerk(), at=MORNING)
    text = client.get(month()).content.decode()
    assert "<s>01</s>" in text
    assert "Hủy: ghi nhầm tên" in text
    assert "đã hủy" in client.get(number(1)).content.decode()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2", [2]),
        ("02", [2]),
        ("hoc ba", [2]),
        ("ĐẶNG", [1]),
        ("kha", [2, 3]),
        ("99", []),
        ("%", []),
        ("9" * 40, []),
        ("\x00", [1, 2, 3]),
        ("'; --", []),
    ],
)
def test_lines_are_found_by_number_and_by_words_without_accents(client, archivist, typed, found):
    signed(copy("Bằng lái xe"), name="Đặng Thị Hà")
    signed(copy("Học bạ"), copy("Bằng tốt nghiệp"))
    assert numbers_on(client.get(month(), {"tu-khoa": typed})) == found


def test_a_book_is_paged_by_number(client, archivist, monkeypatch):
    monkeypatch.setattr("dossiers.views.certification_books.PAGE_SIZE", 2)
    signed(copy("A"), copy("B"), copy("C"))
    first = client.get(month())
    second = client.get(month() + first.context["next_page"])
    assert (numbers_on(first), numbers_on(second)) == ([1, 2], [3])
    assert (second.context["next_page"], second.context["first_page"]) == ("", "?")


def test_the_cost_of_a_book_does_not_depend_on_its_lines(client, archivist, django_assert_max_num_queries):
    signed(copy("A"))
    client.get(month())
    for address in (BOOKS, month(), CASH, COUNTING):
        with django_assert_max_num_queries(9) as few:
            client.get(address)
        signed(copy("B"), copy("C"), signature())
        with django_assert_max_num_queries(9) as many:
            client.get(address)
        assert len(few) == len(many), address


def test_an_inspector_follows_a_number_to_session_signer_and_fee(client):
    dossier = signed(copy("Học bạ", pages=4, copies=2))
    auditor = make_user(Role.AUDITOR)
    client.force_login(auditor)
    text = client.get(number(1)).content.decode()
    receipt = dossier.certification_receipts.get()
    for said in (
        dossier.code,
        "Thạch Thị Mỹ Duyên",
        "Nguyễn Văn Đặng",
        "12.000 đồng",
        f"{receipt.series} số {receipt.number}",
        "TT 226/2016",
    ):
        assert said in text, said
    assert AccessEntry.objects.filter(actor_id=auditor.pk, kind=AccessKind.VIEW, subject=f"dossier:{dossier.pk}").count() == 1


@pytest.mark.parametrize(
    ("address", "kind"),
    [(BOOKS, "list"), (month(), "list"), (f"{month()}?tu-khoa=kha", "search"), (PDF, "print"), (CASH, "list"), (DELEGATIONS, "list")],
)
def test_what_was_seen_is_on_record_without_what_was_typed(client, archivist, address, kind):
    signed()
    client.get(address)
    entry = AccessEntry.objects.filter(actor_id=archivist.pk).latest("pk")
    assert (entry.kind, entry.subject) == (kind, f"agency:{archivist.agency_id}")
    assert "kha" not in entry.detail


# -- print --------------------------------------------------------------------------------------


def test_the_month_and_the_year_are_printed(client, archivist):
    signed()
    for address in (PDF, month(period="2026", view="certification_book_pdf")):
        response = client.get(address)
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")
        assert "no-store" in response["Cache-Control"]


def test_a_long_month_offers_its_parts(client, archivist, monkeypatch):
    monkeypatch.setattr("dossiers.certification.papers.LEAVES_A_PART", 1)
    monkeypatch.setattr("dossiers.certification.papers.ROOM_MM", 10.0)
    signed(copy("A"), copy("B"))
    response = client.get(PDF)
    assert list(response.context["parts"]) == [1, 2]
    assert client.get(PDF, {"phan": "2"}).content.startswith(b"%PDF-")


# -- closing ------------------------------------------------------------------------------------


def test_a_month_is_closed_after_a_page_that_shows_what_will_be_fixed(client, archivist):
    signed(copy(copies=3))
    page = client.get(CLOSE)
    assert (page.status_code, page.context["counts"].copies) == (200, 3)
    response = client.post(CLOSE, {"confirmed_by": "Nguyễn Văn Đặng"})
    assert (response.status_code, response.url) == (303, month())
    closing = BookClosing.objects.get()
    assert (closing.book, closing.year, closing.month, closing.numbers, closing.confirmed_by) == ("BS", 2026, 11, 1, "Nguyễn Văn Đặng")
    assert closing.closed_by == archivist
    assert "Đã khóa sổ" in client.get(month()).content.decode()


def test_a_second_press_closes_nothing_twice(client, archivist):
    assert [client.post(CLOSE).status_code for _ in range(2)] == [303, 303]
    assert BookClosing.objects.count() == 1
    assert client.get(CLOSE).url == month()


def test_a_month_with_an_unsigned_number_stays_open(client, archivist):
    certified()
    response = client.post(CLOSE, {"confirmed_by": "Nguyễn Văn Đặng"})
    assert response.status_code == 422
    assert "Còn 1 số chưa ký hoặc hủy" in response.context["problem"]
    assert response.context["form"]["confirmed_by"].value() == "Nguyễn Văn Đặng"
    assert not BookClosing.objects.exists()


def test_the_year_waits_for_its_last_day(client, archivist):
    response = client.post(month(period="2026", view="certification_book_close"))
    assert (response.status_code, response.context["problem"]) == (422, "Chưa hết năm 2026. Khóa sổ từ ngày 31/12/2026.")


def test_the_year_is_closed_after_its_months(client, archivist, monkeypatch):
    signed()
    year = month(period="2026", view="certification_book_close")
    client.logout()
    monkeypatch.setattr(timezone, "now", lambda: local("2026-12-31 17:00"))
    client.force_login(archivist)
    assert client.post(year).context["problem"] == "Khóa sổ tháng 11/2026 trước."
    client.post(CLOSE)
    client.post(month(period="2026-12", view="certification_book_close"))
    assert client.post(year).status_code == 303
    assert BookClosing.objects.get(month=None).numbers == 1


# -- cash and counts ----------------------------------------------------------------------------


def test_the_cash_of_a_day_by_clerk(client, archivist):
    signed(copy(pages=2, copies=2))
    response = client.get(CASH, {"ngay": "20/11/2026"})
    (line,) = response.context["lines"]
    assert (line.clerk_name, line.receipts, line.cash, line.net) == ("Thạch Thị Mỹ Duyên", 1, 8_000, 8_000)
    assert "8.000 đồng" in response.content.decode()
    assert client.get(CASH, {"ngay": "19/11/2026"}).context["lines"] == []


@pytest.mark.parametrize("typed", ["", "hôm qua", "31/11/2026"])
def test_a_day_that_cannot_be_read_is_said_and_kept(client, archivist, typed):
    response = client.get(CASH, {"ngay": typed})
    assert response.status_code == 422
    assert response.context["form"]["ngay"].value() == typed


def test_visits_numbers_and_copies_of_a_free_period(client, archivist):
    signed(copy(copies=3), signature())
    signed(copy(copies=2), at=local("2026-11-23 09:00"))
    period = {"tu": "20/11/2026", "den": "22/11/2026"}
    context = client.get(COUNTING, period).context
    assert (context["total"].visits, context["total"].numbers, context["total"].copies) == (1, 2, 4)
    assert [(row.visits, row.numbers) for _, row, _ in context["by_book"]] == [(1, 1), (1, 1), (0, 0), (0, 0)]
    assert context["in_report"] == 2
    assert client.get(COUNTING, period | {"den": "23/11/2026"}).context["total"].visits == 2


@pytest.mark.parametrize("den", ["", "19/11/2026", "20/11/2031", "x"])
def test_a_period_that_cannot_be_is_said(client, archivist, den):
    assert client.get(COUNTING, {"tu": "20/11/2026", "den": den}).status_code == 422


def test_nothing_yet_is_said(client, archivist):
    assert "Chưa có dữ liệu trong kỳ" in client.get(COUNTING).content.decode()
    assert "Ngày này chưa thu tiền chứng thực" in client.get(CASH).content.decode()
    assert "Không có việc chứng thực nào trong kỳ này" in client.get(month()).content.decode()
    assert "Không tìm thấy số nào" in client.get(month(), {"tu-khoa": "kha"}).content.decode()


# -- choices ------------------------------------------------------------------------------------


def choices(**changes: str) -> dict[str, str]:
    values = {
        "counts_as": "number",
        "receiver_signs": "allow",
        "deputy_signs": "office",
        "receipt_numbers": "system",
        "receipt_series": "CT",
    }
    for book in ("BS", "CK", "ND", "GD"):
        values |= {f"symbol_{book}": "", f"volume_{book}": "1"}
    return values | changes


def test_choices_are_saved_and_on_record(client, head):
    sent = choices(
        counts_as="copy", receiver_signs="forbid", receipt_numbers="typed", print_cost_per_page="1.000", print_cost_source="QĐ 1/2026"
    )
    response = client.post(SETTING, sent | {"symbol_BS": "SCT/BSM", "volume_GD": "2"})
    assert (response.status_code, response.url) == (303, SETTING)
    setting = setting_of(head.agency_id)
    assert (setting.counts_as, setting.receiver_signs, setting.receipt_numbers) == ("copy", "forbid", "typed")
    assert (setting.print_cost_per_page, setting.symbols, setting.volumes) == (1_000, {"BS": "SCT/BSM"}, {"GD:2026": 2})
    assert Event.objects.filter(act="set_certification").count() == 1
    assert first_problem() is None


def test_nothing_changed_leaves_no_trace(client, head):
    assert client.post(SETTING, choices()).status_code == 303
    assert not Event.objects.filter(act="set_certification").exists()


def test_a_choice_taken_back_is_the_shipped_one_again(client, head):
    client.post(SETTING, choices(symbol_BS="SCT/BSM", volume_BS="2"))
    client.post(SETTING, choices())
    setting = setting_of(head.agency_id)
    assert (setting.symbols, setting.volumes) == ({}, {"BS:2026": 1})


@pytest.mark.parametrize(
    "changes",
    [
        {"counts_as": "page"},
        {"receipt_series": ""},
        {"print_cost_per_page": "500"},
        {"print_cost_per_page": "một nghìn", "print_cost_source": "QĐ"},
        {"print_cost_per_page": "3.000.000.000", "print_cost_source": "QĐ"},
        {"volume_BS": "0"},
        {"volume_BS": "hai"},
        {"symbol_BS": "X" * 21},
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_everything_kept(client, head, changes):
    response = client.post(SETTING, choices(receipt_series="AB") | changes)
    assert response.status_code == 422
    assert response.context["form"]["receipt_series"].value() == changes.get("receipt_series", "AB")
    assert setting_of(head.agency_id).pk is None


# -- clauses ------------------------------------------------------------------------------------


def test_an_own_clause_stands_in_place_of_the_shipped_one(client, head):
    assert "Chưa xác minh câu chữ" in client.get(CLAUSES).content.decode()
    response = client.post(CLAUSE, {"text": "Sao đúng bản chính\nSố {number}, quyển số {volume}", "source": "Mẫu 01, NĐ 280/2025"})
    assert (response.status_code, response.url) == (303, CLAUSES)
    text = client.get(CLAUSES).content.decode()
    assert "Sao đúng bản chính" in text
    assert "Lời chứng của cơ quan, sửa lần 1" in text
    signed()
    assert "Số 01, quyển số 01/2026-SCT/BS" in client.get(number(1)).content.decode()


def test_another_communes_clause_changes_nothing_here(client, head):
    other = make_head(make_agency("H61.27", "Phú Tân An"))
    lifecycle.save_clause(other.agency, "01", text="Của xã khác", source="x", by=other, at=MORNING)
    assert "Của xã khác" not in client.get(CLAUSES).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "", "source": "x"}, "Nhập lời chứng"),
        ({"text": "Số {number}", "source": ""}, "Ghi căn cứ"),
        ({"text": "Số {so_chung_thuc}", "source": "x"}, "{so_chung_thuc}"),
        ({"text": "Số {number", "source": "x"}, "Dấu ngoặc nhọn"),
    ],
)
def test_a_clause_that_cannot_be_filled_is_refused_and_kept(client, head, sent, said):
    response = client.post(CLAUSE, sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert response.context["form"]["text"].value() == sent["text"]
    assert not AttestationClause.objects.exists()


def test_an_unknown_clause_is_not_found(client, head):
    assert client.get(reverse("dossiers:certification_clause", args=["99"])).status_code == 404


# -- delegations --------------------------------------------------------------------------------


def decision(to, **changes: Any) -> dict[str, Any]:
    values = {
        "to": to.pk,
        "mode": "TUQ",
        "kinds": ["certification.copy", "certification.signature"],
        "title": "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH",
        "decision_number": "45/QĐ-CT",
        "decision_date": "29/08/2026",
        "valid_from": "29/8/2026",
        "valid_to": "31/12/2026",
    }
    return values | changes


def test_the_head_gives_the_right_to_sign_and_takes_it_back(client, head):
    official = make_user(Role.SPECIALIST, job_title="Công chức Tư pháp - Hộ tịch")
    response = client.post(NEW, decision(official))
    assert (response.status_code, response.url) == (303, DELEGATIONS)
    row = Delegation.objects.get()
    assert (row.delegate, row.delegator, row.kinds) == (official, head, ["certification.copy", "certification.signature"])
    assert "Đang được ký" in client.get(DELEGATIONS).content.decode()
    ending = reverse("dossiers:delegation_revoke", args=[row.pk])
    assert client.get(ending).status_code == 200
    assert client.post(ending, {"on": "30/11/2026"}).status_code == 303
    row.refresh_from_db()
    assert row.revoked_on == local("2026-11-30 00:00").date()
    assert "Đã thu hồi từ 30/11/2026" in client.get(DELEGATIONS).content.decode()
    assert client.post(ending, {"on": "30/11/2026"}).context["problem"] == "Ủy quyền này đã thu hồi."
    assert first_problem() is None


@pytest.mark.parametrize(
    ("who", "change", "words"),
    [
        ("delegate", {"is_active": False}, "Không còn được ký: tài khoản đã khóa"),
        ("delegator", {"is_active": False}, "người giao không còn là thủ trưởng"),
        ("delegator", {"roles": [Role.LEADER]}, "người giao không còn là thủ trưởng"),
    ],
)
def test_the_list_calls_nobody_a_signer_whom_the_signature_would_refuse(client, head, who, change, words):
    client.post(NEW, decision(make_user(Role.SPECIALIST)))
    row = Delegation.objects.get()
    User.objects.filter(pk=getattr(row, f"{who}_id")).update(**change)
    client.force_login(make_user(Role.MANAGER))
    text = client.get(DELEGATIONS).content.decode()
    assert (words in text, "Đang được ký" in text) == (True, False)


def test_a_decision_sent_twice_is_put_down_once(client, head):
    official = make_user(Role.SPECIALIST)
    assert [client.post(NEW, decision(official)).status_code for _ in range(2)] == [303, 303]
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"kinds": []},
        {"kinds": ["certification.everything"]},
        {"mode": "TL"},
        {"mode": "KT"},
        {"decision_number": ""},
        {"decision_date": "30/08/2026"},
        {"decision_date": "01/12/2026", "valid_from": "01/12/2026"},  # not signed yet
        {"valid_to": "28/08/2026"},
        {"valid_to": "cuối năm"},
        {"to": ""},
    ],
)
def test_a_decision_that_the_rules_refuse_is_kept_on_the_page(client, head, changes):
    response = client.post(NEW, decision(make_user(Role.SPECIALIST)) | changes)
    assert response.status_code == 422
    assert response.context["form"]["title"].value() == "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH"
    assert not Delegation.objects.exists()


def test_letters_of_apology_can_be_given_by_order_and_certification_cannot(client, head):
    official = make_user(Role.MANAGER)
    assert "apology" not in client.get(NEW).context["form"]["kinds"].value()
    refused = client.post(NEW, decision(official) | {"mode": "TL", "kinds": ["apology", "certification.copy"]})
    assert "Chứng thực không ký thừa lệnh (TL.)." in refused.context["form"].errors["mode"][0]

    assert client.post(NEW, decision(official) | {"mode": "TL", "kinds": ["apology"]}).status_code == 303
    assert (Delegation.objects.get().kinds, "Văn bản xin lỗi" in client.get(DELEGATIONS).content.decode()) == (["apology"], True)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.HEAD])
def test_who_cannot_be_given_the_right_is_not_offered(client, head, role):
    person = make_user(role)
    stranger = make_user(Role.SPECIALIST, agency=make_agency("H61.27", "Phú Tân An"))
    offered = set(client.get(NEW).context["form"].fields["to"].queryset)
    assert {person, stranger, head} & offered == set()
    assert client.post(NEW, decision(person)).status_code == 422


@pytest.mark.parametrize("typed", ["29/11/2026", "", "mai"])
def test_a_delegation_is_not_ended_in_the_past(client, head, typed):
    client.post(NEW, decision(make_user(Role.SPECIALIST)))
    row = Delegation.objects.get()
    assert client.post(reverse("dossiers:delegation_revoke", args=[row.pk]), {"on": typed}).status_code == 422
    row.refresh_from_db()
    assert row.revoked_on is None


def test_another_communes_delegation_is_not_found(client, head):
    client.post(NEW, decision(make_user(Role.SPECIALIST)))
    row = Delegation.objects.get()
    client.force_login(make_head(make_agency("H61.27", "Phú Tân An")))
    elsewhere = client.post(reverse("dossiers:delegation_revoke", args=[row.pk]), {"on": "30/11/2026"})
    nowhere = client.post(reverse("dossiers:delegation_revoke", args=[row.pk + 1]), {"on": "30/11/2026"})
    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)
    assert client.get(DELEGATIONS).context["rows"] == []


@pytest.mark.parametrize("role", [Role.ARCHIVIST, Role.MANAGER, Role.LEADER, Role.CLERK])
def test_only_the_head_writes_delegations(client, head, role):
    client.post(NEW, decision(make_user(Role.SPECIALIST)))
    row = Delegation.objects.get()
    client.force_login(make_user(role))
    assert client.post(NEW, decision(make_user(Role.SPECIALIST))).status_code == 403
    assert client.post(reverse("dossiers:delegation_revoke", args=[row.pk]), {"on": "30/11/2026"}).status_code == 403


def test_the_name_of_a_paper_is_never_markup(client, archivist):
    signed(copy("<script>alert(1)</script>"))
    for address in (month(), number(1)):
        text = client.get(address).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("typed", ["1" + "0" * 30, "-1", "x", "²"])
def test_a_cursor_that_is_none_begins_at_the_first_number(client, archivist, typed):
    signed()
    assert numbers_on(client.get(month(), {"sau": typed})) == [1]
