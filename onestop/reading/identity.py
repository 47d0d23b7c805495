"""Personal identification numbers (số định danh, 12 digits) and old identity card numbers (CMND, 9 digits).

Twelve digits are: province or country of birth registration (3), century and sex (1), year (2), random (6).
There is no check digit, so only the year, the sex and the province can be compared. Nghị định 137/2015/NĐ-CP, Điều 13.
"""
import re
from dataclasses import dataclass

from onestop.reading import Unreadable
from onestop.reading.characters import ascii_digits, digits_only
from onestop.reading.dates import PartialDate

WRONG_LENGTH = "Số định danh có 12 chữ số (đang có {n} chữ số)"
NOT_ONLY_DIGITS = "Số định danh chỉ có chữ số. Xoá các chữ và dấu khác"
MISMATCH = "Số định danh cho biết sinh năm {year}, {sex}. Đang ghi {given}. Kiểm tra lại thẻ"
UNKNOWN_PROVINCE = "Ba số đầu {code} không có trong danh sách mã tỉnh. Kiểm tra lại thẻ"
SEX_WORDS = {"male": "nam", "female": "nữ"}

# The 63 codes given to the provinces of 2016. Numbers already given did not change when provinces merged in 2025.
PROVINCE_CODES = frozenset(
    f"{code:03}"
    for code in (
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45,
        46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92,
        93, 94, 95, 96,
    )
)

_SEPARATORS = re.compile(r"[\s.\u2010-\u2015-]+")
_LONGEST_TYPED = 60


@dataclass(frozen=True)
class IdFacts:
    """What a 12-digit number says of its owner."""

    birth_year: int
    sex: str
    province_known: bool


def read_personal_id(text: str) -> str:
    """Exactly 12 digits, or the 9 digits of an old CMND; spaces, dots and hyphens are forgiven. Raises Unreadable."""
    if len(text) > _LONGEST_TYPED:
        raise Unreadable(WRONG_LENGTH.format(n=sum(character.isdigit() for character in text)))
    typed = _SEPARATORS.sub("", ascii_digits(text))
    digits = sum("0" <= character <= "9" for character in typed)
    if digits not in {9, 12}:
        raise Unreadable(WRONG_LENGTH.format(n=digits))
    if not digits_only(typed):
        raise Unreadable(NOT_ONLY_DIGITS)
    return typed


def facts_of(personal_id: str) -> IdFacts | None:
    """Birth year, sex and province of a 12-digit number; None for everything else, old CMND numbers too."""
    if len(personal_id) != 12 or not digits_only(personal_id):
        return None
    century_and_sex = int(personal_id[3])
    return IdFacts(
        birth_year=1900 + 100 * (century_and_sex // 2) + int(personal_id[4:6]),
        sex="female" if century_and_sex % 2 else "male",
        province_known=personal_id[:3] in PROVINCE_CODES,
    )


def identity_warning(personal_id: str, birth: PartialDate | None, sex: str) -> str:
    """The sentence when number and person disagree on year of birth or sex, else "". Never a reason to block.

    What is not known (no birth date, sex "") cannot disagree.
    """
    facts = facts_of(personal_id)
    if facts is None:
        return ""
    wrong_year = birth is not None and birth.year != facts.birth_year
    wrong_sex = sex in SEX_WORDS and sex != facts.sex
    if not wrong_year and not wrong_sex:
        return ""
    given = ([f"sinh năm {birth.year}"] if birth is not None else []) + ([SEX_WORDS[sex]] if sex in SEX_WORDS else [])
    return MISMATCH.format(year=facts.birth_year, sex=SEX_WORDS[facts.sex], given=", ".join(given))


def province_warning(personal_id: str) -> str:
    """The sentence when the first three digits are no known province, else "".

    A person whose birth was registered abroad has a country code there, so this is only ever a hint.
    """
    facts = facts_of(personal_id)
    if facts is None or facts.province_known:
        return ""
    return UNKNOWN_PROVINCE.format(code=personal_id[:3])


def mask_personal_id(text: str) -> str:
    """The last three digits after bullets: "•••••••••123"; three characters or less are hidden whole."""
    return "•" * (len(text) - 3) + text[-3:] if len(text) > 3 else "•" * len(text)
