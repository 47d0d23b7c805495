"""The intake page as a clerk uses it: scanner, keys, wrong input, double clicks, another commune."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from dossiers import issuing, secrets
from dossiers.models import Dossier, IntakeDraft, Refusal, SupplementRequest
from dossiers.reception import HAS_BOOK, INCOMPLETE
from dossiers.tests.makers import make_clerk, make_version
from dossiers.views.reception import NO_SUCH_SLIP
from onestop.history.models import AccessEntry
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.models import Component, Fee

pytestmark = pytest.mark.django_db

CARD = "000185006123|334123456|Thạch Thị Sóc Kha|05031985|Nữ|Ấp Trà Kha, Thạnh An, Trà Cú, Trà Vinh|12082021"
FATHER = "000083006124||Sơn Văn Phước|01021983|Nam|Ấp Trà Kha, Thạnh An, Vĩnh Long|20082025||||"
PAGE = "/quay/tiep-nhan/"


@pytest.fixture
def version():
    """A birth registration: mother and child, two papers, filed by a parent."""
    version = make_version(value=None, unit="immediate", slip_rule="if_not_returned_today")
    version.procedure.short_code = "ks"
    version.procedure.save()
    case = version.cases.get()
    case.subjects = [{"role": "child", "required": True}, {"role": "mother", "required": True}, {"role": "father", "required": False}]
    case.basis_allowed = ["parent_guardian", "power_of_attorney"]
    case.save()
    return version


@pytest.fixture
def desk(client, version):
    client.force_login(make_clerk())
    return client


def filled(version, **fields) -> dict[str, str]:
    """Everything that a complete birth registration sends."""
    values = {
        "submission_key": str(uuid4()),
        "act": "save_print",
        "name": "Thạch Thị Sóc Kha",
        "personal_id": "000185006123",
        "birth": "5/3/1985",
        "sex": "female",
        "phone": "0900 000 123",
        "procedure": version.procedure.code,
        "basis": "parent_guardian",
        "child-name": "Sơn Minh Khang",
        "mother-name": "Thạch Thị Sóc Kha",
        "all_there": "on",
        "delivery": "desk",
        "channel": "counter",
        "set_count": "1",
        "slip_language": "vi",
        "slip_wanted": "on",
    }
    return values | {name.replace("__", "-"): value for name, value in fields.items()}


def without_tokens(response) -> str:
    """The page without its CSRF tokens, which differ on every page."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())


def values_of(response) -> dict[str, str]:
    return response.context["values"]


# -- reading ---------------------------------------------------------------------------------


def test_a_scanned_card_fills_the_filer_and_moves_on(desk):
    response = desk.post(PAGE, {"act": "read", "scan": CARD})
    values = values_of(response)
    assert (values["name"], values["birth"], values["sex"], values["personal_id"]) == (
        "Thạch Thị Sóc Kha",
        "05/03/1985",
        "female",
        "000185006123",
    )
    assert response.context["focus"] == "id_phone"


def test_reading_never_saves(desk, version):
    desk.post(PAGE, filled(version, act="read"))
    assert Dossier.objects.count() == 0


@pytest.mark.parametrize("act", ["save_print", "save", "save_keep", "supplement"])
def test_a_list_that_was_never_shown_is_shown_instead_of_judged(desk, version, act):
    """The procedure was typed and F9 pressed, or another one typed over the first: its papers and fees were on no screen."""
    for shown in ("-", f"{version.pk + 1}:a"):
        response = desk.post(PAGE, filled(version, act=act, shown=shown))
        page = response.context["page"]
        assert (response.status_code, page.problems, page.judged, page.values.get("all_there")) == (200, [], [], None)
    assert (Dossier.objects.count(), SupplementRequest.objects.count()) == (0, 0)


def test_the_list_that_was_shown_is_judged(desk, version):
    shown = desk.post(PAGE, filled(version, act="read")).context["page"].shown()
    assert desk.post(PAGE, filled(version, shown=shown)).status_code == 303


