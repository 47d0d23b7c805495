"""Vietnamese telephone numbers."""
import re

from onestop.reading import Unreadable
from onestop.reading.characters import ascii_digits

UNREADABLE_PHONE = "Số điện thoại di động có 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09 (máy bàn: 11 số, bắt đầu bằng 02)"

_SEPARATORS = re.compile(r"[\s.()\u00a0\u2010-\u2015-]+")
_COUNTRY_CODE = re.compile(r"(?:\+|00)?840?(?=[2-9][0-9]{8,9}\Z)")
_NUMBER = re.compile(r"0[35789][0-9]{8}|02[0-9]{9}")
_LONGEST_TYPED = 40


def read_phone(text: str) -> str:
    """The number as dialled inside the country, digits only: "+84 912 345 678" → "0912345678". Raises Unreadable."""
    if len(text) > _LONGEST_TYPED:
        raise Unreadable(UNREADABLE_PHONE)
    typed = _SEPARATORS.sub("", ascii_digits(text))
    number = typed if _NUMBER.fullmatch(typed) else _COUNTRY_CODE.sub("0", typed, count=1)
    if not _NUMBER.fullmatch(number):
        raise Unreadable(UNREADABLE_PHONE)
    return number
