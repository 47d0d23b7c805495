"""Names of people of all peoples of Viet Nam, their search keys and their order in lists.

Stored as typed (NFC), printed in capitals on forms, found without accents, sorted by the last word (tên).
"""
import unicodedata

from onestop.reading import Unreadable
from onestop.reading.characters import INVISIBLE_LETTERS, STRANGE, ZERO_WIDTH, single_spaces, tidy_line

MAX_LENGTH = 100
EMPTY = "Nhập họ và tên như trên giấy tờ"
HAS_DIGITS = "Họ và tên không có chữ số. Kiểm tra lại"
TOO_LONG = "Họ và tên dài nhất 100 ký tự (đang có {n} ký tự)"
ODD_SIGNS = "Họ và tên chỉ gồm chữ cái, dấu nháy ('), dấu gạch nối (-) và dấu chấm (.). Kiểm tra lại"

APOSTROPHES = frozenset("'\u2019\u2018\u02bc")
HYPHENS = frozenset("-\u2010\u2011")
# More marks than this on one letter is decoration: ê̆ with a tone has three when taken apart, a Khmer cluster four.
_MAX_MARKS = 6
# Ordinal signs are "letters" to Unicode and debris of a wrong decoding to us ("Tháº¡ch").
_NOT_LETTERS = INVISIBLE_LETTERS | frozenset("ªº")


def read_name(text: str) -> str:
    """The name as it is stored: NFC, trimmed, single spaces, otherwise exactly as typed.

    Letters of every script (Latin with any marks, Khmer, Cham, Han …), apostrophe, hyphen and dot; one word is
    enough; 1 to 100 characters. Raises Unreadable.
    """
    if len(text.strip()) > MAX_LENGTH * 4:
        raise Unreadable(TOO_LONG.format(n=len(text.strip())))
    name = tidy_line(text, absurd=MAX_LENGTH * 4)
    if not name:
        raise Unreadable(EMPTY)
    if len(name) > MAX_LENGTH:
        raise Unreadable(TOO_LONG.format(n=len(name)))
    if any(unicodedata.category(character)[0] == "N" for character in name):
        raise Unreadable(HAS_DIGITS)
    _check_signs(name)
    return name


def clean_text(text: str, *, limit: int, lines: bool = False) -> str:
    """Free text as it is stored: NFC, trimmed, single spaces, no control characters, at most `limit` characters.

    "" stays "". With `lines` line ends are kept (as \\n, never more than one empty line in a row); without it
    they are refused. Raises Unreadable.
    """
    text = text.strip(" \t\r\n")
    if len(text) > limit * 4:
        raise Unreadable(f"Nhiều nhất {limit} ký tự (đang có {len(text)} ký tự)")
    parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if lines else [text]
    tidied = [tidy_line(part, absurd=limit * 4) for part in parts]
    kept = [line for number, line in enumerate(tidied) if line or (number and tidied[number - 1])]
    result = "\n".join(kept)
    if len(result) > limit:
        raise Unreadable(f"Nhiều nhất {limit} ký tự (đang có {len(result)} ký tự)")
    return result


def _check_signs(name: str) -> None:
    """Every word begins with a letter or sign, not with a mark; there is a letter; marks do not pile up."""
    marks, before, letters = 0, " ", 0
    for character in name:
        if _is_letter(character):
            letters, marks = letters + 1, 0
        elif unicodedata.category(character)[0] == "M" and character not in _NOT_LETTERS:
            marks += 1
            if marks > _MAX_MARKS or not (_is_letter(before) or marks > 1 or before in ZERO_WIDTH):
                raise Unreadable(STRANGE)
        elif character in ZERO_WIDTH or character == " " or character == "." or character in APOSTROPHES or character in HYPHENS:
            marks = 0
        else:
            raise Unreadable(ODD_SIGNS)
        before = character
    if not letters:
        raise Unreadable(EMPTY)


def _is_letter(character: str) -> bool:
    if character in _NOT_LETTERS:
        return False
    # Planes 2 and 3 are Han and Nôm; the newest of them are unassigned to an older Python.
    return unicodedata.category(character)[0] == "L" or 0x20000 <= ord(character) <= 0x3FFFD


# -- search ----------------------------------------------------------------------------------