def test_a_scan_wins_over_a_button(desk, version):
    """A scanner's Enter in the box means reading, whatever button the browser names."""
    desk.post(PAGE, filled(version, scan=CARD))
    assert Dossier.objects.count() == 0


def test_enter_keeps_every_value(desk, version):
    sent = filled(version, act="read", staff_note="gọi trước")
    kept = values_of(desk.post(PAGE, sent))
    assert {name: kept[name] for name in sent if name != "act"} == {name: value for name, value in sent.items() if name != "act"}


def test_a_second_card_fills_the_next_person(desk, version):
    first = values_of(desk.post(PAGE, {"act": "read", "scan": CARD, "procedure": "ks"}))
    assert first["mother-name"] == "Thạch Thị Sóc Kha"
    second = values_of(desk.post(PAGE, {**first, "act": "read", "scan": FATHER}))
    assert (second["name"], second["father-name"]) == ("Thạch Thị Sóc Kha", "Sơn Văn Phước")


def test_the_same_card_again_changes_nobody_else(desk, version):
    first = values_of(desk.post(PAGE, {"act": "read", "scan": CARD, "procedure": "ks"}))
    second = values_of(desk.post(PAGE, {**first, "act": "read", "scan": CARD}))
    assert "father-name" not in second


def test_a_known_person_brings_the_phone_along(desk, version):
    desk.post(PAGE, filled(version))
    response = desk.post(PAGE, {"act": "read", "scan": CARD})
    assert values_of(response)["phone"] == "0900000123"
    assert response.context["page"].known.dossiers == 1
    assert response.context["focus"] == "id_procedure"


def test_another_commune_knows_nothing_of_the_person(client, desk, version):
    desk.post(PAGE, filled(version))
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    response = client.post(PAGE, {"act": "read", "scan": CARD})
    assert response.context["page"].known.dossiers == 0
    assert "phone" not in values_of(response)


@pytest.mark.parametrize(
    ("scan", "sentence"),
    [
        ("https://vi.du/abc", "Đây không phải mã QR trên thẻ căn cước. Quét mã in trên thẻ"),
        ("00020101021238540010A000000727", "Đây không phải mã QR trên thẻ căn cước. Quét mã in trên thẻ"),
        ("1|2|3", "Không đọc được thẻ. Quét lại, hoặc nhập tay"),
        ("0412", "Chưa có tờ khai nào mang mã nháp này"),
    ],
)
def test_a_wrong_code_is_explained_and_nothing_is_lost(desk, scan, sentence):
    response = desk.post(PAGE, {"act": "read", "scan": scan, "name": "Thạch Sa"})
    assert response.context["problems"] == [("id_scan", sentence)]
    assert values_of(response)["name"] == "Thạch Sa"


def test_a_damaged_card_keeps_number_and_date_and_asks_for_the_name(desk):
    response = desk.post(PAGE, {"act": "read", "scan": CARD.replace("Thạch Thị Sóc Kha", "Th?ch Th\ufffd")})
    assert (values_of(response)["personal_id"], values_of(response)["name"]) == ("000185006123", "")
    assert response.context["focus"] == "id_name"


def test_our_own_slip_opens_the_dossier(desk, version):
    desk.post(PAGE, filled(version))
    dossier = Dossier.objects.get()
    address = issuing.token_address(secrets.token(dossier.code, 1))
    response = desk.post(PAGE, {"act": "read", "scan": address})
    assert (response.status_code, response.url) == (303, dossier.get_absolute_url())


def test_a_slip_of_another_commune_opens_nothing(client, desk, version):
    desk.post(PAGE, filled(version))
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    response = client.post(PAGE, {"act": "read", "scan": issuing.token_address(secrets.token(Dossier.objects.get().code, 1))})
    assert response.context["problems"] == [("id_scan", NO_SUCH_SLIP)]


