"""What every issued paper has in common: its head, the feedback lines, its row."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from dossiers.models import (
    IssuedPaper,
    PaperKind,
)
from dossiers.slips import Slip
from onestop.reading.dates import say_long_date
from onestop.staff.models import Agency, User

EDITION = "B"  # Phụ lục I, TT 03/2025/TT-VPCP: slips are made under it from 15/9/2025


def head_of(agency: Agency, at: datetime) -> dict:
    """The fields that all slips of the agency share."""
    local = timezone.localtime(at)
    return {
        "issued_at": local.isoformat(),
        "issued_words": say_long_date(local.date()),
        "authority": agency.authority_name.upper(),
        "office": agency.desk_name.upper(),
        "place": agency.place,
        "desk_name": agency.desk_name,
        "two_liens_per_sheet": agency.two_liens_per_sheet,
        "hotline": agency.hotline,
        "edition": EDITION,
    }


def feedback_of(agency: Agency) -> tuple[str, ...]:
    """Where to complain: the lines that the agency has."""
    # The lines run on in one paragraph; a telephone number must not break at its spaces.
    lines = (agency.feedback_address, agency.feedback_phone.replace(" ", "\N{NO-BREAK SPACE}"), agency.feedback_email)
    return tuple(line for line in lines if line)


def issue_paper(kind: PaperKind, agency_id: int, number: str, slip: Slip, *, by: User, at: datetime, **belongs_to: Any) -> IssuedPaper:
    """The row of a paper with its figures of this moment; its file is made after the act."""
    return IssuedPaper.objects.create(
        agency_id=agency_id, kind=kind, edition=EDITION, number=number, snapshot=slip.as_json(), issued_at=at, issued_by=by, **belongs_to
    )
