"""From a template to the bytes of a PDF.

A paper is made from its template, its style sheets and the installed fonts; nothing else is
read and no connection is opened. The same paper has the same bytes on every rendering of
one machine, so a lost file can be made again and its digest still fits.

Every paper is made as PDF/A-3u: to be read in fifty years, it brings its fonts, its colours and its
letters along. The figures it was made from travel inside as `so-lieu.json`, for machines.
"""
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.template import Engine
from django.template.loader import get_template

from onestop.papers import glyphs

Figures = Mapping[str, Any]

STYLES = ("pdf/paper.css",)
"""Style sheets of a paper that names none."""
LONGEST_SOURCE = 400_000
"""Characters of HTML. The longest real slip has a tenth of it; more is refused instead of keeping the counter waiting."""


class TooLong(ValueError):
    """The paper has more text than a counter can wait for."""


@cache
def style_source(name: str) -> str:
    """The text of a style sheet, which stands beside the templates."""
    return Engine.get_default().get_template(name).source


def source(template: str, context: Mapping[str, Any], *, title: str, lang: str = "vi", made_at: datetime) -> str:
    """The HTML of a paper as the layout gets it: NFC, every character printable. Raises TooLong."""
    stamp = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = get_template(template).render({**context, "title": title, "lang": lang, "made_at": stamp})
    if len(text) > LONGEST_SOURCE:
        raise TooLong(f"{template}: {len(text)} characters")
    return glyphs.printable(text)


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    lang: str = "vi",
    made_at: datetime,
    styles: Sequence[str] = STYLES,
    two_up: str = "",
    figures: Figures | None = None,
) -> bytes:
    """The paper as PDF/A-3u; the same arguments give the same bytes on one machine.

    `made_at` (aware) becomes both dates of the file. `two_up` is the id of the element that
    begins the second copy: its pages are put beside those of the first, A5 on A4 landscape.
    `figures` are attached as JSON: no more than is printed, and no secret. Raises TooLong for
    a text no paper should have.
    """
    from onestop.papers import press  # a second of WeasyPrint, which commands that print nothing need not load

    html = source(template, context, title=title, lang=lang, made_at=made_at)
    inside = figures_as_bytes(figures) if figures is not None else b""
    identifier = hashlib.sha256(html.encode() + inside).digest()[:16]
    sheets = [style_source(name) for name in styles]
    return press.run(html, sheets, identifier=identifier, two_up=two_up, figures=inside, made_at=made_at)


def figures_as_bytes(figures: Figures) -> bytes:
    """The attached file: one order of keys, Vietnamese letters as they are. Raises TypeError for what JSON does not know."""
    return json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def warm_up() -> None:
    """Make one throw-away page, so that the first citizen of the day does not wait for imports, fonts and caches."""
    render("pdf/specimen.html", {}, title="", made_at=datetime(2026, 1, 1, tzinfo=UTC))


def fonts_missing() -> list[str]:
    """Font families that papers need and this machine lacks."""
    return [family for family in glyphs.FAMILIES if not glyphs.font_file(family)]


def subsetter_present() -> bool:
    """Whether libharfbuzz-subset is there; without it a paper takes seven times as long."""
    from onestop.papers import press  # see render

    return press.subsetter_present()