def test_a_dossier_code_opens_the_dossier(desk, version):
    desk.post(PAGE, filled(version))
    dossier = Dossier.objects.get()
    response = desk.post(PAGE, {"act": "read", "scan": dossier.code.lower()})
    assert (response.status_code, response.url) == (303, dossier.get_absolute_url())


def test_a_code_that_leads_nowhere_leaves_the_page_as_it_was(desk):
    response = desk.post(PAGE, {"act": "read", "scan": "h61.26-261120-0001", "name": "Thạch Sa"})
    assert (values_of(response)["name"], response.context["problems"]) == ("Thạch Sa", [("id_scan", NO_SUCH_SLIP)])


def test_another_slip_scanned_in_the_middle_of_an_intake_keeps_it_as_a_draft(desk, version):
    desk.post(PAGE, filled(version))
    code = Dossier.objects.get().code
    desk.post(PAGE, {"act": "read", "scan": code})
    assert IntakeDraft.objects.count() == 0
    desk.post(PAGE, filled(version, act="read", scan=code, name="Thạch Sa"))
    assert IntakeDraft.objects.get().fields["name"] == "Thạch Sa"


def test_scans_leave_no_personal_data_in_the_access_log(desk):
    desk.post(PAGE, {"act": "read", "scan": CARD})
    assert list(AccessEntry.objects.filter(kind="search").values_list("detail", flat=True)) == ["card …123"]


# -- procedure, case, papers -----------------------------------------------------------------


@pytest.mark.parametrize("typed", ["ks", "KS", "1.001193", "dang ky khai sinh", "khai sinh"])
def test_a_procedure_is_found_by_short_code_code_or_words(desk, version, typed):
    assert desk.post(PAGE, {"act": "read", "procedure": typed}).context["page"].version == version


def test_several_procedures_are_offered(desk, version):
    make_version("1.000002")
    response = desk.post(PAGE, {"act": "read", "procedure": "khai sinh"})
    assert response.context["problems"] == [("id_procedure", "Có 2 thủ tục khớp “khai sinh”. Chọn một")]
    chosen = desk.post(PAGE, {"act": "read", "procedure": "khai sinh", "procedure_choice": "1.001193"})
    assert chosen.context["page"].version == version


def test_an_expired_procedure_says_since_when(desk):
    old = make_version("1.000003", effective_to=timezone.localdate() - timedelta(days=1))
    response = desk.post(PAGE, {"act": "read", "procedure": "1.000003"})
    assert response.context["problems"] == [("id_procedure", f"Thủ tục này hết hiệu lực từ {old.effective_to:%d/%m/%Y}")]


def test_du_ticks_only_the_unconditional_lines(desk, version):
    case = version.cases.get()
    Component.objects.create(version=version, case=case, short_name="Giấy ủy quyền", required=False)
    Component.objects.create(version=version, case=case, short_name="Khi kết hôn", required=True, condition="nếu đã kết hôn")
    desk.post(PAGE, filled(version))
    assert [paper.name for paper in Dossier.objects.get().papers.all()] == ["Giấy tờ 1", "Giấy tờ 2"]


def test_du_does_not_overrule_a_line_marked_as_missing(desk, version):
    line = Component.objects.filter(version=version).first()
    response = desk.post(PAGE, filled(version, **{f"paper_{line.pk}": "missing"}))
    assert response.context["problems"] == [
        ("id_all_there", "Còn thiếu 1 giấy tờ. Nhận đủ rồi mới lập giấy hẹn, hoặc in phiếu bổ sung: Giấy tờ 1")
    ]


