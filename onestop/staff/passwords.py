"""Passwords that somebody who knows the office could guess."""
from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError

from onestop.reading.names import fold

# Everything around the desk, and what people type when asked for a password; folded, without spaces.
LOCAL_WORDS = frozenset((Path(__file__).parent / "local_words.txt").read_text(encoding="utf-8").split())
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv")
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
# What must be left when the guessable parts are taken out; four letters are one more word to try.
ENOUGH_LEFT = 5
SHORTEST_RUN = 4
MESSAGE = (
    "Mật khẩu này dễ đoán: chỉ gồm tên cơ quan, địa danh, từ quen thuộc hoặc dãy phím liền nhau. "
    "Ghép vài từ không liên quan đến công việc"
)
HELP = "Không dùng tên cơ quan, địa danh hoặc dãy phím liền nhau."


class LongEnoughValidator(MinimumLengthValidator):
    """Django's own rule, saying in Vietnamese what is missing."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.min_length:
            sentence = f"Mật khẩu cần ít nhất {self.min_length} ký tự (đang có {len(password)} ký tự)"
            raise ValidationError(sentence, code="password_too_short")


class UncommonValidator(CommonPasswordValidator):
    """Django's list of common passwords, in Vietnamese."""

    def get_error_message(self) -> str:
        return "Mật khẩu này nhiều người dùng nên dễ đoán. Chọn mật khẩu khác"


class LocalWordsValidator:
    """Refuse a password made of local words, the agency's and the person's names, years and keyboard runs.

    Compared folded: accents, capitals, signs and look-alike digits make no difference.
    """

    def validate(self, password: str, user: Any = None) -> None:
        words = LOCAL_WORDS | set(own_words(user))
        plain = fold(password)
        if min(what_is_left(plain, words), what_is_left(plain.translate(LEET), words)) < ENOUGH_LEFT:
            raise ValidationError(MESSAGE, code="password_local_words")

    def get_help_text(self) -> str:
        return HELP


def what_is_left(folded: str, words: Iterable[str]) -> int:
    """How many different letters and digits stay when every guessable part is taken out."""
    text = "".join(character for character in folded if character.isalnum())
    text = _without_runs(text)
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    text = re.sub(r"(19|20)\d\d", " ", text)
    return len(set(text) - {" "})


def own_words(user: Any) -> Iterable[str]:
    """The words that go with the person: user name, name, title, agency, place; whole, joined and word by word."""
    if user is None:
        return
    texts = [user.username, user.full_name, user.job_title]
    if getattr(user, "agency_id", None):
        texts += [user.agency.name, user.agency.place, user.agency.desk_name, user.agency.code]
    for text in texts:
        parts = re.findall(r"\w+", fold(text or ""))
        yield from (part for part in (*parts, "".join(parts)) if len(part) > 1)


def _without_runs(text: str) -> str:
    """The text with keyboard runs (forwards or backwards) and repeated characters blanked, from four on."""
    rows = [*ROWS, *(row[::-1] for row in ROWS)]
    kept, at = [], 0
    while at < len(text):
        length = max(_run_length(text, at, rows), _repeat_length(text, at))
        if length >= SHORTEST_RUN:
            kept.append(" ")
            at += length
        else:
            kept.append(text[at])
            at += 1
    return "".join(kept)


def _run_length(text: str, at: int, rows: list[str]) -> int:
    longest = 1
    for row in rows:
        start = row.find(text[at])
        while start >= 0:
            length = 0
            while at + length < len(text) and start + length < len(row) and text[at + length] == row[start + length]:
                length += 1
            longest = max(longest, length)
            start = row.find(text[at], start + 1)
    return longest


def _repeat_length(text: str, at: int) -> int:
    length = 1
    while at + length < len(text) and text[at + length] == text[at]:
        length += 1
    return length
