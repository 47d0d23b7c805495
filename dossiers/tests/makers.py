"""Makers of dossiers in any state, each by the real acts of the lifecycle."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from dossiers import lifecycle
from dossiers.checklist import components_of
from dossiers.intake import Intake, PaperLine, PartyLine
from dossiers.models import Dossier, SignOffKind
from dossiers.statuses import Status
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.models import Component, Limit, Procedure, ProcedureCase, ProcedureVersion, Sector

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def local(text: str) -> datetime:
    """A local moment: local("2026-11-20 15:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


RECEIVED = local("2026-11-20 09:00")


def make_version(
    code: str = "1.001193", *, value: int | None = 3, unit: str = "working_day", papers: int = 2, **fields: Any
) -> ProcedureVersion:
    """A published version with one case "a", `papers` required papers and a confirmed limit."""
    existing = ProcedureVersion.objects.filter(procedure__code=code).first()
    if existing:
        return existing
    sector, _ = Sector.objects.get_or_create(name="Hộ tịch", defaults={"slug": "ho-tich"})
    procedure = Procedure.objects.create(code=code, name=f"Thủ tục {code}", label="Đăng ký khai sinh", sector=sector)
    values = {
        "number": 1,
        "state": "published",
        "effective_from": RECEIVED.date().replace(year=2025),
        "receivable": True,
        "slip_rule": "always",
        "updated_on": RECEIVED.date(),
    }
    version = ProcedureVersion.objects.create(procedure=procedure, **(values | fields))
    case = ProcedureCase.objects.create(version=version, key="a", basis_allowed=["self", "parent_guardian", "power_of_attorney"])
    Limit.objects.create(version=version, value=value, unit=unit, checked=True)
    for number in range(papers):
        Component.objects.create(version=version, case=case, position=number, short_name=f"Giấy tờ {number + 1}", required=True)
    return version


def make_intake(
    version: ProcedureVersion | None = None, *, name: str = "Thạch Thị Sóc Kha", papers_state: str = "submitted", **fields: Any
) -> Intake:
    """A complete intake for the version's first case."""
    version = version or make_version()
    case = version.cases.all()[0]
    papers = tuple(PaperLine(line.short_name, papers_state, line, line.copy_kind, line.originals) for line in components_of(case))
    filer = PartyLine(
        role="filer", name=name, basis="self", personal_id="000185006123", phone="0900000123", phone_owner="own", address="Ấp Trà Kha"
    )
    values: dict[str, Any] = {"submission_key": uuid4(), "version": version, "case": case, "parties": (filer,), "papers": papers}
    return Intake(**(values | fields))


def make_clerk(agency: Agency | None = None) -> User:
    """The clerk of the agency; the same one on every call."""
    agency = agency or make_agency()
    existing = next((user for user in User.objects.filter(agency=agency) if user.has_role(Role.CLERK)), None)
    return existing or make_user(Role.CLERK, agency=agency)


def make_dossier(*, by: User | None = None, at: datetime = RECEIVED, status: str = Status.RECEIVED, **fields: Any) -> Dossier:
    """A dossier brought to `status` by the acts that lead there, all at `at`."""
    by = by or make_clerk()
    dossier = lifecycle.receive(make_intake(**fields), by=by, at=at)
    return bring_to(dossier, status, by=by, at=at)


def bring_to(dossier: Dossier, status: str, *, by: User, at: datetime) -> Dossier:
    """Take a received dossier further, with a specialist and a leader of its agency."""
    if status == Status.RECEIVED:
        return dossier
    specialist = make_user(Role.SPECIALIST, agency=dossier.agency)
    dossier = lifecycle.hand_over(dossier, to=specialist, by=by, at=at)
    if status == Status.PROCESSING:
        return dossier
    dossier = lifecycle.submit_for_sign_off(dossier, by=specialist, at=at, summary="Trích lục")
    if status == Status.AWAITING_SIGNATURE:
        return dossier
    leader = make_user(Role.LEADER, agency=dossier.agency)
    dossier = lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=at, doc_number="12", doc_symbol="TLKS")
    dossier = lifecycle.issue_result(dossier, by=by, at=at)
    if status == Status.RESULT_READY:
        return dossier
    return lifecycle.return_result(dossier, collected_by="owner", name=dossier.applicant_name, by=by, at=at)