def test_one_of_several_papers_must_be_there(desk, version):
    case = version.cases.get()
    for name in ("Giấy chứng sinh", "Giấy chứng sinh điện tử"):
        Component.objects.create(version=version, case=case, short_name=name, kind="one_of", group_key="cs", required=True, position=9)
    response = desk.post(PAGE, filled(version))
    assert "Giấy chứng sinh hoặc Giấy chứng sinh điện tử" in response.context["problems"][0][1]
    chosen = Component.objects.get(short_name="Giấy chứng sinh")
    desk.post(PAGE, filled(version, group_cs=str(chosen.pk)))
    assert [paper.name for paper in Dossier.objects.get().papers.all()] == ["Giấy tờ 1", "Giấy tờ 2", "Giấy chứng sinh"]


# -- saving ----------------------------------------------------------------------------------


def test_saving_receives_and_leads_to_the_slip(desk, version):
    response = desk.post(PAGE, filled(version))
    dossier = Dossier.objects.get()
    assert (response.status_code, response.url) == (303, f"/quay/da-tiep-nhan/{dossier.code}/?in=1")
    assert [(party.role, party.name) for party in dossier.parties.all()] == [
        ("filer", "Thạch Thị Sóc Kha"),
        ("child", "Sơn Minh Khang"),
        ("mother", "Thạch Thị Sóc Kha"),
    ]
    assert dossier.parties.first().birth == "1985-03-05"


def test_the_longest_name_of_another_script_is_received(desk, version):
    response = desk.post(PAGE, filled(version, name="ក" * 100))

    assert (response.status_code, Dossier.objects.get().applicant_name) == (303, "ក" * 100)


def test_a_double_click_makes_one_dossier(desk, version):
    sent = filled(version)
    assert desk.post(PAGE, sent).url == desk.post(PAGE, sent).url
    assert Dossier.objects.count() == 1


def test_keeping_the_person_opens_a_page_with_him(desk, version):
    response = desk.post(PAGE, filled(version, act="save_keep"), follow=True)
    values = values_of(response)
    assert (values["name"], values["personal_id"], values["phone"]) == ("Thạch Thị Sóc Kha", "000185006123", "0900000123")
    assert values["submission_key"] != str(Dossier.objects.get().submission_key)


@pytest.mark.parametrize(
    ("field", "typed", "form", "sentence"),
    [
        ("name", "", "filer", "Nhập họ và tên như trên giấy tờ"),
        ("name", "Kha 2", "filer", "Họ và tên không có chữ số. Kiểm tra lại"),
        ("personal_id", "12345", "filer", "Số định danh có 12 chữ số (đang có 5 chữ số)"),
        ("personal_id", "", "filer", "Nhập số định danh, hoặc ghi lý do không có"),
        ("birth", "31/2/1985", "filer", "Nhập ngày dạng ngày/tháng/năm, ví dụ 27/3/1985. Chỉ biết năm sinh thì nhập 1985"),
        ("phone", "12", "filer", "Số điện thoại di động có 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09 (máy bàn: 11 số, bắt đầu bằng 02)"),
        ("phone", "", "filer", "Nhập số điện thoại, hoặc đánh dấu “Không có điện thoại”"),
        ("email", "k" * 247 + "@vidu.vn", "filer", "Nhiều nhất 254 ký tự (đang có 255 ký tự)"),
        ("set_count", "x", "delivery", "Nhập số bộ, ví dụ 1"),
    ],
)
def test_bad_input_is_explained_at_the_field_and_kept(desk, version, field, typed, form, sentence):
    response = desk.post(PAGE, filled(version, **{field: typed}))
    assert response.status_code == 422
    assert getattr(response.context["page"], form).errors[field] == [sentence]
    assert values_of(response).get("child-name") == "Sơn Minh Khang"
    assert Dossier.objects.count() == 0


def test_no_procedure_is_explained(desk, version):
    response = desk.post(PAGE, filled(version, procedure=""))
    assert ("id_procedure", "Chọn thủ tục. Gõ mã tắt, mã thủ tục hoặc vài chữ trong tên") in response.context["problems"]


