"""Sums in đồng, read and shown the Vietnamese way: a dot between thousands, no fractions."""
import re

from onestop.reading import Unreadable
from onestop.reading.characters import ascii_digits

UNREADABLE_MONEY = "Nhập số tiền bằng đồng, ví dụ 15.000"
HAS_FRACTION = "Số tiền không có phần lẻ. Mười lăm nghìn đồng thì nhập 15.000"
NEGATIVE = "Số tiền không nhỏ hơn 0. Kiểm tra lại"
TOO_MUCH = "Số tiền lớn quá. Kiểm tra lại"
LARGEST = 999_999_999_999

_WHOLE = re.compile(r"0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+|[1-9][0-9]*")
_UNIT = re.compile(r"\s*(?:đồng|đ|dong|d|vnđ|vnd)\.?\Z", re.IGNORECASE)
_MINUS = re.compile(r"[-\u2010-\u2015\u2212]")
_LONGEST_TYPED = 40


def read_money(text: str) -> int:
    """"15.000" → 15000. Anything that could mean something else ("15,000", "1.50", "015") is refused. Raises Unreadable."""
    if len(text) > _LONGEST_TYPED:
        raise Unreadable(UNREADABLE_MONEY)
    typed = _UNIT.sub("", " ".join(ascii_digits(text).split()))
    if _MINUS.match(typed):
        raise Unreadable(NEGATIVE)
    if not _WHOLE.fullmatch(typed):
        looks_like_fraction = re.fullmatch(r"[0-9. ]*[.,][0-9]+", typed)
        raise Unreadable(HAS_FRACTION if looks_like_fraction else UNREADABLE_MONEY)
    amount = int(re.sub(r"[. ]", "", typed))
    if amount > LARGEST:
        raise Unreadable(TOO_MUCH)
    return amount


def show_money(amount: int) -> str:
    """15000 → "15.000 đồng"."""
    return f"{group_thousands(amount)} đồng"


def group_thousands(amount: int) -> str:
    """1250000 → "1.250.000"."""
    return f"{amount:,}".replace(",", ".")
