"""Agencies with opening hours, for the tests of working time."""
from datetime import date, time

from onestop.staff.models import Agency
from onestop.worktime.models import OpeningPeriod


def make_desk(*sessions, code="H61.90"):
    """An agency; each session is (weekday, opens, closes) from 2026 on."""
    agency = Agency.objects.create(
        level=Agency.Level.COMMUNE, code=code, name="Xã Nghĩa Giang", place="Nghĩa Giang", desk_name="Trung tâm", authority_name="UBND"
    )
    for weekday, opens, closes in sessions:
        OpeningPeriod.objects.create(
            agency=agency, valid_from=date(2026, 1, 1), weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
        )
    return agency