def test_a_doubtful_number_is_saved_only_after_a_tick(desk, version):
    sent = filled(version, birth="5/3/1990")
    response = desk.post(PAGE, sent)
    assert response.context["warnings"][0].startswith("Số định danh cho biết sinh năm 1985")
    desk.post(PAGE, {**sent, "warnings_seen": "on"})
    assert Dossier.objects.count() == 1


def test_the_same_matter_twice_is_asked_about_but_a_second_child_is_not(desk, version):
    desk.post(PAGE, filled(version))
    again = desk.post(PAGE, filled(version))
    assert "Người này vừa nộp thủ tục này hôm nay" in again.context["warnings"][0]
    desk.post(PAGE, filled(version, **{"child-name": "Sơn Minh Khôi"}))
    assert Dossier.objects.count() == 2


def test_what_the_books_of_certification_number_is_not_received_here(desk):
    """Copies from a register (2.000908) stand beside it on the desk's list, but in no book."""
    for code, problems in (("2.000815", [("id_procedure", HAS_BOOK)]), ("2.000908", [])):
        version = make_version(code)
        page = desk.post(PAGE, filled(version, basis="self")).context
        assert [problem for problem in (page["page"].problems if page else []) if problem[0] == "id_procedure"] == problems
    assert list(Dossier.objects.values_list("procedure__code", flat=True)) == ["2.000908"]


def test_an_exemption_needs_a_reason(desk, version):
    Fee.objects.create(version=version, name="Lệ phí", amount=8000)
    response = desk.post(PAGE, filled(version, exempt="on"))
    assert response.context["page"].fee_form.errors["exempt_ground"] == ["Chọn lý do miễn, giảm phí"]


def test_a_reason_for_an_exemption_is_not_dropped_in_silence(desk, version):
    Fee.objects.create(version=version, name="Lệ phí", amount=8000)
    response = desk.post(PAGE, filled(version, exempt_ground="Hộ nghèo"))
    assert list(response.context["page"].fee_form.errors) == ["exempt"]


def test_nobody_files_for_himself_in_the_name_of_another(desk, version):
    version.cases.update(basis_allowed=[])
    response = desk.post(PAGE, filled(version, basis="self", owner_name="Thạch Sa"))
    assert list(response.context["page"].basis.errors) == ["basis"]


def test_fees_are_counted_the_vietnamese_way(desk, version):
    by_copy = Fee.objects.create(version=version, name="Bản sao", amount=8000, per="bản sao")
    by_province = Fee.objects.create(version=version, name="Lệ phí", amount=None, set_by="province")
    desk.post(PAGE, filled(version, **{f"fee_{by_copy.pk}_count": "3", f"fee_{by_province.pk}_amount": "15.000"}))
    assert [(fee.name, fee.amount) for fee in Dossier.objects.get().fees.all()] == [("Bản sao", 24000), ("Lệ phí", 15000)]


def test_somebody_authorised_names_the_owner_and_the_paper(desk, version):
    response = desk.post(PAGE, filled(version, basis="power_of_attorney"))
    assert set(response.context["page"].basis.errors) == {"authorisation", "owner_name"}


# -- other ways out ----------------------------------------------------------------------------


def test_a_supplement_slip_reopens_the_intake_with_what_was_good(desk, version):
    line = Component.objects.filter(version=version).first()
    sent = filled(version, act="supplement", all_there="", **{f"paper_{line.pk}": "missing"})
    response = desk.post(PAGE, sent)
    slip = SupplementRequest.objects.get()
    assert response.url == f"/quay/phieu/{slip.issued_papers.get().pk}/?in=1"
    assert slip.items == ["Giấy tờ 1", "Giấy tờ 2"]
    token = secrets.token(issuing.supplement_subject(slip.agency_id, slip.year, slip.number), 1)
    opened = desk.post(PAGE, {"act": "read", "scan": issuing.token_address(token)}, follow=True)
    values = values_of(opened)
    assert (values["name"], values["child-name"], values["supplement"]) == ("Thạch Thị Sóc Kha", "Sơn Minh Khang", str(slip.pk))
    desk.post(PAGE, filled(version, supplement=str(slip.pk)))
    slip.refresh_from_db()
    assert slip.dossier == Dossier.objects.get()


