"""Every page of the portal, once: who opens it, where it is, and what is done there first.

Checks that hold for all pages (accessibility, narrow screens, weight, privacy) and the pictures go through this
list; `test_accessibility` finds the address that is missing here.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from playwright.sync_api import Page

from onestop.worktime.models import CalendarDay
from tests.browser.hands import MOTHER_CARD
from tests.browser.scene import DRAFT, Scene

# Styles and script are there then; whatever a frame still loads (a paper in the browser's viewer) is not waited for.
READY = "domcontentloaded"
Step = Callable[[Page, Scene], None]


@dataclass(frozen=True)
class Visit:
    """One page in one state. `where` is an address, or makes one from the scene; `then` is done there before looking."""

    name: str
    who: str
    where: str | Callable[[Scene], str]
    then: tuple[Step, ...] = ()

    def address(self, scene: Scene) -> str:
        return self.where if isinstance(self.where, str) else self.where(scene)

    def open(self, page: Page, scene: Scene) -> None:
        page.goto(self.address(scene), wait_until=READY)
        for step in self.then:
            step(page, scene)


def to(name: str, *args: object, query: str = "") -> Callable[[Scene], str]:
    """The page of this url name."""
    return lambda scene: reverse(name, args=args) + query


def dossier(name: str, what: str, *args: object, query: str = "") -> Callable[[Scene], str]:
    """A page of the scene's dossier."""
    return lambda scene: reverse(f"dossiers:{name}", args=[scene.code(what), *args]) + query


def row_of(name: str, what: str, rows: str) -> Callable[[Scene], str]:
    """A page about the last row of these that the scene's dossier has."""
    return lambda scene: dossier(name, what, getattr(scene.dossiers[what], rows).last().pk)(scene)


def book(name: str, query: str = "") -> Callable[[Scene], str]:
    """A page of this month's book of copies."""
    return lambda scene: reverse(f"dossiers:{name}", args=["ban-sao", f"{timezone.localdate(scene.now):%Y-%m}"]) + query


def book_number(number: int) -> Callable[[Scene], str]:
    """One number of this year's book of copies."""
    return lambda scene: reverse("dossiers:certification_number", args=["ban-sao", timezone.localdate(scene.now).year, number])


def duty_day(name: str, *args: object, days: int = 0) -> Callable[[Scene], str]:
    """A page of the roster about the day so many days after the scene's."""
    return lambda scene: reverse(f"roster:{name}", args=[timezone.localdate(scene.now) + timedelta(days=days), *args])


def duty_month(name: str) -> Callable[[Scene], str]:
    """This month's duty sheet."""
    return lambda scene: reverse(f"roster:{name}", args=[f"{timezone.localdate(scene.now):%Y-%m}"])


def press(button: str) -> Step:
    """Press the button of the main part and wait for what it leads to."""

    def step(page: Page, scene: Scene) -> None:
        with page.expect_navigation(wait_until=READY):
            page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()

    return step


def fill(box: str, text: str | Callable[[Scene], str]) -> Step:
    return lambda page, scene: page.locator(box).fill(text if isinstance(text, str) else text(scene))


def upload(content: bytes) -> Step:
    """Choose a file of this content that calls itself a PDF."""
    chosen = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": content}
    return lambda page, scene: page.locator("#id_file").set_input_files(chosen)


def follow(address: str) -> Step:
    """Go on to another page of ours, with what the first one has granted."""

    def step(page: Page, scene: Scene) -> None:
        page.goto(page.url.split("/tra-cuu/")[0] + address, wait_until=READY)

    return step


def without_token(page: Page, scene: Scene) -> None:
    """As a form left open for days: its token is not ours any more."""
    page.locator("main input[name=csrfmiddlewaretoken]").evaluate_all("boxes => boxes.forEach(box => box.value = 'x'.repeat(64))")


def without_choice(page: Page, scene: Scene) -> None:
    page.locator("main input[type=radio]").evaluate_all("boxes => boxes.forEach(box => box.checked = false)")


def open_details(page: Page, scene: Scene) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def six_wrong_codes(page: Page, scene: Scene) -> None:
    for number in range(6):
        fill("#id_ma", scene.code("processing"))(page, scene)
        fill("#id_ma_tra_cuu", f"0000000{number}")(page, scene)
        press("Tra cứu")(page, scene)


