"""The press: the layout engine and what it keeps between two papers.

One document at a time in a process. Pango's font maps may not be used by two threads at
once, and WeasyPrint's finished documents are circular: left to Python's collector, their
Pango objects would be freed by whatever thread happens to run it, in the middle of another
thread's layout. So a lock guards the layout, the collector rests meanwhile, and the
document's own garbage is collected before the lock is let go. The work is Python under the
interpreter lock anyway, so queueing loses nothing; and one kept font configuration with its
parsed style sheets is warm for every thread.

Importing this module loads WeasyPrint (a second on a small machine): `pdf` does it when the
first paper is made.
"""
import gc
import logging
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pydyf
import weasyprint
from weasyprint.text.ffi import harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from onestop.papers import sheets

VARIANT = "pdf/a-3u"
"""ISO 19005-3, level U: kept for good, every letter readable by machines. Level A asks for tags, which two copies
on one sheet would lose."""
FIGURES_NAME, FIGURES_WORDS = "so-lieu.json", "Số liệu in trên giấy này"

# WeasyPrint quotes the addresses it refuses, and ours hold the citizen's secret as a data: image.
logging.getLogger("weasyprint").propagate = False


class _Press:
    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self._styles: dict[str, weasyprint.CSS] = {}

    def style(self, source: str) -> weasyprint.CSS:
        if source not in self._styles:
            self._styles[source] = weasyprint.CSS(string=source, font_config=self.fonts, url_fetcher=_only_data())
        return self._styles[source]


_one_at_a_time = threading.Lock()
_press: _Press | None = None


def _forget() -> None:
    """In a forked child: Pango's own threads, and whoever held the lock, did not come along."""
    global _one_at_a_time, _press
    _one_at_a_time, _press = threading.Lock(), None


os.register_at_fork(after_in_child=_forget)


def _only_data() -> URLFetcher:
    """Refuses every address but data:, so a paper reads no file and opens no connection."""
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)


def run(
    html: str,
    styles: Sequence[str],
    *,
    identifier: bytes,
    two_up: str = "",
    figures: bytes = b"",
    made_at: datetime | None = None,
) -> bytes:
    """The PDF of a whole HTML document under the given style sheets (their text); see `pdf.render`.

    `figures` is the text of the attached file, `made_at` its date: given together.
    """
    global _press
    with _one_at_a_time:
        collecting = gc.isenabled()
        gc.disable()
        try:
            if _press is None:
                _press = _Press()
            attached = [_figures_file(figures, made_at)] if figures and made_at else []
            return _print(_press, html, [_press.style(style) for style in styles], identifier, two_up, attached)
        finally:
            # Everything the document left behind was born while the collector rested: the youngest generation holds it all.
            gc.collect(0)
            if collecting:
                gc.enable()


def _figures_file(figures: bytes, made_at: datetime) -> weasyprint.Attachment:
    """What the paper was made from, as an associated file (AFRelationship Data)."""
    at = made_at.astimezone(UTC)
    return weasyprint.Attachment(
        string=figures.decode(),
        name=FIGURES_NAME,
        description=FIGURES_WORDS,
        created=at,
        modified=at,
        relationship="Data",
        url_fetcher=_only_data(),
    )


def _print(
    press: _Press,
    html: str,
    styles: list[weasyprint.CSS],
    identifier: bytes,
    two_up: str,
    attached: list[weasyprint.Attachment],
) -> bytes:
    document = weasyprint.HTML(string=html, url_fetcher=_only_data()).render(font_config=press.fonts, stylesheets=styles)

    def finish(document: weasyprint.Document, pdf: pydyf.PDF) -> None:
        if two_up:
            sheets.put_side_by_side(pdf, next(number for number, page in enumerate(document.pages) if two_up in page.anchors))
        sheets.drop_unread_tables(pdf)
        if attached:
            # WeasyPrint 70 names every attachment twice here.
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
        # Print at true size (a QR code has a least width); show the title, not the file name, in the window.
        pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"PrintScaling": "/None", "DisplayDocTitle": "true"})

    return document.write_pdf(finisher=finish, pdf_identifier=identifier, pdf_variant=VARIANT, attachments=attached)


def subsetter_present() -> bool:
    """Whether WeasyPrint found libharfbuzz-subset."""
    return bool(harfbuzz_subset)