def test_a_supplement_slip_of_another_commune_is_not_there(client, desk, version):
    desk.post(PAGE, filled(version, act="supplement", all_there=""))
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    assert client.get(PAGE, {"supplement": SupplementRequest.objects.get().pk}).context["page"].supplement is None


@pytest.mark.parametrize("name", ["Hợp tác xã 19/5", "Công ty TNHH An & Con (Trà Kha)", "x" * 150])
def test_an_organisation_may_have_figures_and_signs_in_its_name(desk, version, name):
    version.cases.update(basis_allowed=["organisation"])
    desk.post(PAGE, filled(version, basis="organisation", owner_name=name))
    assert Dossier.objects.get().parties.get(role="owner").name == name


def test_a_person_for_whom_somebody_files_has_none(desk, version):
    sent = filled(version, basis="power_of_attorney", authorisation="Số 5", owner_name="Thạch Sa 2")
    assert desk.post(PAGE, sent).context["page"].basis.errors == {"owner_name": ["Họ và tên không có chữ số. Kiểm tra lại"]}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x", "Nhập số bản bằng số, ví dụ 2"),
        ("-1", "Số bản từ 0 trở lên"),
        ("1.000", "Số bản nhiều nhất 999"),
        ("2,5", "Nhập số bản bằng số, ví dụ 2"),
    ],
)
def test_a_number_of_copies_is_read_the_vietnamese_way(desk, version, typed, sentence):
    fee = Fee.objects.create(version=version, name="Bản sao", amount=8000, per="bản", set_by="state", position=9)
    page = desk.post(PAGE, filled(version, **{f"fee_{fee.pk}_count": typed})).context["page"]
    assert page.fee_form.errors == {f"fee_{fee.pk}_count": [sentence]}


def test_a_supplement_slip_says_why_though_nobody_typed_it(desk, version):
    paper = f"paper_{version.cases.get().components.first().pk}"
    desk.post(PAGE, filled(version, act="supplement", all_there="", **{paper: "missing"}))
    assert SupplementRequest.objects.get().issued_papers.get().snapshot["reason"] == INCOMPLETE


def test_a_supplement_slip_without_anything_missing_is_refused(desk, version):
    response = desk.post(PAGE, filled(version, act="supplement"))
    assert response.context["problems"] == [
        ("id_supplement_reason", "Chưa có giấy tờ nào ghi là thiếu. Đánh dấu “Thiếu” ở từng giấy còn thiếu.")
    ]


def test_a_refusal_needs_its_three_parts_and_keeps_what_was_typed(desk, version):
    response = desk.post(PAGE, filled(version, act="decline", decline_ground="Luật Hộ tịch Điều 5"))
    assert set(response.context["page"].decline_form.errors) == {"decline_reason", "decline_guidance"}
    assert values_of(response)["decline_ground"] == "Luật Hộ tịch Điều 5"
    assert Refusal.objects.count() == 0


def test_what_no_procedure_covers_is_refused_in_the_citizens_words(desk, version):
    parts = {"decline_ground": "Luật Hộ tịch Điều 5", "decline_reason": "Việc của công an", "decline_guidance": "Công an xã"}
    sent = {**parts, "act": "decline", "name": "Thạch Sa", "personal_id": "000185006123", "no_phone": "on"}
    response = desk.post(PAGE, sent)
    assert response.context["problems"] == [
        ("id_decline_ground", "Chọn thủ tục, hoặc ghi nội dung yêu cầu giải quyết, rồi in phiếu từ chối.")
    ]
    assert desk.post(PAGE, {**sent, "request_text": "Cấp thẻ căn cước"}).status_code == 303
    assert Refusal.objects.get().issued_papers.get().snapshot["request"] == "Cấp thẻ căn cước"


