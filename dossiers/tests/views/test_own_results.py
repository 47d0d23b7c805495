"""Drafting from a text of the office, and the paper that comes of it, through the pages."""

import io
import json

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import PaperKind, SignOffKind
from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier, make_version
from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.vault import files
from procedures import result_templates as texts
from procedures.models import ResultTemplateDraft
from procedures.result_text import BLANK
from procedures.tests.test_result_templates import VALUES

pytestmark = pytest.mark.django_db


def publish(agency, **changes):
    """A text of the agency in force today."""
    manager, now = make_user(Role.MANAGER, agency=agency), timezone.now()
    draft = texts.start(by=manager, at=now)
    draft = texts.save(draft, VALUES | changes, by=manager, at=now, revision=None)
    today = timezone.localdate()
    return texts.publish(draft, effective_from=today, today=today, by=manager, at=now, revision=None)


@pytest.fixture
def dossier():
    return make_dossier(status=Status.PROCESSING, at=timezone.now())


@pytest.fixture
def template(dossier):
    return publish(dossier.agency)


def written(template, **changes) -> dict:
    words = {"abstract": "Về việc xác nhận", "addressee": "", "body": "Xác nhận ông/bà Thạch Thị Sóc Kha."}
    return words | {"mau": template.pk, "act": "trinh"} | changes


def address(dossier) -> str:
    return f"/ho-so/{dossier.code}/soan/"


def test_the_page_of_submitting_offers_the_texts_for_this_procedure(client, dossier, template):
    other = publish(dossier.agency, name="Mẫu của thủ tục khác", procedure=make_version("2.000908").procedure)
    elsewhere = publish(make_agency("H61.27"), name="Mẫu xã khác")
    client.force_login(dossier.holder)
    page = client.get(f"/ho-so/{dossier.code}/trinh-ky/").content.decode()
    assert [f"?mau={text.pk}" in page for text in (template, other, elsewhere)] == [True, False, False]


def test_the_words_are_filled_from_the_dossier(client, dossier, template):
    client.force_login(dossier.holder)
    page = client.get(address(dossier), {"mau": template.pk})
    assert page.context["form"].initial == {
        "abstract": "Về việc xác nhận",
        "addressee": "",
        "body": "Xác nhận ông/bà Thạch Thị Sóc Kha.",
    }


@pytest.mark.parametrize("mau", ["", "0", "x", "999999", "²"])
def test_an_unknown_text_leads_to_the_choice(client, dossier, template, mau):
    client.force_login(dossier.holder)
    page = client.get(address(dossier), {"mau": mau})
    assert (page.status_code, page.context["texts"]) == (200, [template])


def test_looking_at_the_draft_keeps_nothing(client, dossier, template):
    client.force_login(dossier.holder)
    page = client.post(address(dossier), written(template, act="xem", body=f"Sinh ngày {BLANK}"))
    assert (page.status_code, page["Content-Type"], dossier.results.count()) == (200, "application/pdf", 0)
    with pikepdf.open(io.BytesIO(page.content)) as file:
        assert file.open_metadata().pdfa_status == "3U"


def test_the_draft_is_kept_with_its_file_and_its_figures(client, dossier, template):
    client.force_login(dossier.holder)
    page = client.post(address(dossier), written(template, body="Xác nhận <b>đậm</b> & {họ tên}."))
    result = dossier.results.get()
    assert (page.status_code, result.template, result.doc_symbol, result.granted) == (303, template, "GXN-UBND", True)
    assert result.snapshot["paragraphs"] == ["Xác nhận <b>đậm</b> & {họ tên}./."]
    assert files.read(result.sha256).startswith(b"%PDF")
    dossier.refresh_from_db()
    assert dossier.status == Status.AWAITING_SIGNATURE


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"body": ""}, "body", "Ghi nội dung văn bản"),
        ({"abstract": ""}, "abstract", "Ghi trích yếu"),
        ({"body": f"Sinh ngày {BLANK}"}, "body", f"Còn chỗ {BLANK} chưa điền"),
        ({"addressee": f"Ông {BLANK}"}, "addressee", f"Còn chỗ {BLANK} chưa điền"),
        ({"body": "a" * 8001}, "body", "Nhiều nhất 8000 ký tự"),
    ],
)
def test_an_unfinished_letter_is_not_submitted(client, dossier, template, changes, field, said):
    client.force_login(dossier.holder)
    page = client.post(address(dossier), written(template, **changes))
    assert (page.status_code, dossier.results.count()) == (422, 0)
    assert page.context["form"].errors[field][0].startswith(said)


