"""The catalogues: compiled as written, complete in English, silent in Khmer until approved."""
import ast
import gettext
import re
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

LOCALE = settings.BASE_DIR / "locale"
DJANGO = Path(django.__file__).parent
# What forms, validators and accounts may say to a person.
TOLD = re.compile(r"\b(forms/|validat|core/paginator|utils/text|utils/timesince|auth/password_validation|db/models/(base|fields/__init__))")
# Names of field types and remarks for the Django admin: told to nobody here.
NOT_TOLD = {
    "Duration",
    "Positive big integer",
    "String (unlimited)",
    "Universally unique identifier",
    "Enabled",
    "Disabled",
    "Password-based authentication",
}


def entries(path):
    """The entries of a .po file as (key, translations, is fuzzy, places); key as gettext keeps it."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts, name = {}, ""
        for line in block.splitlines():
            start = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) "(.*)"$', line)
            if start:
                name = start[1]
                parts[name] = start[2]
            elif line.startswith('"') and name:
                parts[name] += line[1:-1]
        parts = {name: text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\") for name, text in parts.items()}
        if parts.get("msgid"):
            key = f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]
            fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
            places = re.findall(r"^#: (.*)$", block, re.M)
            yield key, [text for name, text in sorted(parts.items()) if name.startswith("msgstr")], fuzzy, places


def compiled(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def written(language):
    return list(entries(LOCALE / language / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", ["vi", "en", "km"])
def test_the_compiled_catalogue_is_the_written_one(language):
    catalogue = compiled(language)
    catalogue.pop("", None)

    expected = {}
    for key, texts, fuzzy, _ in written(language):
        if all(texts) and not fuzzy:
            expected.update({key: texts[0]} if key in catalogue else {(key, number): text for number, text in enumerate(texts)})

    assert catalogue == expected


def marked_in_python(path):
    """The literal texts of gettext calls in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in {"gettext", "gettext_lazy", "_", "ngettext", "ngettext_lazy"} and texts:
            yield texts[0]
        elif name in {"pgettext", "pgettext_lazy", "npgettext"} and len(texts) > 1:
            yield f"{texts[0]}\x04{texts[1]}"


def marked_in_template(path):
    """The texts of translate and blocktranslate tags, as Django hands them to gettext."""
    for call in re.finditer(r"\b(p?)(?:n?)gettext\((.*?)\) ", templatize(path.read_text(encoding="utf-8")) + " ", re.S):
        texts = [ast.literal_eval(text) for text in re.findall(r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", call[2])]
        if texts:
            yield f"{texts[0]}\x04{texts[1]}" if call[1] else texts[0]


def test_every_marked_text_has_its_english():
    known = {key for key, texts, fuzzy, _ in written("en") if all(texts) and not fuzzy}
    rooms = [settings.BASE_DIR / name for name in ("onestop", "procedures", "dossiers", "surveys")]
    modules = [path for room in rooms for path in room.rglob("*.py") if "tests" not in path.parts and "migrations" not in path.parts]

    marked = {text for path in modules for text in marked_in_python(path)}
    marked |= {text for path in (settings.BASE_DIR / "templates").rglob("*.html") for text in marked_in_template(path)}

    assert {"Tra cứu hồ sơ", "Đến nội dung chính", "Có %(n)s chỗ cần sửa"} <= marked
    assert sorted(marked - known) == []


def test_english_lacks_nothing():
    assert [key for key, texts, fuzzy, _ in written("en") if fuzzy or not all(texts)] == []


def test_translations_keep_the_places_for_values():
    places = re.compile(r"%\(\w+\)[sd]|\{\w*\}")

    wrong = [
        key for key, texts, _, _ in written("en") for text in texts if text and sorted(places.findall(key)) != sorted(places.findall(text))
    ]

    assert wrong == []


def test_khmer_is_shown_only_after_approval():
    shown = [key for key, texts, fuzzy, _ in written("km") if all(texts) and not fuzzy]
    whole = next(fuzzy for key, _, fuzzy, _ in written("km") if key.endswith("\x04vi"))

    assert shown == [] or not whole


@pytest.mark.parametrize("language", ["vi", "km"])
def test_no_message_of_django_is_told_in_english(language):
    with translation.override(language):
        catalogue = trans_real.catalog()._catalog
        fallback = trans_real.translation("vi")._catalog

        def is_english(key):
            return all(catalogue.get(k) is None and fallback.get(k) is None for k in (key, (key, 0)))

        told = [
            key
            for folder in ("conf/locale", "contrib/auth/locale")
            for key, _, _, places in entries(DJANGO / folder / "en" / "LC_MESSAGES" / "django.po")
            if TOLD.search(" ".join(places)) and key not in NOT_TOLD
        ]

        assert len(told) > 100
        assert [key for key in told if is_english(key)] == []
