"""A certification session with its numbers: signing, giving back, striking out, the day's list, and the other lists of the desk."""

import re

import pytest
from django.urls import reverse

from dossiers import lifecycle
from dossiers.certification.session import Payment
from dossiers.certification.tests.makers import MORNING, certified, copy, entries_of, make_catalogue, make_head, signature
from dossiers.models import CertificationReceipt, CertificationSetting, Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier
from dossiers.tests.views.test_certifying import PAGE, TODAY, Clock
from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    clock = Clock()
    for module in ("certifying", "certified", "acting", "desk", "work", "sign_queue", "signing", "register", "dossier"):
        monkeypatch.setattr(f"dossiers.views.{module}.timezone", clock)
    return clock


@pytest.fixture
def head():
    return make_head()


@pytest.fixture
def desk(client, head):
    client.force_login(make_clerk())
    return client


def address(dossier: Dossier, *more: object) -> str:
    return f"/quay/chung-thuc/luot/{dossier.code}/" + "".join(f"{part}/" for part in more)


def signed(dossier: Dossier, head) -> Dossier:
    return lifecycle.sign_certifications(dossier, signer=head, by=make_clerk(), at=MORNING, no_interest=True)


def sent(dossier: Dossier, **fields: object) -> dict[str, str]:
    dossier.refresh_from_db()
    return {"revision": str(dossier.revision), **{name: str(value) for name, value in fields.items()}}


def returned(dossier: Dossier, **fields: object) -> dict[str, str]:
    return sent(dossier, collected_by="owner", name=dossier.applicant_name, **fields)


