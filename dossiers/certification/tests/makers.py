"""Makers of certification sessions: the people of the desk, a catalogue of procedures, and lines ready to be certified."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from dossiers import lifecycle
from dossiers.certification.session import CertificationLine, CertificationSession
from dossiers.intake import PartyLine
from dossiers.models import CertificationEntry, Dossier
from dossiers.tests.makers import local, make_clerk
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.models import Limit, Procedure, ProcedureCase, ProcedureVersion, Sector

MORNING = local("2026-11-20 09:00")  # a Friday; the calendar has 24/11 off
CODES = {
    "2.000815": None,
    "2.000942": None,
    "2.000884": None,
    "2.001008": None,
    "2.001035": 2,
    "2.001019": 2,
    "2.001406": 2,
    "2.000913": 2,
}


def make_catalogue(**fields: Any) -> None:
    """The certification procedures as they are published: same day, deals within 2 working days."""
    sector, _ = Sector.objects.get_or_create(name="Chứng thực", defaults={"slug": "chung-thuc"})
    for code, days in CODES.items():
        if Procedure.objects.filter(code=code).exists():
            continue
        procedure = Procedure.objects.create(code=code, name=f"Chứng thực {code}", label="Chứng thực", sector=sector, lane="certification")
        values: dict[str, Any] = {
            "number": 1,
            "state": "published",
            "effective_from": MORNING.date().replace(year=2025),
            "receivable": True,
            "slip_rule": "if_not_returned_today",
            "updated_on": MORNING.date(),
        }
        version = ProcedureVersion.objects.create(procedure=procedure, **(values | fields))
        ProcedureCase.objects.create(version=version, key="a", basis_allowed=["self", "family_no_paper", "power_of_attorney"])
        Limit.objects.create(version=version, value=days, unit="working_day" if days else "immediate", checked=True)


def copy(paper_name: str = "Bằng tốt nghiệp", *, pages: int = 1, copies: int = 1, **fields: Any) -> CertificationLine:
    return CertificationLine(work="copy", paper_name=paper_name, pages=pages, copies=copies, **fields)


def signature(paper_name: str = "Sơ yếu lý lịch", **fields: Any) -> CertificationLine:
    values: dict[str, Any] = {"work": "signature", "signed_before_me": True, "capacity_sure": True}
    return CertificationLine(paper_name=paper_name, **(values | fields))


def contract(paper_name: str = "Hợp đồng tặng cho", **fields: Any) -> CertificationLine:
    values: dict[str, Any] = {"work": "contract", "signed_before_me": True, "capacity_sure": True, "others": "Lâm Thị Hoa"}
    return CertificationLine(paper_name=paper_name, **(values | fields))


def translation(paper_name: str = "Bản dịch bằng đại học", **fields: Any) -> CertificationLine:
    values: dict[str, Any] = {"work": "translation", "signed_before_me": True, "language_from": "Anh", "language_to": "Việt"}
    return CertificationLine(paper_name=paper_name, **(values | fields))


def make_session(*lines: CertificationLine, name: str = "Thạch Thị Sóc Kha", **fields: Any) -> CertificationSession:
    """A session of these lines (one copy unless told) by a filer with a card."""
    filer = PartyLine(role="filer", name=name, basis="self", birth="1985", personal_id="000185006123", address="Ấp Trà Kha")
    values: dict[str, Any] = {"submission_key": uuid4(), "people": (filer,)}
    return CertificationSession(lines=lines or (copy(),), **(values | fields))


def certified(*lines: CertificationLine, by: User | None = None, at: datetime = MORNING, **fields: Any) -> Dossier:
    """A session taken in by the clerk of the commune."""
    make_catalogue()
    return lifecycle.certify(make_session(*lines, **fields), by=by or make_clerk(), at=at)


def entries_of(dossier: Dossier) -> list[CertificationEntry]:
    return list(dossier.certification_entries.order_by("position"))


def make_head(agency: Agency | None = None) -> User:
    return make_user(Role.HEAD, agency=agency or make_agency())
