"""What a scan box may hold: the QR of an identity card, a bare number, our slip's QR, a dossier code, a draft code.

The QR of a card is UTF-8, its fields parted by "|": id12 | cmnd9 | name | ddmmyyyy | Nam or Nữ | address |
ddmmyyyy of issue, and on cards issued since 01/07/2024 up to four more (cancelled number, parents of a child).
The raw text is never kept, logged or put into an error; `repr` of the results shows no personal data.
"""
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from onestop.reading import Unreadable
from onestop.reading.characters import ascii_digits, digits_only
from onestop.reading.codes import canonical_dossier_code
from onestop.reading.dates import PartialDate
from onestop.reading.identity import identity_warning, mask_personal_id
from onestop.reading.names import EMPTY, clean_text, read_name

UNREADABLE_CARD = "Không đọc được thẻ. Quét lại, hoặc nhập tay"
SWITCH_OFF_IME = "Tắt bộ gõ tiếng Việt khi quét"
DAMAGED_CARD = f"{UNREADABLE_CARD}. ({SWITCH_OFF_IME})"
WRONG_QR = "Đây không phải mã QR trên thẻ căn cước. Quét mã in trên thẻ"
GARBLED = f"Đọc được số và ngày sinh, nhưng chữ bị lỗi. Gõ lại họ tên. ({SWITCH_OFF_IME})"
NO_BIRTH_DATE = "Không đọc được ngày sinh trên thẻ. Nhập ngày sinh"
NEW_CARD_SINCE = date(2024, 7, 1)

# A card holds some 300 characters; a wedge scanner that fired twice 600.
LONGEST_SCAN = 2000
_LONGEST_ADDRESS = 300


@dataclass(frozen=True)
class Card:
    """An identity card as read; what could not be read is empty and `warnings` says so.

    `personal_id` always has 12 digits. `sex` is "male", "female" or "". `kind` is "Căn cước" for cards issued
    since 01/07/2024, else "CCCD", "" when the day of issue is unreadable. An address on an old card may name a
    district that no longer exists: it stays as read.
    """

    personal_id: str = field(repr=False)
    old_id: str = field(repr=False, default="")
    name: str = field(repr=False, default="")
    birth: PartialDate | None = field(repr=False, default=None)
    sex: str = field(repr=False, default="")
    address: str = field(repr=False, default="")
    issued: date | None = field(repr=False, default=None)
    kind: str = ""
    cancelled_id: str = field(repr=False, default="")
    father: str = field(repr=False, default="")
    mother: str = field(repr=False, default="")
    # A warning may say the year and sex of the person.
    warnings: tuple[str, ...] = field(repr=False, default=())

    def __str__(self) -> str:
        return f"{self.kind or 'card'} {mask_personal_id(self.personal_id)}"


@dataclass(frozen=True)
class BareId:
    """Only a number: 12 digits, or 9 of an old CMND."""

    personal_id: str = field(repr=False)

    def __str__(self) -> str:
        return mask_personal_id(self.personal_id)


@dataclass(frozen=True)
class SlipToken:
    """The secret of an appointment slip's QR, upper case, 16 Crockford characters."""

    token: str = field(repr=False)

    def __str__(self) -> str:
        return "slip"


@dataclass(frozen=True)
class DossierCode:
    """A dossier code in its printed form."""

    code: str


@dataclass(frozen=True)
class DraftCode:
    """The four digits of a draft written for a citizen ("Mã nháp 0412")."""

    code: str


Scan = Card | BareId | SlipToken | DossierCode | DraftCode

_DROPPED = dict.fromkeys(map(ord, "\ufeff\x00\r\n\t"))
_SLIP = re.compile(r"(?:https?://[^/\s?#@|]+)?/tc/([0-9A-HJKMNP-TV-Z]{16})/?\Z", re.IGNORECASE)
_DRAFT = re.compile(r"(?:m[aã] nh[aá]p:?\s*)?([0-9]{4})\Z", re.IGNORECASE)
# Links; EMVCo payment codes; what VNeID and other apps show: JSON, signed tokens, long opaque runs.
_OTHER_QR = re.compile(r"[a-z][a-z0-9+.-]{1,20}:|www\.|000201|.{0,200}vneid|[{\[<]|eyJ|[A-Za-z0-9+/=_-]{40}", re.IGNORECASE)


def read_scan(text: str) -> Scan:
    """Whatever was scanned or typed into the scan box. Raises Unreadable, and nothing else, for any text."""
    if len(text) > LONGEST_SCAN:
        raise Unreadable(UNREADABLE_CARD)
    scanned = ascii_digits(text.translate(_DROPPED).removeprefix("ï»¿")).replace("｜", "|").strip()
    if slip := _SLIP.match(scanned):
        return SlipToken(slip[1].upper())
    if "|" in scanned and not scanned.lower().startswith(("http:", "https:")):
        return _read_card([_repaired(part).strip() for part in scanned.split("|")])
    if digits_only(scanned) and len(scanned) in {9, 12}:
        return BareId(scanned)
    if draft := _DRAFT.match(unicodedata.normalize("NFC", scanned)):
        return DraftCode(draft[1])
    if _OTHER_QR.match(scanned):
        raise Unreadable(WRONG_QR)
    try:
        return DossierCode(canonical_dossier_code(scanned))
    except Unreadable:
        raise Unreadable(UNREADABLE_CARD) from None


