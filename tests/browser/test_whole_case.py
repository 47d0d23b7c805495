"""One dossier from the card on the desk to the citizen's rating, each person in a browser of his own."""
import re

import pytest
from playwright.sync_api import Page, expect

from dossiers.models import Dossier
from dossiers.secrets import token
from dossiers.statuses import Act, Status
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_user
from surveys.models import Ballot
from tests.browser.hands import MOTHER_CARD, Hands
from tests.browser.pages import READY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "mot-hai-ba-bon-nam"


def press(page: Page, button: str) -> None:
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def test_a_case_goes_from_the_card_to_the_rating(new_page, log_in_browser, catalogue):
    clerk = make_user(Role.CLERK, password=PASSWORD, counter_no="2")
    specialist, leader = make_user(Role.SPECIALIST), make_user(Role.LEADER)
    at_desk, at_work, at_signing, phone = new_page(), new_page(), new_page(), new_page(width=320)
    log_in_browser(at_work, specialist)
    log_in_browser(at_signing, leader)

    # The clerk logs in, scans a card on the desk, receives, and has the slip.
    at_desk.goto("/quay/")
    at_desk.get_by_label("Tên đăng nhập").fill(clerk.username)
    at_desk.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    press(at_desk, "Đăng nhập")
    expect(at_desk.get_by_role("heading", level=1)).to_have_text("Bàn làm việc hôm nay")
    hands = Hands(at_desk)
    hands.scan(MOTHER_CARD)
    hands.copy("0900000123")
    hands.go("Enter")
    hands.type("ks")
    hands.go("Enter")
    hands.copy("Sơn Minh Khang")
    hands.go("Enter")
    hands.press("Space")
    hands.go("Enter")
    hands.press("Space")
    at_desk.get_by_label("In giấy hẹn dù trả trong ngày").check()
    with at_desk.expect_response(lambda answer: answer.url.endswith("/in/giay-hen/")) as slip:
        hands.press("F9")
    assert slip.value.headers["content-type"] == "application/pdf"
    code, secret = at_desk.locator(".success dd.code").all_inner_texts()
    assert re.fullmatch(r"[0-9]{8}", secret)

    # The citizen looks up, and from now on only asks again.
    phone.goto("/")
    phone.get_by_label("Mã hồ sơ").fill(code)
    press(phone, "Tra cứu")
    phone.get_by_label("Mã tra cứu 8 số trên giấy hẹn").fill(secret)
    press(phone, "Tra cứu")

    def citizen_sees(sentence: str) -> None:
        phone.reload()
        expect(phone.get_by_role("main")).to_contain_text(sentence)
        expect(phone.locator("[aria-current=step]")).to_have_count(0 if sentence.endswith("cho người nhận") else 1)
        phone.wait_for_load_state()
        assert phone.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        assert "Thạch Thị Sóc Kha" not in phone.content()

    citizen_sees("Hồ sơ đã được tiếp nhận")

    # Handed over, taken over, submitted, sent back once, submitted again.
    at_desk.goto(f"/ho-so/{code}/ban-giao/")
    at_desk.get_by_label("Người nhận").select_option(str(specialist.pk))
    press(at_desk, "Bàn giao")
    at_work.goto("/xu-ly/")
    at_work.get_by_role("link", name=code, exact=True).click()
    at_work.get_by_role("main").get_by_role("link", name="Nhận hồ sơ").click()
    press(at_work, "Xác nhận")
    citizen_sees("Hồ sơ đang được giải quyết")
    at_work.get_by_role("main").get_by_role("link", name="Trình ký").click()
    press(at_work, "Trình ký")
    citizen_sees("Hồ sơ đang chờ lãnh đạo ký")
    at_signing.goto("/ky-duyet/")
    at_signing.get_by_role("link", name=code).click()
    at_signing.get_by_label("Lý do trả lại").fill("Sai tên cha")
    press(at_signing, "Trả lại người soạn")
    citizen_sees("Hồ sơ đang được giải quyết")
    at_work.goto(f"/ho-so/{code}/")
    expect(at_work.get_by_role("main")).to_contain_text("Sai tên cha")
    at_work.get_by_role("main").get_by_role("link", name="Trình ký").click()
    press(at_work, "Trình ký")

    # Signed by hand and issued, returned, rated.
    at_signing.goto(f"/ky-duyet/{code}/")
    at_signing.get_by_label("Số", exact=False).first.fill("12")
    at_signing.get_by_label("Đã lấy số, đóng dấu: phát hành luôn").check()
    press(at_signing, "Ghi nhận đã ký tay")
    citizen_sees("Đã có kết quả, mời ông/bà đến nhận")
    at_desk.goto(f"/ho-so/{code}/tra/")
    press(at_desk, "Đã trả kết quả")
    citizen_sees("Kết quả đã được trả cho người nhận")
    dossier = Dossier.objects.get(code=code)
    phone.goto(f"/danh-gia/{token(code, dossier.secret_version)}/")
    press(phone, "Rất hài lòng")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Cảm ơn ông/bà")

    assert dossier.status == Status.RETURNED
    assert Ballot.objects.count() == 1
    acts = list(Event.objects.filter(subject=f"dossier:{dossier.pk}").order_by("seq").values_list("act", flat=True))
    assert [act for act in acts if act in WAY] == WAY
    assert first_problem() is None


WAY = [
    Act.RECEIVE,
    Act.HAND_OVER,
    Act.TAKE_OVER,
    Act.SUBMIT,
    Act.SEND_BACK,
    Act.SUBMIT,
    Act.SIGN_OFF,
    Act.ISSUE_RESULT,
    Act.RETURN_RESULT,
]
