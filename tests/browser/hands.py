"""A person at the keyboard: what is scanned, what is typed, and how many keys that took."""
from playwright.sync_api import Page, expect

MOTHER_CARD = "000185006123|334123456|Thạch Thị Sóc Kha|05031985|Nữ|Ấp Trà Kha, Thạnh An, Trà Cú, Trà Vinh|12082021"
FATHER_CARD = "000083006124||Sơn Văn Phước|01021983|Nam|Ấp Trà Kha, Thạnh An, Vĩnh Long|20082025||||"


class Hands:
    """Presses keys on a page and counts them; the scanner's keys are not the clerk's."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def _look_up(self) -> None:
        """Nobody types before the cursor stands in its box: the browser sets it with the first picture, after loading."""
        expect(self.page.locator(":focus")).to_have_count(1)

    def scan(self, text: str) -> None:
        """What a scanner does in the focused box: every character as a key press, fast, and Enter at the end."""
        self._look_up()
        with self.page.expect_navigation():
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")

    def type(self, text: str) -> None:
        """Typed character by character, each counted."""
        self._look_up()
        self.page.keyboard.type(text)
        self.keys += len(text)

    def copy(self, text: str) -> None:
        """A name or a telephone that nobody can spare the clerk: not counted."""
        self._look_up()
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        """Keys that stay on the page."""
        self._look_up()
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def go(self, key: str) -> None:
        """A key that leads to another page."""
        with self.page.expect_navigation():
            self.press(key)
