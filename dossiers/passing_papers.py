"""The list of a hand-over on paper: two copies (liên), one for each of the two people, made anew from the rows each time."""

from datetime import datetime
from typing import Any

from dossiers.passings import Sheet
from onestop.papers import pdf
from onestop.reading.dates import say_long_date, say_minute
from onestop.staff.models import User
from onestop.worktime.hours import local

COPIES = ((1, "người giao giữ"), (2, "người nhận giữ"))
STYLES = ("pdf/hand_over_list.css",)


def list_pdf(sheet: Sheet, *, made_at: datetime) -> bytes:
    """A4, portrait; what was confirmed in the system so far stands beside each line and under the receiver's name."""
    listing = sheet.listing
    context = {
        "listing": listing,
        "agency": listing.agency,
        "sheet": sheet,
        "copies": COPIES,
        "giver": _name(listing.giver),
        "receiver": _name(listing.receiver),
        "ordered_by": _name(listing.ordered_by) if listing.ordered_by else "",
        "given": say_minute(listing.given_at),
        "issued_words": say_long_date(local(listing.given_at).date()),
        "printed": say_minute(made_at),
    }
    title = f"Danh sách bàn giao hồ sơ số {listing.say_number()}"
    return pdf.render("pdf/hand_over_list.html", context, title=title, made_at=made_at, styles=STYLES, figures=_figures(sheet))


def _figures(sheet: Sheet) -> dict[str, Any]:
    """What is attached to the file: codes and times, as printed."""
    return {
        "number": sheet.listing.say_number(),
        "given_at": sheet.listing.given_at.isoformat(),
        "lines": [{"code": line.code, "state": line.state} for line in sheet.lines],
    }


def _name(person: User) -> str:
    return f"{person.full_name}, {person.job_title}" if person.job_title else person.full_name