def test_a_refusal_is_printed(desk, version):
    parts = {"decline_ground": "Luật Hộ tịch Điều 5", "decline_reason": "Thuộc thẩm quyền nơi khác", "decline_guidance": "UBND xã Trà Kha"}
    response = desk.post(PAGE, filled(version, act="decline", **parts))
    paper = Refusal.objects.get().issued_papers.get()
    assert response.url == f"/quay/phieu/{paper.pk}/?in=1"
    assert desk.get(f"/quay/phieu/{paper.pk}/tep/").content.startswith(b"%PDF")


def test_a_draft_keeps_everything_and_opens_again(desk, version):
    response = desk.post(PAGE, filled(version, act="draft"))
    draft = IntakeDraft.objects.get()
    assert response.url == f"{PAGE}?draft={draft.key}"
    values = values_of(desk.get(response.url))
    assert (values["child-name"], values["submission_key"]) == ("Sơn Minh Khang", str(draft.key))


def test_the_page_saves_its_own_draft_but_not_after_receiving(desk, version):
    sent = filled(version)
    assert desk.post(reverse("dossiers:autosave"), sent).status_code == 204
    assert IntakeDraft.objects.count() == 1
    desk.post(PAGE, sent)
    desk.post(reverse("dossiers:autosave"), sent)
    assert IntakeDraft.objects.count() == 0


def test_a_draft_keeps_what_was_missing_and_the_slip_that_it_answers(desk, version):
    desk.post(PAGE, filled(version, act="supplement", all_there="", supplement_items="Bản án"))
    slip = str(SupplementRequest.objects.get().pk)
    paper = f"paper_{version.cases.get().components.first().pk}"
    desk.post(PAGE, filled(version, act="draft", supplement=slip, **{paper: "missing"}))
    page = desk.get(PAGE, {"draft": str(IntakeDraft.objects.get().key)}).context["page"]
    assert (str(page.supplement.pk), page.values[paper], page.values["all_there"]) == (slip, "missing", "on")


def after_a_rest(client, minutes=20):
    """As if the person had not touched the page for so long."""
    ends = timezone.now() - timedelta(minutes=minutes) + timedelta(hours=12)
    Session.objects.filter(pk=client.session.session_key).update(expire_date=ends)


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}nhap/"])
def test_what_was_typed_when_the_session_ended_opens_after_the_log_in(desk, version, address):
    sent = filled(version)
    after_a_rest(desk)
    response = desk.post(address, sent)
    assert parse_qs(urlsplit(response["Location"]).query)["tiep"] == [f"{PAGE}?draft={sent['submission_key']}"]
    assert Dossier.objects.count() == 0
    desk.force_login(User.objects.get())
    values = values_of(desk.get(PAGE, {"draft": sent["submission_key"]}))
    assert (values["child-name"], values["submission_key"]) == ("Sơn Minh Khang", sent["submission_key"])


def test_without_a_session_only_the_draft_that_the_page_kept_before_opens(client, version):
    sent = filled(version)
    assert client.post(PAGE, sent)["Location"].endswith(f"%3Fdraft%3D{sent['submission_key']}")
    assert IntakeDraft.objects.count() == 0


def test_a_person_who_may_not_receive_leaves_no_draft_behind(client, version):
    client.force_login(make_user(Role.SPECIALIST))
    after_a_rest(client)
    client.post(PAGE, filled(version))
    assert IntakeDraft.objects.count() == 0


def test_a_page_that_came_by_post_is_saved_though_nobody_types(desk, version):
    assert b" data-unsaved " in desk.post(PAGE, {"act": "read", "scan": CARD}).content
    assert b" data-unsaved " not in desk.get(PAGE).content