SCANNED = (fill("#id_scan", MOTHER_CARD), press("Đọc thẻ"))
CHOSEN = (*SCANNED, fill("#id_procedure", "ks"), press("Đọc thẻ"))
TOKEN, BALLOT = "dossiers:token", "surveys:ballot"


def by_token(name: str, what: str) -> Callable[[Scene], str]:
    return lambda scene: reverse(name, args=[scene.token(what)])


VISITS = [
    # -- everybody -------------------------------------------------------------------------
    Visit("home", "visitor", "/"),
    Visit("procedures", "visitor", "/thu-tuc/"),
    Visit("procedures-found", "visitor", "/thu-tuc/?tu-khoa=khai+sinh"),
    Visit("procedures-none", "visitor", "/thu-tuc/?tu-khoa=zzzz"),
    Visit("procedure", "visitor", "/thu-tuc/1.001193/", (open_details,)),
    Visit("lookup", "visitor", "/tra-cuu/"),
    Visit("lookup-mistakes", "visitor", "/tra-cuu/", (press("Tra cứu"),)),
    Visit("lookup-failed", "visitor", "/tra-cuu/?ma=H61.26-200101-0001", (fill("#id_ma_tra_cuu", "12345678"), press("Tra cứu"))),
    Visit("lookup-ended", "visitor", "/tra-cuu/ket-qua/"),
    Visit("lookup-too-many", "visitor", "/tra-cuu/", (six_wrong_codes,)),
    Visit("token-unknown", "visitor", "/tc/0000000000000000/"),
    *(Visit(f"status-{what}", "visitor", by_token(TOKEN, what), (open_details,)) for what in ("received", "late", "ready", "returned")),
    *(Visit(f"status-{what}", "visitor", by_token(TOKEN, what), (open_details,)) for what in ("asked", "owing", "suspended", "extended")),
    *(Visit(f"status-{what}", "visitor", by_token(TOKEN, what), (open_details,)) for what in ("stopped", "asked-back", "reclassified")),
    Visit("ask-back", "visitor", by_token(TOKEN, "received"), (follow("/tra-cuu/xin-rut/"),)),
    Visit("ask-back-confirm", "visitor", by_token(TOKEN, "received"), (
        follow("/tra-cuu/xin-rut/"), fill("#id_ly_do", "Tôi nộp ở nơi thường trú"), press("Tiếp tục"),
    )),
    Visit("ask-back-mistakes", "visitor", by_token(TOKEN, "received"), (
        follow("/tra-cuu/xin-rut/"), fill("#id_ly_do", "a" * 301), press("Tiếp tục"),
    )),
    Visit("ask-back-too-late", "visitor", by_token(TOKEN, "ready"), (follow("/tra-cuu/xin-rut/"),)),
    Visit("think-again", "visitor", by_token(TOKEN, "asked-back"), (follow("/tra-cuu/thoi-rut/"),)),
    Visit("status-apology", "visitor", by_token(TOKEN, "letter-issued"), (open_details,)),
    Visit("status-supplement", "visitor", lambda scene: reverse(TOKEN, args=[scene.supplement_token])),
    Visit("ballot-early", "visitor", by_token(BALLOT, "received")),
    Visit("ballot", "visitor", by_token(BALLOT, "returned")),
    Visit("ballot-thanks", "visitor", by_token(BALLOT, "rated"), (press("Rất hài lòng"),)),
    Visit("ballot-reasons", "visitor", by_token(BALLOT, "spoken"), (press("Không hài lòng"),)),
    Visit("ballot-already", "visitor", by_token(BALLOT, "rated")),
    Visit("help", "visitor", "/tro-giup/"),
    Visit("accessibility", "visitor", "/tiep-can/"),
    Visit("privacy", "visitor", "/quyen-rieng-tu/"),
    Visit("health", "visitor", "/suc-khoe/"),
    Visit("not-found", "visitor", "/khong-co/"),
    Visit("form-too-old", "visitor", "/tra-cuu/", (without_token, press("Tra cứu"))),
    Visit("log-in", "visitor", "/dang-nhap/?tiep=/quay/"),
    Visit("log-in-mistakes", "visitor", "/dang-nhap/", (press("Đăng nhập"),)),
    Visit("public-roster", "visitor", to("roster:public", query="?don-vi=H61.26")),
    Visit("public-roster-empty", "visitor", to("roster:public", query="?don-vi=H61.27")),
    Visit("public-roster-choose", "visitor", to("roster:public")),
    # -- the desk --------------------------------------------------------------------------
    Visit("desk", "clerk", "/quay/"),
    Visit("intake", "clerk", "/quay/tiep-nhan/"),
    Visit("intake-bad-scan", "clerk", "/quay/tiep-nhan/", (fill("#id_scan", "https://vi.du/abc"), press("Đọc thẻ"))),
    Visit("intake-scanned", "clerk", "/quay/tiep-nhan/", (*CHOSEN, open_details)),
    Visit("intake-no-procedure", "clerk", "/quay/tiep-nhan/", (*SCANNED, fill("#id_procedure", "không có"), press("Đọc thẻ"))),
    Visit("intake-mistakes", "clerk", "/quay/tiep-nhan/", (*CHOSEN, fill("#id_phone", "12"), press("Lưu và in (F9)"), open_details)),
    Visit("intake-empty-saved", "clerk", "/quay/tiep-nhan/", (press("Lưu và in (F9)"),)),
    Visit("intake-supplement-mistakes", "clerk", "/quay/tiep-nhan/", (*CHOSEN, open_details, press("In phiếu bổ sung (M02)"))),
    Visit("intake-refusal-mistakes", "clerk", "/quay/tiep-nhan/", (*CHOSEN, open_details, press("Từ chối tiếp nhận"))),
    Visit("intake-draft", "clerk", lambda scene: f"/quay/tiep-nhan/?draft={scene.draft.key}"),
    Visit("intake-same-person", "clerk", lambda scene: f"/quay/tiep-nhan/?same_person={scene.code('ready')}"),
    Visit("intake-supplement", "clerk", lambda scene: f"/quay/tiep-nhan/?supplement={scene.slips['supplement'].supplement_id}"),
    Visit("received", "clerk", dossier("received", "received")),
    Visit("slip-supplement", "clerk", lambda scene: reverse("dossiers:slip", args=[scene.slips["supplement"].pk])),
    Visit("slip-refusal", "clerk", lambda scene: reverse("dossiers:slip", args=[scene.slips["refusal"].pk])),
    Visit("register", "clerk", "/ho-so/"),
    Visit("register-books", "clerk", "/so-theo-doi/"),
    Visit("register-book", "clerk", lambda scene: f"/so-theo-doi/{timezone.localdate(scene.now):%Y-%m}/"),
    Visit("register-book-empty", "clerk", "/so-theo-doi/2020-01/"),
    Visit("day-sheet", "clerk", lambda scene: f"/so-theo-doi/ngay/{timezone.localdate(scene.now):%Y-%m-%d}/"),
    Visit("register-none", "clerk", "/ho-so/?tu-khoa=zzzz"),
    Visit("register-mistakes", "clerk", "/ho-so/?tu-ngay=31/02/2026"),
    *(
        Visit(f"dossier-{what}", "clerk", dossier("detail", what), (open_details,))
        for what in ("received", "late", "waiting", "signed", "ready", "returned", "faulty", "voided")
    ),
    *(Visit(f"control-slip-{what}", "clerk", dossier("control_slip", what)) for what in ("received", "returned", "late")),
    Visit("hand-over", "clerk", dossier("hand_over", "received")),
    Visit("hand-over-mistakes", "clerk", dossier("hand_over", "received"), (press("Bàn giao"),)),
    Visit("hand-over-closed", "clerk", dossier("hand_over", "returned")),
    Visit("hand-over-many", "clerk", "/quay/ban-giao/"),
    Visit("hand-over-many-mistakes", "clerk", "/quay/ban-giao/", (press("Bàn giao các hồ sơ đã đánh dấu"),)),
    Visit("give-back", "clerk", dossier("give_back", "ready"), (open_details,)),
    Visit("give-back-mistakes", "clerk", dossier("give_back", "ready"), (fill("#id_name", ""), press("Đã trả kết quả"))),
    Visit("correct", "clerk", dossier("correct", "returned")),
    Visit("correct-mistakes", "clerk", dossier("correct", "returned"), (press("Nhận lại để sửa"),)),
    Visit("amend", "clerk", dossier("amend", "received")),
    Visit("amend-mistakes", "clerk", dossier("amend", "received"), (fill("#id_phone", "12"), press("Lưu"))),
    Visit("new-secret", "clerk", dossier("new_secret", "received")),
    # -- pauses and extensions ------------------------------------------------------------------
    *(
        Visit(f"dossier-{what}", "clerk", dossier("detail", what), (open_details,))
        for what in ("asked", "owing", "suspended", "resumed", "extended")
    ),
    Visit("ask-for-supplement", "clerk", dossier("ask_for_supplement", "received"), (open_details,)),
    Visit("ask-for-supplement-mistakes", "clerk", dossier("ask_for_supplement", "received"), (press("Lưu và in phiếu bổ sung (M02)"),)),
    Visit("ask-again", "clerk", dossier("ask_for_supplement", "asked")),
    Visit("accept-supplement", "clerk", dossier("accept_supplement", "asked"), (open_details,)),
    Visit("slip-of-dossier", "clerk", lambda scene: reverse(
        "dossiers:slip", args=[scene.dossiers["asked"].supplement_requests.get().issued_papers.get().pk],
    )),
    Visit("request-payment", "clerk", dossier("request_payment", "received")),
    Visit("request-payment-mistakes", "clerk", dossier("request_payment", "received"), (
        fill("#id_amount", "15,5"), press("Yêu cầu nộp tiền"),
    )),
    Visit("confirm-payment", "clerk", dossier("confirm_payment", "owing"), (open_details,)),
    Visit("confirm-payment-mistakes", "clerk", dossier("confirm_payment", "owing"), (press("Đã nhận tiền"),)),
    *(
        Visit(f"dossier-{what}", "leader", dossier("detail", what), (open_details,))
        for what in ("stopped", "asked-back", "unanswered", "reclassified")
    ),
    Visit("stop", "leader", dossier("stop", "received")),
    Visit("stop-mistakes", "leader", dossier("stop", "received"), (press("Dừng và in thông báo (M05)"),)),
    Visit("stop-unanswered", "leader", dossier("stop", "unanswered")),
    Visit("stop-closed", "leader", dossier("stop", "stopped")),
    Visit("unanswered", "leader", "/quay/qua-han-tra-loi/"),
    Visit("unanswered-empty", "newcomer", "/quay/qua-han-tra-loi/"),
    Visit("withdraw", "clerk", dossier("withdraw", "received")),
    Visit("withdraw-mistakes", "clerk", dossier("withdraw", "received"), (fill("#id_signed_on", "31/02"), press("Ghi đơn xin rút"))),
    Visit("give-up", "clerk", dossier("give_up", "asked-back")),
    Visit("give-up-mistakes", "clerk", dossier("give_up", "asked-back"), (
        fill("#id_reason", ""), press("Đã trả giấy tờ, in thông báo (M05)"),
    )),
    Visit("keep-on", "clerk", dossier("keep_on", "asked-back")),
    Visit("keep-on-mistakes", "clerk", dossier("keep_on", "asked-back"), (press("Giải quyết tiếp"),)),
    Visit("reclassify", "manager", dossier("reclassify", "received")),
    Visit("reclassify-seen", "manager", dossier("reclassify", "received"), (
        fill("#id_procedure", "1.009002"), press("Xem ngày hẹn và giấy tờ"), open_details,
    )),
    Visit("reclassify-mistakes", "manager", dossier("reclassify", "received"), (press("Chuyển thủ tục"),)),
    Visit("log-reclassified", "manager", dossier("log", "reclassified")),
    Visit("suspend", "leader", dossier("suspend", "received")),
    Visit("suspend-mistakes", "leader", dossier("suspend", "received"), (press("Tạm đình chỉ"),)),
    Visit("resume", "leader", dossier("resume", "suspended"), (open_details,)),
    Visit("consent", "leader", dossier("consent", "late")),
    Visit("consent-mistakes", "leader", dossier("consent", "late"), (press("Ghi ý kiến đồng ý"),)),
    Visit("extend", "leader", dossier("extend", "resumed")),
    Visit("extend-seen", "leader", dossier("extend", "resumed"), (
        lambda page, scene: page.locator("#id_extra_value").select_option("2"),
        fill("#id_ground", "Điều 12"),
        press("Xem ngày hẹn mới"),
    )),
    Visit("extend-mistakes", "leader", dossier("extend", "resumed"), (press("Gia hạn"),)),
    Visit("shortcuts", "clerk", "/tro-giup/phim-tat/"),
    Visit("password", "clerk", "/doi-mat-khau/"),
    Visit("password-mistakes", "clerk", "/doi-mat-khau/", (press("Đổi mật khẩu"),)),
    Visit("staff-refused", "clerk", "/quan-tri/nguoi-dung/"),
    Visit("staff-not-found", "clerk", "/ho-so/H61.26-200101-0001/"),
    # -- certification at the counter --------------------------------------------------------
    Visit("certify", "clerk", "/quay/chung-thuc/"),
    Visit("certify-lines", "clerk", "/quay/chung-thuc/", (
        fill("#id_scan", MOTHER_CARD), fill("#id_line-0-paper", "cc 2 2, ll, uq, cd, bg"), press("Đọc"), open_details,
    )),
    Visit("certify-mistakes", "clerk", "/quay/chung-thuc/", (fill("#id_line-0-paper", "cc 0 2, ll"), press("Lưu (F9)"), open_details)),
    Visit("certified", "clerk", dossier("certified", "certified-waiting")),
    Visit("certified-signed", "clerk", dossier("certified", "certified")),
    Visit("certified-dossier", "clerk", dossier("detail", "certified"), (open_details,)),
    Visit("certified-clauses", "clerk", dossier("certified_clauses", "certified")),
    Visit("certified-sign", "clerk", dossier("certified_sign", "certified-waiting")),
    Visit("certified-give-back", "clerk", dossier("certified_give_back", "certified")),
    Visit("certified-strike", "clerk", lambda scene: reverse(
        "dossiers:certified_strike",
        args=[scene.code("certified-waiting"), scene.dossiers["certified-waiting"].certification_entries.get().pk],
    )),
    Visit("certified-cancel-receipt", "clerk", lambda scene: reverse(
        "dossiers:certified_cancel_receipt",
        args=[scene.code("certified"), scene.dossiers["certified"].certification_receipts.filter(cancelled_at=None).get().pk],
    )),
    Visit("certifications-today", "clerk", "/quay/chung-thuc/hom-nay/"),
    Visit("certifications-today-empty", "newcomer", "/quay/chung-thuc/hom-nay/"),
    # -- a commune with nothing yet ----------------------------------------------------------
    Visit("desk-empty", "newcomer", "/quay/"),
    Visit("register-empty", "newcomer", "/ho-so/"),
    Visit("hand-over-many-empty", "newcomer", "/quay/ban-giao/"),
    Visit("work-empty", "newcomer", "/xu-ly/"),
    Visit("sign-queue-empty", "newcomer", "/ky-duyet/"),
    # -- messages to citizens ------------------------------------------------------------------
    Visit("messages", "clerk", to("dossiers:messages"), (open_details,)),
    Visit("messages-sent", "clerk", to("dossiers:messages", query="?muc=da-gui")),
    Visit("messages-failed", "manager", to("dossiers:messages", query="?muc=khong-gui-duoc"), (open_details,)),
    Visit("messages-withheld", "clerk", to("dossiers:messages", query="?muc=khong-gui")),
    Visit("messages-empty", "newcomer", to("dossiers:messages")),
    Visit("unreachable", "clerk", to("dossiers:unreachable")),
    Visit("unreachable-empty", "newcomer", to("dossiers:unreachable")),
    Visit("message-choice", "clerk", dossier("message_choice", "received")),
    Visit("message-choice-mistakes", "clerk", dossier("message_choice", "received"), (without_choice, press("Lưu"))),
    # -- those who settle and sign -------------------------------------------------------------
    Visit("work", "specialist", "/xu-ly/"),
    Visit("work-submitted", "specialist", "/xu-ly/?muc=da-trinh"),
    Visit("dossier-specialist", "specialist", dossier("detail", "processing"), (open_details,)),
    Visit("submit", "specialist", dossier("submit", "processing")),
    Visit("submit-mistakes", "specialist", dossier("submit", "processing"), (
        lambda page, scene: page.locator("#id_file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x"}),
        press("Trình ký"),
    )),
    Visit("sign-queue", "leader", "/ky-duyet/"),
    Visit("sign", "leader", dossier("sign", "waiting")),
    Visit("sign-mistakes", "leader", dossier("sign", "waiting"), (press("Trả lại người soạn"),)),
    Visit("sign-on-paper-mistakes", "leader", dossier("sign", "waiting"), (fill("#id_signed_on", "31/02"), press("Ghi nhận đã ký tay"))),
    Visit("dossier-leader", "leader", dossier("detail", "waiting"), (open_details,)),
    Visit("sign-digital-mistakes", "leader", dossier("sign", "waiting"), (
        upload(DRAFT), press("Kiểm tra và ghi nhận chữ ký số"),
    )),
    Visit("signature", "leader", dossier("signature", "digital", 1)),
    Visit("signature-again", "auditor", dossier("signature", "digital", 1, query="?lai=1")),
    Visit("dossier-digital", "specialist", dossier("detail", "digital"), (open_details,)),
    Visit("sign-both", "leader", dossier("sign", "late-signing"), (open_details,)),
    Visit("sign-both-mistakes", "leader", dossier("sign", "late-signing"), (press("Ký"),)),
    Visit("signing-session", "leader", "/ky-duyet/phien/"),
    Visit("signing-session-mistakes", "leader", "/ky-duyet/phien/", (press("Mở phiên ký"),)),
    # -- letters of apology ---------------------------------------------------------------------
    *(Visit(f"apologies-{tab}", "head", f"/xin-loi/?muc={tab}") for tab in ("can-soan", "cho-ky", "da-gui", "rut-bo")),
    Visit("apologies-specialist", "specialist", "/xin-loi/"),
    Visit("apologies-empty", "newcomer", "/xin-loi/"),
    Visit("apology-none", "manager", dossier("apology", "processing")),
    Visit("apology-none-mistakes", "clerk", dossier("apology", "returned"), (press("Lập dự thảo"),)),
    Visit("apology-drafted", "specialist", dossier("apology", "letter-drafted"), (open_details,)),
    Visit("apology-drafted-mistakes", "specialist", dossier("apology", "letter-drafted"), (
        fill("#id_new_date", "31/02"), press("Lưu và xem bản in"), open_details,
    )),
    Visit("apology-to-sign", "head", dossier("apology", "letter-prepared"), (open_details,)),
    Visit("apology-to-sign-mistakes", "head", dossier("apology", "letter-prepared"), (press("Ký văn bản"),)),
    Visit("apology-not-his-to-sign", "clerk", dossier("apology", "letter-prepared"), (open_details,)),
    Visit("apology-issued", "clerk", dossier("apology", "letter-issued"), (open_details,)),
    Visit("apology-issued-mistakes", "clerk", dossier("apology", "letter-issued"), (press("Ghi đã gửi"),)),
    Visit("apology-waived", "leader", dossier("apology", "letter-waived"), (open_details,)),
    Visit("sign-archivist", "archivist", dossier("sign", "waiting")),
    Visit("issue", "archivist", dossier("issue", "signed")),
    # -- scans of papers ------------------------------------------------------------------------
    Visit("scans", "clerk", dossier("scans", "processing"), (open_details,)),
    Visit("scans-none", "clerk", dossier("scans", "received")),
    Visit("scans-mistakes", "clerk", dossier("scans", "received"), (upload(b"PK\x03\x04"), press("Kiểm tra và lưu"))),
    Visit("scans-manager", "manager", dossier("scans", "processing")),
    Visit("scans-waive-mistakes", "manager", dossier("scans", "received"), (press("Cho phép không quét"),)),
    Visit("scans-leader", "leader", dossier("scans", "waiting")),
    Visit("scan-void", "clerk", lambda scene: reverse(
        "dossiers:scan_void", args=[scene.code("processing"), scene.dossiers["processing"].scans.filter(voided_at=None).get().pk],
    )),
    Visit("scan-void-mistakes", "clerk", lambda scene: reverse(
        "dossiers:scan_void", args=[scene.code("processing"), scene.dossiers["processing"].scans.filter(voided_at=None).get().pk],
    ), (press("Bỏ bản quét"),)),
    Visit("scan-setting", "manager", to("dossiers:scan_setting")),
    Visit("issue-not-scanned", "archivist", dossier("issue", "signed"), (press("Phát hành kết quả"),)),
    # -- those who look after the desk ---------------------------------------------------------
    Visit("take-over", "manager", dossier("take_over", "received")),
    Visit("void", "manager", dossier("void", "received")),
    Visit("void-mistakes", "manager", dossier("void", "received"), (press("Hủy hồ sơ"),)),
    Visit("log", "manager", dossier("log", "faulty")),
    Visit("log-views", "manager", dossier("log", "received", query="?xem=1")),
    Visit("dossier-manager", "manager", dossier("detail", "received"), (open_details,)),
    Visit("dossier-head", "head", dossier("detail", "waiting"), (open_details,)),
    Visit("dossier-auditor", "auditor", dossier("detail", "returned"), (open_details,)),
    Visit("helper-refused", "helper", "/quay/"),
    Visit("province-register", "province", "/ho-so/"),
    Visit("province-register-commune", "province", "/ho-so/?don-vi=H61.26"),
    Visit("province-dossier", "province", dossier("detail", "late"), (open_details,)),
    # -- nobody is late in silence -----------------------------------------------------------------
    Visit("overdue", "manager", to("dossiers:overdue")),
    Visit("overdue-soon", "manager", to("dossiers:overdue", query="?muc=sap-den-han")),
    Visit("overdue-without-letter", "head", to("dossiers:overdue", query="?muc=chua-xin-loi")),
    Visit("overdue-paused", "manager", to("dossiers:overdue", query="?muc=tam-dung")),
    Visit("overdue-forgotten", "manager", to("dossiers:overdue", query="?muc=co-the-quen")),
    Visit("overdue-own", "specialist", to("dossiers:overdue")),
    Visit("overdue-empty", "newcomer", to("dossiers:overdue")),
    Visit("overdue-signs", "head", to("dossiers:overdue_signs")),
    Visit("overdue-signs-mistakes", "auditor", to("dossiers:overdue_signs", query="?tu-ngay=31/02/2026")),
    Visit("overdue-signs-empty", "newcomer", to("dossiers:overdue_signs")),
    Visit("notices", "manager", to("dossiers:notices")),
    Visit("notices-empty", "newcomer", to("dossiers:notices")),
    # -- certification -----------------------------------------------------------------------------
    Visit("certify", "manager", to("dossiers:certify")),
    Visit("certifications-today", "manager", to("dossiers:certifications_today")),
    *(Visit(what, "manager", dossier("certified", what), (open_details,)) for what in ("certified", "certified-waiting")),
    Visit("certified-clauses", "manager", dossier("certified_clauses", "certified")),
    Visit("certified-sign", "head", dossier("certified_sign", "certified-waiting")),
    Visit("certified-give-back", "manager", dossier("certified_give_back", "certified"), (open_details,)),
    Visit("certified-strike", "manager", row_of("certified_strike", "certified-waiting", "certification_entries")),
    Visit("certified-cancel-receipt", "manager", row_of("certified_cancel_receipt", "certified-waiting", "certification_receipts")),
    # -- the books of certification --------------------------------------------------------------
    Visit("books", "head", to("dossiers:certification_books")),
    Visit("book", "head", book("certification_book")),
    Visit("book-none", "head", book("certification_book", query="?tu-khoa=zzzz")),
    Visit("book-empty", "newcomer", book("certification_book")),
    Visit("book-number", "auditor", book_number(2)),
    Visit("book-number-struck", "auditor", book_number(1)),
    Visit("book-close", "archivist", book("certification_book_close")),
    Visit("book-close-refused", "archivist", book("certification_book_close"), (press("Khóa sổ"),)),
    Visit("certification-cash", "manager", to("dossiers:certification_cash")),
    Visit("certification-cash-mistakes", "manager", to("dossiers:certification_cash", query="?ngay=x")),
    Visit("certification-counting", "manager", to("dossiers:certification_counting")),
    Visit("clauses", "manager", to("dossiers:certification_clauses")),
    Visit("clause", "manager", to("dossiers:certification_clause", "02")),
    Visit("clause-mistakes", "manager", to("dossiers:certification_clause", "02"), (fill("#id_text", "{ai}"), press("Lưu lời chứng"))),
    Visit("certification-setting", "manager", to("dossiers:certification_setting")),
    Visit("certification-setting-mistakes", "manager", to("dossiers:certification_setting"), (fill("#id_volume_BS", "0"), press("Lưu"))),
    Visit("delegations", "head", to("dossiers:delegations")),
    Visit("delegation-new", "head", to("dossiers:delegation_new")),
    Visit("delegation-new-mistakes", "head", to("dossiers:delegation_new"), (press("Ghi quyết định"),)),
    Visit("delegation-revoke", "head", lambda scene: reverse("dossiers:delegation_revoke", args=[scene.cast.agency.delegations.get().pk])),
    # -- the duty roster -------------------------------------------------------------------------
    Visit("roster", "manager", to("roster:week")),
    Visit("roster-clerk", "clerk", to("roster:week")),
    Visit("roster-empty", "newcomer", to("roster:week")),
    Visit("roster-session", "manager", duty_day("session", "chieu"), (open_details,)),
    Visit("roster-session-mistakes", "manager", duty_day("session", "sang", days=1), (
        open_details, fill("#id_leader-reason", "Họp"), fill("#id_new-counter_no", "7"), press("Lưu"),
    )),
    Visit("roster-session-past", "manager", duty_day("session", "sang", days=-1)),
    Visit("duty-sheet", "auditor", duty_month("sheet")),
    Visit("duty-sheet-empty", "newcomer", duty_month("sheet")),
    Visit("rules", "head", to("roster:rules")),
    Visit("rules-mistakes", "head", to("roster:rules"), (press("Ghi phiên bản mới"),)),
    # -- the working calendar ------------------------------------------------------------------
    Visit("calendar", "admin", to("worktime:days")),
    Visit("calendar-leader", "leader", to("worktime:days")),
    Visit("calendar-year", "province_admin", to("worktime:confirm_year", 2027), (open_details,)),
    Visit("calendar-year-mistakes", "province_admin", to("worktime:confirm_year", 2027), (press("Trình duyệt lịch năm 2027"),)),
    *(Visit(f"calendar-{what}", "province_admin", to("worktime:propose", what)) for what in ("ngay-nghi", "hoan-doi", "nua-ngay")),
    Visit("calendar-swap-mistakes", "province_admin", to("worktime:propose", "hoan-doi"), (press("Trình duyệt"),)),
    Visit("calendar-closure", "admin", to("worktime:propose", "tam-nghi")),
    Visit("calendar-closure-mistakes", "admin", to("worktime:propose", "tam-nghi"), (press("Trình duyệt"),)),
    Visit("calendar-own-day", "admin", lambda scene: reverse("worktime:local_day", args=[scene.cast.agency.local_days.get().pk])),
    Visit("calendar-day", "province_admin", lambda scene: reverse("worktime:common_day", args=[CalendarDay.objects.latest("date").pk])),
    Visit("hours", "admin", to("worktime:hours")),
    Visit("hours-mistakes", "admin", to("worktime:hours"), (fill("#id_day_0", "sáng"), press("Lưu giờ làm việc"))),
    Visit("calendar-change", "leader", lambda scene: reverse("dossiers:calendar_change", args=[scene.change.pk])),
    Visit("calendar-change-admin", "admin", lambda scene: reverse("dossiers:calendar_change", args=[scene.change.pk])),
    Visit("calendar-change-refusal", "leader", lambda scene: reverse("dossiers:calendar_change", args=[scene.change.pk]), (
        press("Không duyệt"),
    )),
    Visit("redating", "leader", to("dossiers:redating")),
    # -- accounts ------------------------------------------------------------------------------
    Visit("people", "admin", "/quan-tri/nguoi-dung/"),
    Visit("person-new", "admin", "/quan-tri/nguoi-dung/them/"),
    Visit("person-new-mistakes", "admin", "/quan-tri/nguoi-dung/them/", (press("Lập tài khoản"),)),
    Visit("person", "admin", lambda scene: reverse("staff:person_edit", args=[scene.cast.clerk.pk])),
    Visit("first-password-spent", "admin", lambda scene: reverse("staff:person_first_password", args=[scene.cast.clerk.pk])),
]
# Addresses that are no page to look at: files, redirects, and what is only sent to.
NO_PAGES = {
    "display",
    "dossiers:autosave",
    "dossiers:message_again",
    "dossiers:slip_file",
    "dossiers:paper",
    "dossiers:apology_preview",
    "dossiers:status_letter",
    "dossiers:certification_book_pdf",
    "dossiers:register_pdf",
    "dossiers:register_xlsx",
    "dossiers:day_sheet_pdf",
    "dossiers:control_slip_pdf",
    "dossiers:draft_file",
    "dossiers:reveal",
    # Looked at with the grant of a slip.
    "dossiers:status",
    "dossiers:ask_back",
    "dossiers:think_again",
    "roster:check_in",
    "roster:copy",
    "roster:sheet_print",
    "staff:start",
    "staff:log_out",
    "staff:switch_person",
    "staff:person_disable",
    "staff:person_enable",
    "staff:person_new_password",
    "surveys:vote",
    "surveys:thanks",
    "dossiers:scan_file",
    "dossiers:scan_preview",
    "dossiers:signed_file",
}
WHO = list(dict.fromkeys(visit.who for visit in VISITS))


def url_name(address: str) -> str:
    """The url name behind an address, "" for none."""
    try:
        return resolve(address.split("?")[0]).view_name
    except Resolver404:
        return ""
