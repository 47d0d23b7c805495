"""A commune in the middle of its work, with every kind of thing that a page can show, and a second one with nothing yet."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier, IntakeDraft
from dossiers.statuses import Status
from onestop.staff.roles import Role
from onestop.testing import cast, make_user
from tests.browser.scene import administration, counter, signing, work
from tests.browser.scene.stage import ADDRESS, DRAFT, NAMES, PERSONAL_ID, PHONE, Scene, birth_registration, bring, intake_of

__all__ = ["ADDRESS", "DRAFT", "NAMES", "PERSONAL_ID", "PHONE", "Scene", "make_scene"]


def make_scene() -> Scene:
    """Everything made by the real acts of the lifecycle, around the present moment."""
    people, now = cast(), timezone.now()
    newcomer = make_user(Role.CLERK, Role.SPECIALIST, Role.HEAD, agency=people.other_agency, full_name="Lâm Thị Sà Phel")
    scene = Scene(people, newcomer, now)
    version = birth_registration()

    def dossier(what: str, status: str = Status.RECEIVED, *, days: int = 0, name: str = NAMES[0]) -> Dossier:
        at = now - timedelta(days=days, minutes=len(scene.dossiers))
        received = lifecycle.receive(intake_of(version, name), by=people.clerk, at=at)
        scene.dossiers[what] = bring(received, status, people, at)
        return scene.dossiers[what]

    dossier("received")
    dossier("processing", Status.PROCESSING, days=1, name=NAMES[1])
    dossier("late", Status.PROCESSING, days=40, name=NAMES[2])
    dossier("waiting", Status.AWAITING_SIGNATURE, days=2, name=NAMES[3])
    dossier("signed", "signed", days=2, name=NAMES[4])
    dossier("ready", Status.RESULT_READY, days=3, name=NAMES[5])
    for what in ("returned", "rated", "spoken"):
        dossier(what, Status.RETURNED, days=4)
    voided = dossier("voided", days=5)
    lifecycle.void(voided, reason="Nhập nhầm người", by=people.manager, at=now)
    faulty = dossier("faulty", Status.RETURNED, days=6)
    lifecycle.return_for_correction(faulty, words="Sai ngày sinh", by=people.clerk, at=now)
    work.stopped_clocks(scene)
    work.endings(scene)
    work.elsewhere(scene)
    counter.paper_slips(scene, version)
    signing.own_results(scene, version)  # before scans are required
    counter.by_post(scene, version)
    counter.scans(scene)
    dossier("digital", Status.AWAITING_SIGNATURE, days=1, name=NAMES[0])
    signing.digital_one(scene)
    counter.certifications(scene)
    counter.passings(scene, version)
    counter.messages(scene, version)
    administration.calendar(scene)
    administration.warnings(scene)
    administration.roster(scene)
    signing.letters(scene, version)
    administration.internal_processes(scene, version)
    counter.between_communes(scene, version)
    signing.passed_on(scene, version)
    scene.draft = IntakeDraft.objects.create(
        agency=people.agency, key=uuid4(), fields={"name": NAMES[1], "procedure": "ks"}, changed_at=now, created_at=now,
        expires_at=now + timedelta(days=30), owner=people.clerk,
    )
    return scene