def test_a_draft_of_another_commune_does_not_open(client, desk, version):
    desk.post(PAGE, filled(version, act="draft"))
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    assert "child-name" not in values_of(client.get(PAGE, {"draft": str(IntakeDraft.objects.get().key)}))


@pytest.mark.parametrize(
    "query",
    [
        {"draft": "x"},
        *({"supplement": number} for number in ("999", "-1", "²", "9" * 30)),
        {"same_person": "H61.26-261120-0001"},
    ],
)
def test_bad_addresses_open_an_empty_page_or_none(desk, query):
    response = desk.get(PAGE, query)
    assert response.status_code in {200, 404}
    assert response.status_code == 404 or "name" not in values_of(response)


# -- who -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [Role.HELPER, Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.ARCHIVIST, Role.ADMIN, Role.AUDITOR, Role.PROVINCE]
)
def test_only_the_desk_opens_the_intake(client, role):
    client.force_login(make_user(role))
    assert client.get(PAGE).status_code == 403


def test_strangers_are_sent_to_log_in(client):
    response = client.get(PAGE)
    assert (response.status_code, response.url) == (302, f"/dang-nhap/?tiep={PAGE}")


def test_the_slip_is_the_same_bytes_each_time(desk, version):
    desk.post(PAGE, filled(version, act="supplement", all_there=""))
    address = f"/quay/phieu/{SupplementRequest.objects.get().issued_papers.get().pk}/tep/"
    assert desk.get(address).content == desk.get(address).content


def test_another_communes_slip_is_not_found(client, desk, version):
    desk.post(PAGE, filled(version, act="supplement", all_there=""))
    paper = SupplementRequest.objects.get().issued_papers.get()
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    there, nowhere = client.get(f"/quay/phieu/{paper.pk}/"), client.get("/quay/phieu/999999/")
    assert (there.status_code, without_tokens(there)) == (404, without_tokens(nowhere))


def test_the_page_after_saving_shows_code_secret_and_date(desk, version):
    html = desk.post(PAGE, filled(version), follow=True).content.decode()
    dossier = Dossier.objects.get()
    assert dossier.code in html
    assert secrets.lookup_code(dossier.code, 1) in html


# -- persons of the matter -------------------------------------------------------------------


def marriage(version):
    case = version.cases.get()
    case.subjects = [{"role": "spouse_1", "required": True}, {"role": "spouse_2", "required": True}, {"role": "owner", "required": False}]
    case.basis_allowed = ["self"]
    case.save()


def test_every_person_the_catalogue_names_has_a_place(desk, version):
    marriage(version)
    page = desk.post(PAGE, {"act": "read", "procedure": "ks"}).context["page"]
    assert [form.role for form in page.subjects] == ["spouse_1", "spouse_2"]


@pytest.mark.parametrize(("card", "role", "other"), [(CARD, "spouse_2", "spouse_1"), (FATHER, "spouse_1", "spouse_2")])
def test_bride_and_groom_are_told_by_their_cards(desk, version, card, role, other):
    marriage(version)
    first = values_of(desk.post(PAGE, {"act": "read", "scan": card, "procedure": "ks"}))
    assert first[f"{role}-name"] == first["name"]
    second = values_of(desk.post(PAGE, {**first, "act": "read", "scan": FATHER if card == CARD else CARD}))
    assert second[f"{other}-name"] not in {"", first["name"]}


def test_a_paper_and_a_fee_of_another_way_of_filing_are_not_asked_for(desk, version):
    Component.objects.create(version=version, case=version.cases.get(), short_name="Bản điện tử", required=True, channels=["online"])
    Fee.objects.create(version=version, name="Phí trực tuyến", amount=1000, channels=["online"])
    desk.post(PAGE, filled(version))
    dossier = Dossier.objects.get()
    assert [paper.name for paper in dossier.papers.all()] == ["Giấy tờ 1", "Giấy tờ 2"]
    assert dossier.fees.count() == 0