def test_what_was_sent_back_is_written_on_although_its_text_has_ended(client, dossier, template):
    client.force_login(dossier.holder)
    client.post(address(dossier), written(template, body="Bản đầu."))
    leader = make_user(Role.LEADER, agency=dossier.agency)
    dossier.refresh_from_db()
    lifecycle.send_back(dossier, reason="Ghi rõ ấp", by=leader, at=timezone.now())
    texts.withdraw(template, today=timezone.localdate(), by=make_user(Role.MANAGER, agency=dossier.agency), at=timezone.now())
    page = client.get(address(dossier), {"mau": template.pk, "tu": 1})
    assert (page.context["form"].initial["body"], page.context["is_old"]) == ("Bản đầu./.", True)
    client.post(address(dossier), written(template, body="Bản hai."))
    assert dossier.results.latest("version").snapshot["paragraphs"] == ["Bản hai./."]


@pytest.mark.parametrize("role", [Role.CLERK, Role.HELPER, Role.AUDITOR, Role.ADMIN])
def test_only_the_holder_drafts(client, dossier, template, role):
    client.force_login(make_user(role, agency=dossier.agency))
    assert client.post(address(dossier), written(template)).status_code in {403, 404, 409}
    assert dossier.results.count() == 0


def test_a_text_of_another_commune_is_not_drafted_from(client, dossier, template):
    stranger = publish(make_agency("H61.27"))
    client.force_login(dossier.holder)
    page = client.post(address(dossier), written(stranger))
    assert (page.context["texts"], dossier.results.count()) == ([template], 0)


# -- after the signature ---------------------------------------------------------------------
@pytest.fixture
def signed(client, dossier, template):
    client.force_login(dossier.holder)
    client.post(address(dossier), written(template))
    leader, draft = make_user(Role.LEADER, agency=dossier.agency), dossier.results.get()
    dossier.refresh_from_db()
    return lifecycle.sign_off(dossier, kind=SignOffKind.IN_SYSTEM, signer=leader, by=leader, at=timezone.now(), sha256=draft.sha256)


def test_issuing_without_a_number_draws_one_and_the_paper_can_be_read(client, signed):
    client.force_login(make_clerk(signed.agency))
    form = client.get(f"/ho-so/{signed.code}/phat-hanh/").context["form"]
    assert (form.draws_number, list(form.fields)) == (True, ["doc_number"])
    client.post(f"/ho-so/{signed.code}/phat-hanh/", {"doc_number": "", "revision": signed.revision})
    paper = signed.issued_papers.get(kind=PaperKind.RESULT)
    page = client.get(f"/ho-so/{signed.code}/in/ket-qua/")
    assert (paper.number, page.status_code, page["Content-Type"]) == ("01/GXN-UBND", 200, "application/pdf")
    content = b"".join(page.streaming_content) if page.streaming else page.content
    assert files.digest_of(content) == signed.issued_papers.get(pk=paper.pk).sha256
    assert f"/ho-so/{signed.code}/in/ket-qua/" in client.get(f"/ho-so/{signed.code}/").content.decode()


def test_a_typed_number_that_is_none_stays_on_the_page_with_its_reason(client, signed):
    client.force_login(make_clerk(signed.agency))
    page = client.post(f"/ho-so/{signed.code}/phat-hanh/", {"doc_number": "năm", "revision": signed.revision})
    assert (page.status_code, page.context["problem"]) == (422, "Số văn bản chỉ gồm chữ số, ví dụ 05.")


def test_before_it_is_issued_there_is_no_paper(client, signed):
    client.force_login(make_clerk(signed.agency))
    assert client.get(f"/ho-so/{signed.code}/in/ket-qua/").status_code == 404


def test_before_the_signature_the_draft_can_be_printed_for_ink_and_that_is_noted(client, dossier, template):
    client.force_login(dossier.holder)
    client.post(address(dossier), written(template))
    page = client.get(f"/ho-so/{dossier.code}/ban-in/1/")
    assert (page.status_code, page["Content-Type"]) == (200, "application/pdf")
    assert AccessEntry.objects.filter(subject=f"dossier:{dossier.pk}", detail="bản in để ký tay, bản 1").exists()
    assert "Bản in để ký tay" in client.get(f"/ho-so/{dossier.code}/").content.decode()


def test_for_ink_it_names_whoever_prints_it_when_he_may_sign(client, dossier, template):
    client.force_login(dossier.holder)
    client.post(address(dossier), written(template))
    leader = make_user(Role.LEADER, agency=dossier.agency, full_name="Lê Hoàng Phúc")
    client.force_login(leader)
    page = client.get(f"/ho-so/{dossier.code}/ban-in/1/")
    with pikepdf.open(io.BytesIO(page.content)) as file:
        figures = json.loads(file.attachments["so-lieu.json"].get_file().read_bytes())
    assert (figures["signer_name"], figures["is_draft"], figures["signed_words"]) == ("Lê Hoàng Phúc", False, "")