def plain(response, code: str) -> str:
    """The page without what differs on every page: its CSRF tokens, and the code that was asked for."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode()).replace(code, "")


# -- the session's page ----------------------------------------------------------------------


def test_the_page_shows_numbers_fees_and_the_receipt(desk):
    dossier = certified(copy("Học bạ", pages=2, copies=3), signature())
    text = desk.get(address(dossier)).content.decode()
    receipt = dossier.certification_receipts.get()
    for words in ("01/2026-SCT/BS", "01/2026-SCT/CK,ĐC", "Học bạ", "12.000 đồng", "22.000 đồng", str(receipt)):
        assert words in text
    assert AccessEntry.objects.filter(subject=f"dossier:{dossier.pk}", kind="view").exists()


@pytest.mark.parametrize("lines", [1, 12])
def test_the_page_costs_the_same_for_one_line_and_for_twelve(desk, lines, django_assert_max_num_queries):
    dossier = certified(*[copy() for _ in range(lines)])
    desk.get(address(dossier))
    with django_assert_max_num_queries(10):
        desk.get(address(dossier))


def test_signing_and_giving_back_are_one_act_each(desk, head):
    dossier = certified(copy(), signature())
    answer = desk.post(address(dossier, "ky"), sent(dossier, signer=head.pk, no_interest="on"))
    assert (answer.status_code, answer["Location"]) == (303, address(dossier))
    answer = desk.post(address(dossier, "tra"), returned(dossier))
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    dossier.refresh_from_db()
    assert dossier.status == Status.RETURNED


def test_the_signer_signs_in_his_own_session_and_is_chosen_already(client, head):
    dossier = certified()
    client.force_login(head)
    assert client.get(address(dossier)).context["sign_form"].initial["signer"] == head.pk
    assert client.post(address(dossier, "ky"), sent(dossier, signer=head.pk, no_interest="on")).status_code == 303


def test_without_the_declaration_nobody_signs(desk, head):
    dossier = certified()
    answer = desk.post(address(dossier, "ky"), sent(dossier, signer=head.pk))
    assert (answer.status_code, answer.context["problem"][:44]) == (422, "Giấy tờ liên quan tài sản, lợi ích của người")


def test_whoever_may_not_sign_is_not_in_the_list(desk):
    dossier, specialist = certified(), make_user(Role.SPECIALIST)
    answer = desk.post(address(dossier, "ky"), sent(dossier, signer=specialist.pk, no_interest="on"))
    assert (answer.status_code, answer.context["form"].errors) == (422, {"signer": ["Chọn người ký trong danh sách"]})


def test_signing_twice_says_when_it_was_done(desk, head):
    dossier = certified()
    values = sent(dossier, signer=head.pk, no_interest="on")
    desk.post(address(dossier, "ky"), values)
    assert desk.post(address(dossier, "ky"), values).status_code == 409


def test_who_comes_second_is_told_who_was_first(desk, head):
    dossier = certified(copy(), copy())
    values = sent(dossier, signer=head.pk, no_interest="on")
    lifecycle.void_entry(entries_of(dossier)[0], reason="ghi nhầm", by=make_user(Role.CLERK), at=MORNING)
    answer = desk.post(address(dossier, "ky"), values)
    assert (answer.status_code, answer.context["problem"][:10]) == (409, "Hồ sơ vừa ")


def test_what_was_put_off_is_paid_on_return(desk, head):
    dossier = signed(certified(copy(), payment=Payment("later")), head)
    assert desk.get(address(dossier)).context["owed"] is True
    assert desk.post(address(dossier, "tra"), returned(dossier)).status_code == 422
    assert desk.post(address(dossier, "tra"), returned(dossier, paid_by="transfer")).status_code == 303
    assert CertificationReceipt.objects.get().paid_by == "transfer"


def test_somebody_else_collects_with_a_paper_only(desk, head):
    dossier = signed(certified(), head)
    values = sent(dossier, collected_by="authorised", name="Sơn Văn Phước")
    assert desk.post(address(dossier, "tra"), values).status_code == 422
    assert desk.post(address(dossier, "tra"), values | {"authorisation": "UQ 12 ngày 1/11/2026"}).status_code == 303


# -- striking out ----------------------------------------------------------------------------


def test_a_spoilt_number_is_struck_out_with_its_reason_and_the_receipt_replaced(desk):
    dossier = certified(copy(), copy("Học bạ"))
    entry = entries_of(dossier)[0]
    assert desk.post(address(dossier, "so", entry.pk, "huy"), sent(dossier)).status_code == 422
    assert desk.post(address(dossier, "so", entry.pk, "huy"), sent(dossier, reason="ghi nhầm giấy")).status_code == 303
    assert "Đã hủy" in desk.get(address(dossier)).content.decode()
    assert [receipt.amount for receipt in dossier.certification_receipts.all()] == [4000, 2000]


def test_a_numbered_paper_may_still_be_refused_in_writing(desk):
    dossier = certified(copy(), copy("Học bạ"))
    entry = entries_of(dossier)[1]
    answer = desk.post(address(dossier, "so", entry.pk, "huy"), sent(dossier, ground="K1"))
    entry.refresh_from_db()
    slip = entry.refusal.issued_papers.get()
    assert answer["Location"] == reverse("dossiers:slip", args=[slip.pk]) + "?in=1"


def test_a_wrong_receipt_is_cancelled_and_replaced(desk):
    dossier = certified()
    receipt = dossier.certification_receipts.get()
    target = address(dossier, "bien-lai", receipt.pk, "huy")
    assert desk.post(target, sent(dossier, paid_by="cash")).status_code == 422
    assert desk.post(target, sent(dossier, reason="sai tên", paid_by="transfer")).status_code == 303
    assert [(r.number, r.paid_by, r.cancel_reason) for r in dossier.certification_receipts.all()] == [
        ("0000001", "cash", "sai tên"),
        ("0000002", "transfer", ""),
    ]


def test_a_typed_receipt_is_replaced_by_a_typed_one(desk):
    CertificationSetting.objects.create(agency=make_agency(), receipt_numbers="typed", receipt_series="AB/26")
    dossier = certified(payment=Payment("cash", number="0007"))
    target = address(dossier, "bien-lai", dossier.certification_receipts.get().pk, "huy")
    assert desk.post(target, sent(dossier, reason="rách", paid_by="cash")).status_code == 422
    values = sent(dossier, reason="rách", paid_by="cash", receipt_number="0008")
    assert desk.post(target, values).status_code == 303
    assert [str(r) for r in dossier.certification_receipts.all()] == ["AB/26 0007", "AB/26 0008"]


# -- who sees it -----------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("loi-chung",), ("ky",), ("tra",)])
def test_another_commune_and_nothing_look_the_same(client, more):
    dossier = certified()
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    nothing = dossier.code[:-4] + "9999"
    foreign, missing = client.get(address(dossier, *more)), client.get(address(dossier, *more).replace(dossier.code, nothing))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert plain(foreign, dossier.code) == plain(missing, nothing)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PROVINCE, Role.HELPER])
def test_who_has_no_part_in_certification_sees_no_session(client, role):
    dossier = certified()
    client.force_login(make_user(role))
    assert (client.get(address(dossier)).status_code, client.get(TODAY).status_code) == (403, 403)


def test_an_ordinary_dossier_is_no_session(desk):
    assert desk.get(address(make_dossier())).status_code == 404


def test_the_clauses_of_the_papers_that_count_can_be_printed(desk, head):
    dossier = certified(copy(), copy("Học bạ"))
    lifecycle.void_entry(entries_of(dossier)[0], reason="ghi nhầm", by=make_clerk(), at=MORNING)
    dossier.refresh_from_db()
    signed(dossier, head)
    text = desk.get(address(dossier, "loi-chung")).content.decode()
    assert "Số chứng thực 02, quyển số 01/2026-SCT/BS" in text
    assert "Số chứng thực 01," not in text


# -- the day ---------------------------------------------------------------------------------


def test_the_days_list_counts_visits_numbers_and_copies(desk):
    certified(copy(copies=3), signature())
    certified(copy())
    counted = desk.get(TODAY).context["counted"]
    assert (counted.visits, counted.numbers, counted.copies, counted.fees) == (2, 3, 5, 18000)


def test_several_sessions_are_signed_in_one_go_each_by_itself(desk, head):
    first, second = certified(name="Thạch Sa"), certified(name=head.full_name)
    values = {"code": [first.code, second.code], "signer": str(head.pk), "no_interest": "on"}
    answer = desk.post(TODAY, values)
    assert (answer.status_code, list(answer.context["refused"])) == (409, [second.code])
    first.refresh_from_db()
    assert first.status == Status.RESULT_READY


def test_enter_on_the_days_list_only_ticks(desk, head):
    dossier = certified()
    answer = desk.post(TODAY, {"all": "1", "signer": str(head.pk), "no_interest": "on"})
    assert [line.chosen for line in answer.context["lines"]] == [True]
    dossier.refresh_from_db()
    assert dossier.status == Status.RECEIVED


def test_a_list_with_a_foreign_session_signs_nothing(desk, head):
    make_catalogue()
    own = certified()
    foreign = certified(by=make_user(Role.CLERK, agency=make_agency("H61.27", "Trà Kha")))
    for code in (foreign.code, f"{foreign.code}\x00"):
        values = {"code": [own.code, code], "signer": str(head.pk), "no_interest": "on"}
        assert desk.post(TODAY, values).status_code == 404
    own.refresh_from_db()
    assert own.status == Status.RECEIVED


def test_the_days_list_costs_the_same_for_one_session_and_for_nine(desk, head, django_assert_max_num_queries):
    for count in (1, 8):
        for _ in range(count):
            certified(copy(), signature())
        desk.get(TODAY)
        with django_assert_max_num_queries(12):
            desk.get(TODAY)


# -- the other lists -------------------------------------------------------------------------


def test_certification_does_not_drown_the_desk(desk):
    ordinary = make_dossier()
    certified(copy(), copy())
    page = desk.get("/quay/")
    assert [row[1] for row in page.context["mine"]] == [ordinary.code]
    assert {words: number for number, words, _ in page.context["counts"]}["chưa bàn giao"] == 1
    assert "Chứng thực hôm nay: 2 việc" in page.content.decode()


def test_a_late_session_is_named_on_the_desk(desk, clock):
    certified()
    clock.moment = MORNING.replace(day=21)
    assert "1 lượt quá hạn" in desk.get("/quay/").content.decode()


@pytest.mark.parametrize(
    ("query", "ordinary", "session"),
    [
        ("", True, False),
        ("?trang-thai=da-tiep-nhan", True, False),
        ("?luong=chung-thuc", False, True),
        ("?luong=tat-ca", True, True),
        ("?linh-vuc=chung-thuc", False, True),
        ("?luong=gi-do", True, False),
        ("?tu-khoa=thach", True, True),
    ],
)
def test_the_register_shows_certification_when_asked(desk, query, ordinary, session):
    first, second = make_dossier(name="Thạch Sa"), certified()
    text = desk.get(f"/ho-so/{query}").content.decode()
    assert (first.code in text, second.code in text) == (ordinary, session)


def test_the_leaders_queue_and_the_work_list_link_to_certification(client, desk, head):
    certified()
    client.force_login(head)
    page = client.get("/ky-duyet/")
    assert (page.context["waiting"], "Chứng thực hôm nay: 1 việc" in page.content.decode()) == ([], True)
    client.force_login(make_user(Role.SPECIALIST))
    assert "Chứng thực hôm nay: 1 việc" in client.get("/xu-ly/").content.decode()


def test_the_dossiers_page_shows_the_numbers(desk, django_assert_max_num_queries):
    dossier = certified(copy(), signature())
    text = desk.get(dossier.get_absolute_url()).content.decode()
    assert "01/2026-SCT/BS" in text
    assert address(dossier) in text