# Letters that Unicode does not take apart: đ, its Latin-1 look-alike, and the barred and hooked b, d of the highlands.
_BARRED = str.maketrans("đĐðÐɖƉɗƊƀɃɓƁ", "ddddddddbbbb")
_ONE_SIGN = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})


def fold(text: str) -> str:
    """Search key: đ as d, no accents, lower case, single spaces; the same for NFC and NFD, and idempotent.

    Only accents that sit on letters of alphabets are dropped; vowel signs of Khmer or Cham are letters of the
    word and stay. Control characters, which PostgreSQL would not take, count as spaces. The characters % and _
    stay: escaping them for LIKE is the caller's work.
    """
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)
    return single_spaces(_without_accents(_without_accents(text.translate(_BARRED).translate(_ONE_SIGN)).lower()).translate(_BARRED))


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        character for character in unicodedata.normalize("NFD", text) if not _is_accent(character) and character not in ZERO_WIDTH
    )


def _is_accent(character: str) -> bool:
    return (
        "\u0300" <= character <= "\u036f"
        or "\u1ab0" <= character <= "\u1aff"
        or "\u1dc0" <= character <= "\u1dff"
        or "\u20d0" <= character <= "\u20ff"
        or "\ufe20" <= character <= "\ufe2f"
    )


# -- order -----------------------------------------------------------------------------------

# The Vietnamese alphabet with the four letters it borrows (f, j, w, z) at their Latin places; "0" is kept for
# the end of a word. Keys hold 0-9 and a-z only, so that every collation of every database sorts them alike.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANKS = dict(zip(_ALPHABET, "123456789abcdefghijklmnopqrstuvwx", strict=True))
_OTHER_SCRIPT = "z"
_SHAPES = {"\u0306": "ă", "\u0302": "âêô", "\u031b": "ơư"}
# ngang (none), huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_OTHER_MARK = "6"
# As long as the columns that keep such keys.
LONGEST_SORT_KEY = 400


def sort_key(name: str) -> str:
    """Key that sorts a list of names: by the last word (tên), then by the words before it from the left.

    Each word is compared by its letters in Vietnamese order (a ă â … d đ e ê … o ô ơ … u ư), then by its tone
    (ngang, huyền, hỏi, ngã, sắc, nặng). Other scripts come after, by code point. A letter of theirs takes seven
    places, so the key of a long name is cut: such names stand together, in no particular order.
    """
    words = single_spaces(name).split(" ")
    return "".join(_word_key(word) for word in [words[-1], *words[:-1]] if word)[:LONGEST_SORT_KEY]


def _word_key(word: str) -> str:
    """Rank of every letter, then "0", the tones and "0"; where a tone stands (oà or òa) does not matter."""
    letters: list[str] = []
    tones = ""
    for character in unicodedata.normalize("NFC", word).lower():
        first, *marks = list(unicodedata.normalize("NFD", character))
        shape = _shaped(first, marks)
        if shape in _RANKS:
            letters.append(_RANKS[shape])
            tones += "".join(_TONES.get(mark, _OTHER_MARK) for mark in marks if not _makes_shape(shape, mark))
        elif _is_accent(first):
            tones += _TONES.get(first, _OTHER_MARK)
        elif character not in ZERO_WIDTH and unicodedata.category(character)[0] in "LMN":
            letters.append(f"{_OTHER_SCRIPT}{ord(character):06x}")
    return f"{''.join(letters)}0{tones or '0'}0" if letters else ""


def _shaped(first: str, marks: list[str]) -> str:
    for mark in marks:
        for letter in _SHAPES.get(mark, ""):
            if unicodedata.normalize("NFD", letter)[0] == first:
                return letter
    return first


def _makes_shape(letter: str, mark: str) -> bool:
    return letter in _SHAPES.get(mark, "")


# -- masking ---------------------------------------------------------------------------------


def mask_name(name: str) -> str:
    """What a stranger may see: "Thạch Thị Sóc Kha" → "Thạch T. S. K."; of a one-word name the first letter only."""
    words = single_spaces(unicodedata.normalize("NFC", name)).split(" ")
    initials = [_initial(word) for word in words]
    if len(words) == 1:
        return initials[0]
    return " ".join([words[0], *(initial for initial in initials[1:] if initial)])


def _initial(word: str) -> str:
    return next((f"{character.upper()}." for character in word if _is_letter(character)), "")


__all__ = ("clean_text", "fold", "mask_name", "read_name", "sort_key")