def test_after_the_signature_it_is_not_printed_for_ink(client, signed):
    client.force_login(make_clerk(signed.agency))
    assert client.get(f"/ho-so/{signed.code}/ban-in/1/").status_code == 404


# -- the texts themselves --------------------------------------------------------------------
SENT = {
    "name": "Giấy xác nhận", "procedure": "", "granted": "1", "document_type": "Giấy xác nhận", "symbol": "GXN-UBND",
    "abstract": "Về việc xác nhận", "addressee": "", "body": "Xác nhận {họ tên}.",
}  # fmt: skip


@pytest.fixture
def manager(db, client):
    person = make_user(Role.MANAGER)
    client.force_login(person)
    return person


def new_draft(client, **sent) -> ResultTemplateDraft:
    client.post("/quan-tri/mau-ket-qua/moi/", sent)
    return ResultTemplateDraft.objects.latest("pk")


def test_a_text_is_written_looked_at_and_published(client, manager):
    draft = new_draft(client)
    page = f"/quan-tri/mau-ket-qua/du-thao/{draft.pk}/"
    looked = client.post(page, SENT | {"act": "look"})
    assert (looked["Content-Type"], ResultTemplateDraft.objects.get().name) == ("application/pdf", "")
    client.post(page, SENT | {"act": "save", "revision": 1})
    assert ResultTemplateDraft.objects.get().name == "Giấy xác nhận"
    today = timezone.localdate()
    client.post(page, SENT | {"act": "publish", "revision": 2, "effective_from": f"{today:%d/%m/%Y}", "body": "Xác nhận {người nộp}."})
    [text] = texts.in_force(manager.agency_id, today)
    assert (text.body, ResultTemplateDraft.objects.count()) == ("Xác nhận {người nộp}.", 0)
    assert client.get(f"/quan-tri/mau-ket-qua/{text.pk}/", {"xem": 1})["Content-Type"] == "application/pdf"
    assert "Đang dùng" in client.get("/quan-tri/mau-ket-qua/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"body": "{nơi sinh}"}, "body", "Không có chỗ điền {nơi sinh}"),
        ({"procedure": "9.999999"}, "procedure", "Không có thủ tục mã này"),
        ({"symbol": "gxn"}, "symbol", "Ký hiệu viết hoa"),
        ({"name": ""}, "name", "Ghi tên mẫu"),
    ],
)
def test_a_mistake_stands_at_its_field(client, manager, changes, field, said):
    draft = new_draft(client)
    page = client.post(f"/quan-tri/mau-ket-qua/du-thao/{draft.pk}/", SENT | {"act": "save", "revision": 1} | changes)
    assert page.status_code == 422
    assert page.context["form"].errors[field][0].startswith(said)


def test_every_suggestion_can_be_taken_over_as_a_draft(client, manager):
    draft = new_draft(client, **{"goi-y": "0"})
    assert draft.name == texts.suggestions()[0].name
    assert client.get(f"/quan-tri/mau-ket-qua/du-thao/{draft.pk}/").status_code == 200


def test_a_published_text_can_be_ended_but_not_rewritten(client, manager):
    text = publish(manager.agency)
    page = client.post(f"/quan-tri/mau-ket-qua/{text.pk}/", {"body": "x"})
    assert page.status_code == 303
    text.refresh_from_db()
    assert (text.body, texts.in_force(manager.agency_id, timezone.localdate())) == (VALUES["body"], [])


def test_the_texts_of_another_commune_are_not_there(client, manager):
    text = publish(make_agency("H61.27"))
    assert client.get(f"/quan-tri/mau-ket-qua/{text.pk}/").status_code == 404
    assert client.post("/quan-tri/mau-ket-qua/moi/", {"mau": text.pk}).status_code == 404


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.AUDITOR])
def test_others_do_not_write_texts(client, db, role):
    client.force_login(make_user(role))
    assert client.get("/quan-tri/mau-ket-qua/").status_code == 403


def test_markup_in_a_text_is_no_markup_on_any_page(client, manager):
    text = publish(manager.agency, name="<script>alert(1)</script>", body="<script>alert(2)</script>")
    for page in ("/quan-tri/mau-ket-qua/", f"/quan-tri/mau-ket-qua/{text.pk}/"):
        assert "<script>alert" not in client.get(page).content.decode()


def test_the_list_of_texts_asks_the_same_number_of_questions_for_one_and_for_three(client, manager, django_assert_num_queries):
    publish(manager.agency)
    with CaptureQueriesContext(connection) as once:
        client.get("/quan-tri/mau-ket-qua/")
    for name in ("Hai", "Ba"):
        publish(manager.agency, name=name, procedure=make_version().procedure)
    with django_assert_num_queries(len(once)):
        client.get("/quan-tri/mau-ket-qua/")
