"""Dossier codes as people type them: H01.26-261121-0157 in lower case, with spaces, without hyphens."""
import re
import unicodedata
from datetime import date

from onestop.reading import Unreadable
from onestop.reading.characters import ascii_digits

# Agency identifier, date of receipt (YYMMDD), number of the day. Accepts generously (ministries use 6 and 7
# digits, five agency levels); what we issue ourselves is stricter.
CODE_PATTERN = r"^[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4}-[0-9]{6}-[0-9]{4,7}$"
UNREADABLE_CODE = "Mã hồ sơ có dạng H01.26-261121-0157, in trên giấy hẹn. Kiểm tra lại"

_CODE = re.compile(CODE_PATTERN.removesuffix("$") + r"\Z")
_RUN_TOGETHER = re.compile(r"([A-Z][0-9]{2})((?:\.[0-9]{1,3}){0,3}\.)?([0-9]{10,16})\Z")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_MAX_TYPED = 60


def canonical_dossier_code(text: str) -> str:
    """The code as printed: upper case, hyphens restored, no spaces.

    Where hyphens are missing the only reading with a possible date of receipt is taken, first of all the one
    with a four-digit number. Raises Unreadable when there is none.
    """
    if len(text) > _MAX_TYPED:
        raise Unreadable(UNREADABLE_CODE)
    typed = ascii_digits(_DASHES.sub("-", unicodedata.normalize("NFC", text))).strip().upper()
    for candidate in (re.sub(r"[\s-]+", "-", typed), re.sub(r"\s*([.-])\s*", r"\1", typed)):
        if _CODE.match(candidate):
            return candidate
    return _with_hyphens(re.sub(r"\s+", "", typed))


def _with_hyphens(typed: str) -> str:
    """The code with its missing hyphens; those that were typed stay where they are."""
    parts = typed.split("-")
    match = _RUN_TOGETHER.match("".join(parts))
    if not match or len(parts) > 2:
        raise Unreadable(UNREADABLE_CODE)
    province, levels, digits = match[1], match[2] or "", match[3]
    for length in (4, 5, 6, 7):
        agency = province + levels + digits[: -length - 6]
        received, number = digits[-length - 6 : -length], digits[-length:]
        code = f"{agency}-{received}-{number}"
        hyphen_stands = len(parts) == 1 or parts[0] in (agency, agency + received)
        if _CODE.match(code) and _is_date(received) and hyphen_stands:
            return code
    raise Unreadable(UNREADABLE_CODE)


def _is_date(digits: str) -> bool:
    try:
        date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return False
    return True