def _read_card(parts: list[str]) -> Card:
    if len(parts) < 7 or len(parts[0]) != 12 or not digits_only(parts[0]):
        # Separators and digits arrived but not in their places: letters in the number are an input method's work.
        damaged = len(parts) >= 7 and any(character.isalpha() for character in parts[0])
        raise Unreadable(DAMAGED_CARD if damaged else UNREADABLE_CARD)
    personal_id, old_id, name_text, birth_text, sex_text, address_text, issued_text = parts[:7]
    name, birth, issued = _card_name(name_text), _card_date(birth_text), _card_date(issued_text)
    issued_on = issued.full if issued else None
    sex = _card_sex(sex_text)
    extra = _read_extra(parts[7:])
    warnings = (
        "" if name else (GARBLED if name_text else EMPTY),
        "" if birth else NO_BIRTH_DATE,
        identity_warning(personal_id, birth, sex),
    )
    return Card(
        personal_id=personal_id,
        old_id=old_id if len(old_id) in {9, 12} and digits_only(old_id) else "",
        name=name,
        birth=birth,
        sex=sex,
        address=_card_address(address_text),
        issued=issued_on,
        kind=_kind(issued_on),
        warnings=tuple(sentence for sentence in warnings if sentence),
        **extra,
    )


def _kind(issued_on: date | None) -> str:
    if issued_on is None:
        return ""
    return "Căn cước" if issued_on >= NEW_CARD_SINCE else "CCCD"


def _read_extra(parts: Iterable[str]) -> dict[str, str]:
    """Fields after the seventh, told apart by their shape because their order is not published."""
    cancelled, parents = "", []
    for part in parts:
        if len(part) == 12 and digits_only(part):
            cancelled = cancelled or part
        elif name := _card_name(part):
            parents.append(name)
    father, mother = (*parents, "", "")[:2]
    return {"cancelled_id": cancelled, "father": father, "mother": mother}


def _repaired(part: str) -> str:
    """UTF-8 that was taken for Windows-1252 on its way, put right, once; anything else unchanged."""
    if part.isascii():
        return part
    raw = bytearray()
    for character in part:
        try:
            raw += character.encode("cp1252")
        except UnicodeEncodeError:
            # The five bytes without a character in Windows-1252 arrive as control characters ("Đ" is C4 90).
            if not 0x80 <= ord(character) <= 0x9F:
                return part
            raw.append(ord(character))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return part


def _card_name(text: str) -> str:
    """The name, "" when it is not one or shows traces of a wrong decoding or an input method."""
    try:
        name = read_name(text)
    except Unreadable:
        return ""
    return "" if _looks_damaged(name) else name


# Vietnamese and the Latin letters of the highland languages, as base letter and marks. Cards hold no other script.
_BASE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzđƀɓŋ")
_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u030c\u031b\u0323\u0308")
_SIGNS = frozenset(" '\u2019\u02bc.-")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
# Letters on which a mark never stands in these languages: ẗ, ẃ, ź, ḍ come from damage.
_CARRY_MARKS = frozenset("aeiouycnđ")


def _looks_damaged(name: str) -> bool:
    """True when a letter is foreign to Vietnam's languages or one syllable carries two tones (Telex took a letter for a tone)."""
    for word in name.lower().split():
        tones = 0
        base = ""
        for character in unicodedata.normalize("NFD", word):
            if character in _MARKS:
                if base not in _CARRY_MARKS:
                    return True
                # ñ is a letter of its own, its tilde no tone.
                tones += character in _TONES and base != "n"
            elif character in _BASE_LETTERS or character in _SIGNS:
                base = character
                tones = 0 if character in _SIGNS else tones
            else:
                return True
        if tones > 1:
            return True
    return False


_CARD_DATE = re.compile(r"([0-9]{2})[/.-]?([0-9]{2})[/.-]?([0-9]{4})")


def _card_date(text: str) -> PartialDate | None:
    """ddmmyyyy or dd/mm/yyyy; 00 for an unknown day or month; a bare year."""
    if len(text) == 4 and digits_only(text):
        text = f"0000{text}"
    match = _CARD_DATE.fullmatch(text)
    if not match:
        return None
    day, month, year = (int(group) or None for group in match.groups())
    try:
        return PartialDate(year or 0, month, day if month else None)
    except ValueError:
        return None


def _card_sex(text: str) -> str:
    """"Nam" is plain ASCII and survives every damage, so another word in N can only be "Nữ"."""
    word = text.lower()
    if word == "nam":
        return "male"
    return "female" if word.startswith("n") and 1 < len(word) <= 5 and not word.startswith("na") else ""


def _card_address(text: str) -> str:
    try:
        address = clean_text(text, limit=_LONGEST_ADDRESS)
    except Unreadable:
        return ""
    # A replacement character was refused above; "?" is what a scanner without UTF-8 puts in place of a letter.
    return "" if "?" in address else address
