"""The certification page as a clerk uses it: scanner, quick entries, wrong input, double clicks, another commune."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from dossiers.certification.tests.makers import make_catalogue, make_head
from dossiers.certification_page import NO_SUCH_CODE
from dossiers.models import CertificationEntry, CertificationReceipt, CertificationSetting, Dossier, IntakeDraft, Refusal
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

CARD = "000185006123|334123456|Thạch Thị Sóc Kha|05031985|Nữ|Ấp Trà Kha, Thạnh An, Trà Cú, Trà Vinh|12082021"
PAGE, TODAY = "/quay/chung-thuc/", "/quay/chung-thuc/hom-nay/"
AT = local("2026-11-20 09:30")


class Clock:
    """The clock of the pages, set by hand."""

    def __init__(self) -> None:
        self.moment = AT

    def __getattr__(self, name: str):
        return getattr(timezone, name)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    clock = Clock()
    for module in ("certifying", "certified", "acting", "desk"):
        monkeypatch.setattr(f"dossiers.views.{module}.timezone", clock)
    return clock


@pytest.fixture
def desk(client):
    make_catalogue()
    client.force_login(make_clerk())
    return client


@pytest.fixture
def head():
    return make_head()


def filled(*papers: str, **fields: str) -> dict[str, str]:
    """What the page sends for these quick entries, by somebody with a card."""
    values = {
        "submission_key": str(uuid4()),
        "act": "save",
        "name": "Thạch Thị Sóc Kha",
        "personal_id": "000185006123",
        "birth": "1985",
        "paid_by": "cash",
    }
    for index, paper in enumerate(papers):
        values[f"line-{index}-paper"] = paper
    return values | {name.replace("__", "-"): value for name, value in fields.items()}


def lines_of(response) -> list[tuple]:
    """(kind, name, work, pages, copies, fee) of the lines that are on the page."""
    values = response.context["values"]
    names = ("paper", "paper_name", "work", "pages", "copies")
    return [(*(values.get(f"line-{row.index}-{name}", "") for name in names), row.fee) for row in response.context["page"].filled_rows]


def sentences(response) -> list[str]:
    return [problem.text for problem in response.context["mistakes"]]


# -- reading ---------------------------------------------------------------------------------


def test_a_scanned_card_fills_the_requester_and_moves_on_to_the_papers(desk):
    response = desk.post(PAGE, {"act": "read", "scan": CARD})
    values = response.context["values"]
    assert (values["name"], values["personal_id"], values["birth"]) == ("Thạch Thị Sóc Kha", "000185006123", "05/03/1985")
    assert response.context["focus"] == "id_line-0-paper"


def test_a_known_person_brings_the_phone_along(desk):
    make_dossier()
    assert desk.post(PAGE, {"act": "read", "scan": CARD}).context["values"]["phone"] == "0900000123"


def test_another_commune_knows_nothing_of_the_person(client, desk):
    make_dossier()
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    assert client.post(PAGE, {"act": "read", "scan": CARD}).context["values"]["phone"] == ""


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("cc 2 5", ("cc", "Căn cước, căn cước công dân", "copy", "2", "5", 20000)),
        ("CC 5", ("cc", "Căn cước, căn cước công dân", "copy", "1", "5", 10000)),
        ("cc", ("cc", "Căn cước, căn cước công dân", "copy", "1", "1", 2000)),
        ("đx 1x3", ("dx", "Giấy chứng nhận đăng ký xe", "copy", "1", "3", 6000)),
        ("bang tot nghiep", ("bt", "Bằng tốt nghiệp", "copy", "1", "1", 2000)),
        ("Sổ hộ khẩu số 12 3", ("", "Sổ hộ khẩu số 12 3", "copy", "1", "1", 2000)),
        ("ll", ("ll", "Sơ yếu lý lịch", "signature", "1", "1", 10000)),
        ("cd", ("cd", "Hợp đồng chuyển nhượng quyền sử dụng đất", "contract", "1", "1", 50000)),
    ],
)
def test_a_quick_entry_is_read_into_a_line_with_its_fee(desk, typed, line):
    assert lines_of(desk.post(PAGE, filled(typed, act="read"))) == [line]


@pytest.mark.parametrize(("typed", "part"), [("zz 2 3", "zz 2 3"), ("cc 2 2, zz 3 3", "zz 3 3"), ("cc, bằng lái", "bằng lái")])
def test_a_mistyped_code_is_no_name_of_a_paper(desk, head, typed, part):
    for act in ("read", "save"):
        response = desk.post(PAGE, filled(typed, act=act, shown_total="2000"))
        assert sentences(response) == [NO_SUCH_CODE.format(part=part)]
    assert Dossier.objects.count() == 0


def test_several_entries_in_one_box_become_lines(desk):
    response = desk.post(PAGE, filled("cc 2 2, bt 3 3", "ks", act="read"))
    assert [(line[0], line[3], line[4]) for line in lines_of(response)] == [("cc", "2", "2"), ("bt", "3", "3"), ("ks", "1", "1")]
    assert response.context["focus"] == "id_line-3-paper"


def test_another_code_brings_its_own_name_but_not_over_a_typed_one(desk):
    read = filled("bt", act="read", line__0__paper_name="Căn cước, căn cước công dân")
    assert lines_of(desk.post(PAGE, read))[0][1] == "Bằng tốt nghiệp"
    own = filled("bt", act="read", line__0__paper_name="Bằng đại học Cần Thơ")
    assert lines_of(desk.post(PAGE, own))[0][1] == "Bằng đại học Cần Thơ"


def test_three_rows_are_ready_and_one_more_than_filled(desk):
    assert len(desk.get(PAGE).context["page"].rows) == 3
    assert len(desk.post(PAGE, filled("cc", "bt", "ks", act="read")).context["page"].rows) == 4
    assert len(desk.post(PAGE, filled("cc", act="add", rows="3")).context["page"].rows) == 4


def test_reading_never_saves_and_a_scan_wins_over_a_button(desk):
    desk.post(PAGE, filled("cc", act="read"))
    desk.post(PAGE, filled("cc", shown_total="2000", scan=CARD))
    assert Dossier.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("nn", "Không chứng thực được: Giấy nước ngoài chưa hợp pháp hóa lãnh sự"),
        ("tv", "Không chứng thực được: Giấy cá nhân tự lập không có xác nhận, đóng dấu"),
        ("uq", "Không chứng thực được: Nội dung là giao dịch, trừ bốn loại giấy ủy quyền"),
        ("cc 0 1", "Số trang từ 1 đến 3000"),
        ("cc 1 501", "Số bản từ 1 đến 500"),
    ],
)
def test_what_may_not_be_certified_is_said_at_its_line_at_once(desk, typed, sentence):
    response = desk.post(PAGE, filled("bt", typed, act="read"))
    [found] = sentences(response)
    assert found.startswith(sentence)
    assert response.context["mistakes"][0].target.startswith("id_line-1-")
    assert response.context["page"].total is None


def test_an_authorisation_of_the_four_kinds_is_no_deal(desk):
    response = desk.post(PAGE, filled("uq", act="read", line__0__authorisation_case="pension"))
    assert sentences(response) == []


# -- saving ----------------------------------------------------------------------------------


def test_saving_draws_one_number_a_paper_and_one_receipt(desk):
    response = desk.post(PAGE, filled("cc 2 2", "bt 3 3", shown_total="23000"))
    dossier = Dossier.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/quay/chung-thuc/luot/{dossier.code}/?in=1"
    assert [(e.book, e.number, e.pages, e.copies, e.fee) for e in dossier.certification_entries.all()] == [
        ("BS", 1, 2, 2, 8000),
        ("BS", 2, 3, 3, 15000),
    ]
    assert [receipt.total for receipt in dossier.certification_receipts.all()] == [23000]
    assert (dossier.status, dossier.issued_papers.count()) == (Status.RECEIVED, 0)


@pytest.mark.parametrize("shown", ["", "2000", "x"])
def test_a_sum_that_was_not_on_the_screen_is_shown_before_it_is_taken(desk, shown):
    response = desk.post(PAGE, filled("cc 2 2", shown_total=shown))
    assert (response.status_code, response.context["unseen"], response.context["total"]) == (422, True, "8.000 đồng")
    assert Dossier.objects.count() == 0


def test_the_same_form_sent_twice_is_one_session(desk):
    sent = filled("cc 2 2", shown_total="8000")
    first, second = desk.post(PAGE, sent), desk.post(PAGE, sent)
    assert (Dossier.objects.count(), CertificationEntry.objects.count()) == (1, 1)
    assert second["Location"].split("?")[0] == first["Location"].split("?")[0]


@pytest.mark.parametrize(
    ("fields", "sentence", "target"),
    [
        ({"name": ""}, "Nhập họ và tên như trên giấy tờ", "id_name"),
        ({"line__0__paper": "cc", "line__0__pages": "hai"}, "Nhập số trang bằng số, ví dụ 2", "id_line-0-pages"),
        ({"line__0__work": "translation", "line__0__paper": "bg"}, "Ghi dịch từ tiếng nào sang tiếng nào", "id_line-0-language_from"),
        (
            {"working_days": "3", "prolong_reason": "nhiều trang"},
            "Kéo dài quá 2 ngày làm việc phải có thỏa thuận bằng văn bản (NĐ 23/2015 Đ.21)",
            "id_agreed_in_writing",
        ),
        ({"paid_by": "vàng"}, "Chọn cách nộp tiền", "id_paid_by"),
    ],
)
def test_bad_input_is_explained_and_kept(desk, fields, sentence, target):
    sent = filled("cc 2 2", shown_total="8000", line__1__paper="bt 3 3", **fields)
    response = desk.post(PAGE, sent)
    assert response.status_code == 422
    assert (sentence, target) in [(problem.text, problem.target) for problem in response.context["mistakes"]]
    assert response.context["values"]["line-1-paper_name"] == "Bằng tốt nghiệp"
    assert Dossier.objects.count() == 0


def test_everything_that_is_wrong_is_said_at_once(desk):
    assert sentences(desk.post(PAGE, filled("cc 0 1", name=""))) == ["Nhập họ và tên như trên giấy tờ", "Số trang từ 1 đến 3000"]


def test_an_empty_session_asks_for_a_paper(desk):
    assert sentences(desk.post(PAGE, filled())) == ["Ghi ít nhất một giấy tờ cần chứng thực"]


def test_a_signature_needs_what_the_desk_has_seen(desk):
    sent = filled("ll", shown_total="10000")
    assert sentences(desk.post(PAGE, sent)) == [
        "Người yêu cầu phải ký trước mặt người tiếp nhận hoặc người chứng thực",
        "Chỉ chứng thực khi người ký minh mẫn, làm chủ hành vi (NĐ 23/2015 Điều 25, 36)",
    ]
    assert desk.post(PAGE, sent | {"line-0-signed_before_me": "on", "line-0-capacity_sure": "on"}).status_code == 303
    assert CertificationEntry.objects.get().book == "CK"


def test_a_mortgage_for_farming_is_free_with_its_ground(desk):
    sent = filled("tc", line__0__exempt="nd55", line__0__signed_before_me="on", line__0__capacity_sure="on", shown_total="0")
    assert desk.post(PAGE, sent).status_code == 303
    entry = CertificationEntry.objects.get()
    assert (entry.fee_full, entry.fee, entry.exempt_ground) == (50000, 0, "nd55")
    assert not CertificationReceipt.objects.exists()


def test_after_three_the_slip_is_made_and_goes_to_the_printer(desk, clock):
    clock.moment = local("2026-11-20 15:00:01")
    page = desk.post(PAGE, filled("cc", act="read"))
    assert page.context["due_words"] == "17:00 thứ Hai, 23/11/2026"
    address = desk.post(PAGE, filled("cc", shown_total="2000"))["Location"]
    shown = desk.get(address)
    assert (shown.context["print_now"], shown.context["paper"] is not None) == (True, True)


def test_a_damaged_key_still_saves(desk):
    assert desk.post(PAGE, filled("cc", shown_total="2000", submission_key="không phải")).status_code == 303


def test_typed_receipts_ask_for_their_number(desk):
    CertificationSetting.objects.create(agency=make_agency(), receipt_numbers="typed", receipt_series="AB/26")
    sent = filled("cc", shown_total="2000")
    assert sentences(desk.post(PAGE, sent)) == ["Ghi số biên lai."]
    desk.post(PAGE, sent | {"receipt_series": "AB/26", "receipt_number": "0012"})
    assert str(CertificationReceipt.objects.get()) == "AB/26 0012"


# -- on the spot -----------------------------------------------------------------------------


def test_all_at_once_with_the_signer_on_duty(desk, head):
    response = desk.post(PAGE, filled("cc 2 2", act="spot", shown_total="8000", signer=str(head.pk), no_interest="on"))
    dossier = Dossier.objects.get()
    assert (response.status_code, dossier.status) == (303, Status.RETURNED)
    assert dossier.certification_entries.get().signer == head
    assert desk.get(PAGE).context["values"]["signer"] == str(head.pk)


def test_without_the_declaration_nothing_is_saved(desk, head):
    response = desk.post(PAGE, filled("cc 2 2", act="spot", shown_total="8000", signer=str(head.pk)))
    assert sentences(response)[0].startswith("Giấy tờ liên quan tài sản, lợi ích của người ký")
    assert Dossier.objects.count() == 0


def test_nobody_of_another_commune_is_a_signer(desk, head):
    stranger = make_head(make_agency("H61.27", "Trà Kha"))
    response = desk.post(PAGE, filled("cc", act="spot", shown_total="2000", signer=str(stranger.pk), no_interest="on"))
    assert response.status_code == 422
    assert [signer.pk for signer in response.context["page"].signers] == [head.pk]


# -- refusing --------------------------------------------------------------------------------


def test_a_refused_paper_gets_its_slip_and_the_others_stay(desk):
    response = desk.post(PAGE, filled("cc 2 2", "nn", act="refuse-1", line__1__ground="K5"))
    slip = Refusal.objects.get().issued_papers.get()
    draft = IntakeDraft.objects.get()
    assert response["Location"] == f"{PAGE}?draft={draft.key}&phieu={slip.pk}"
    rest = desk.get(response["Location"])
    assert (lines_of(rest)[0][0], len(lines_of(rest)), rest.context["refusal"]) == ("cc", 1, slip)
    desk.post(PAGE, filled("cc 2 2", shown_total="8000", submission_key=str(draft.key)))
    assert not IntakeDraft.objects.exists()


def test_the_only_paper_refused_leads_to_its_slip(desk):
    response = desk.post(PAGE, filled("tv", act="refuse-0", line__0__ground="K6"))
    slip = Refusal.objects.get().issued_papers.get()
    assert response["Location"] == reverse("dossiers:slip", args=[slip.pk]) + "?in=1"


@pytest.mark.parametrize("fields", [{}, {"line__0__ground": "C1"}, {"line__0__ground": "K6", "name": ""}])
def test_a_refusal_needs_its_ground_and_a_name(desk, fields):
    response = desk.post(PAGE, filled("tv", act="refuse-0", **fields))
    assert (response.status_code, Refusal.objects.count()) == (422, 0)


def test_a_refusal_slip_of_another_commune_is_not_shown(client, desk):
    desk.post(PAGE, filled("tv", act="refuse-0", line__0__ground="K6"))
    number = Refusal.objects.get().issued_papers.get().pk
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    assert client.get(f"{PAGE}?phieu={number}").context["refusal"] is None


# -- rights ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CLERK, Role.MANAGER}))
def test_only_the_desk_takes_certifications_in(client, role):
    client.force_login(make_user(role))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, filled("cc", shown_total="2000")).status_code == 403


def test_a_stranger_is_asked_to_log_in(client):
    assert client.get(PAGE)["Location"].startswith("/dang-nhap/")


def test_opening_the_page_costs_few_queries(desk, head, django_assert_max_num_queries):
    desk.get(PAGE)
    with django_assert_max_num_queries(5):
        desk.get(PAGE)


def test_reading_costs_the_same_for_two_papers_and_for_twenty(desk, head, django_assert_max_num_queries):
    for papers in (2, 20):
        with django_assert_max_num_queries(10):
            desk.post(PAGE, filled(*["cc 2 2"] * papers, act="read"))


def test_a_hundred_lines_are_cut_with_a_sentence(desk):
    response = desk.post(PAGE, filled(*["cc 1 1"] * 41, act="read"))
    assert (len(lines_of(response)), sentences(response)) == (40, ["Một lượt nhiều nhất 40 giấy tờ. Lưu lượt này rồi nhận tiếp"])


def test_the_lines_typed_when_the_session_ended_open_after_the_log_in(desk, head):
    sent = filled("cc 2 2", act="save", shown_total="8000")
    clerk = desk.session["_auth_user_id"]
    ends = timezone.now() - timedelta(minutes=20) + timedelta(hours=12)
    Session.objects.filter(pk=desk.session.session_key).update(expire_date=ends)
    back = parse_qs(urlsplit(desk.post(PAGE, sent)["Location"]).query)["tiep"][0]
    assert (back, Dossier.objects.count()) == (f"{PAGE}?draft={IntakeDraft.objects.get().key}", 0)
    desk.force_login(User.objects.get(pk=clerk))
    assert len(lines_of(desk.get(back))) == 1
