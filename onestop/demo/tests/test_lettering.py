"""The commune's own letters of the demonstration come about by the acts that write, sign and issue them."""

from datetime import date, time
from random import Random

import pytest
from django.utils import timezone

from dossiers.models import Dossier, PaperKind
from dossiers.statuses import Status
from dossiers.tests.makers import make_dossier, make_version
from onestop.demo.journeys import Hours
from onestop.demo.lettering import write_letters
from onestop.demo.matters import Residents
from onestop.demo.people import COMMUNES, InventedPeople
from onestop.demo.tales import Office
from onestop.history.verify import first_problem
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.worktime.hours import DEFAULT_HOURS, at
from onestop.worktime.store import calendar_in_force
from procedures import result_templates as texts
from procedures.models import ResultTemplateDraft

pytestmark = pytest.mark.django_db

NOW = at(date(2026, 11, 23), time(9))


def office() -> Office:
    invented = InventedPeople(Random(1), today=NOW.date(), drawn=0)
    hours = Hours(calendar_in_force(), DEFAULT_HOURS)
    staff = list(User.objects.filter(agency=make_agency()))
    return Office(agency=make_agency(), hours=hours, residents=Residents(COMMUNES[0], invented), staff=staff)


def test_one_letter_is_issued_and_the_others_wait_for_the_leader():
    version = make_version("1.013314", result_medium="own_letter")
    for name in ("Kim Sa Rây", "Sơn Văn Phước", "Thạch Thị Sóc Kha"):
        make_dossier(status=Status.PROCESSING, version=version, name=name)
    for role in (Role.MANAGER, Role.HEAD, Role.ARCHIVIST):
        make_user(role)
    write_letters(office(), now=NOW)
    own = Dossier.objects.filter(results__snapshot__isnull=False).order_by("id")
    assert [dossier.status for dossier in own] == [Status.RESULT_READY, Status.AWAITING_SIGNATURE, Status.AWAITING_SIGNATURE]
    assert own[0].issued_papers.get(kind=PaperKind.RESULT).number == "01/GXN-UBND"
    assert [text.name for text in texts.in_force(make_agency().pk, timezone.localdate(NOW), procedure_id=version.procedure_id)] == [
        "Giấy xác nhận diện tích nhà ở để đăng ký thường trú",
        "Văn bản trả lời không giải quyết hồ sơ",
    ]
    assert ResultTemplateDraft.objects.count() == 0
    assert first_problem() is None


def test_an_office_without_a_manager_writes_none():
    make_user(Role.ADMIN)
    write_letters(office(), now=NOW)
    assert texts.texts_of(make_agency().pk) == []
