"""The most frequent matter of the counter, by keyboard alone, with the catalogue that is shipped."""
import time

import pytest
from playwright.sync_api import expect

from dossiers.models import Dossier
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.history.verify import first_problem
from procedures.models import ProcedureVersion
from tests.browser.hands import MOTHER_CARD, Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_KEYS = 12
# Generous: the machine of the tests is shared. The issue asks for one second on a machine of its own.
MOST_SECONDS = 5.0


@pytest.fixture
def known_mother(catalogue):
    """Thạch Thị Sóc Kha has filed something before, with her telephone."""
    return make_dossier(version=ProcedureVersion.objects.receivable(local("2026-11-18 09:00").date()).first(), at=local("2026-11-18 09:00"))


def test_a_known_mother_registers_her_child_after_fifteen_hours(
    page, hands: Hands, known_mother, at_the_counter_it_is, log_in_browser, live_server, capsys
):
    at_the_counter_it_is("2026-11-20 15:30")
    log_in_browser(page, make_clerk())
    page.goto("/quay/")
    expect(page.locator("#scan")).to_be_focused()

    hands.scan(MOTHER_CARD)
    expect(page.get_by_text("Đã có 1 hồ sơ trước")).to_be_visible()
    expect(page.get_by_label("Điện thoại", exact=True)).to_have_value("0900000123")
    expect(page.locator("#id_procedure")).to_be_focused()
    hands.type("ks")
    hands.go("Enter")
    expect(page.locator("#id_child-name")).to_be_focused()
    hands.copy("Sơn Minh Khang")
    hands.go("Enter")
    expect(page.locator("#id_all_there")).to_be_focused()
    hands.press("Space")
    hands.go("Enter")
    expect(page.locator("#id_group_chung_sinh_0")).to_be_focused()
    hands.press("Space")
    expect(page.locator(".promise")).to_contain_text("17:00 thứ Hai, 23/11/2026")

    started = time.perf_counter()
    with page.expect_response(lambda answer: answer.headers.get("content-type") == "application/pdf") as slip:
        hands.press("F9")
    expect(page.get_by_role("heading", name="Đã tiếp nhận", exact=True)).to_be_visible()
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\nbirth registration: {hands.keys} keys after one scan, slip on screen {seconds:.2f} s after F9")

    assert slip.value.status == 200
    assert hands.keys <= MOST_KEYS
    assert seconds < MOST_SECONDS
    dossier = Dossier.objects.newest_first().first()
    assert dossier.procedure.code == "1.001193"
    assert {party.role: party.name for party in dossier.parties.all()} == {
        "filer": "Thạch Thị Sóc Kha",
        "mother": "Thạch Thị Sóc Kha",
        "child": "Sơn Minh Khang",
    }
    assert dossier.due_at == local("2026-11-23 17:00")
    assert first_problem() is None
    with page.expect_navigation():
        page.keyboard.press("F2")
    expect(page.locator("#id_scan")).to_be_focused()
