"""What a clerk has entered in one visit, as values: the page turns text into these, the lifecycle acts on them."""

from dataclasses import dataclass, field
from uuid import UUID

from dossiers.intake import PartyLine


@dataclass(frozen=True, repr=False)
class CertificationLine:
    """One paper to be certified: one line, one number.

    `procedure` overrides the catalogue's first procedure of the work (a translator on the desk's list),
    `case` the version's first case. `exempt` and `authorisation_case` are keys of the catalogue.
    `copies` counts copies; for signatures, the papers of the same text that were signed.
    """

    work: str
    paper_name: str
    paper_kind: str = ""
    pages: int = 1
    copies: int = 1
    procedure: str = ""
    case: str = ""
    exempt: str = ""
    exempt_note: str = ""
    printed_pages: int = 0
    compared: bool = True
    signed_before_me: bool = False
    specimen_signature: bool = False
    capacity_sure: bool = False
    authorisation_case: str = ""
    others: str = ""
    language_from: str = ""
    language_to: str = ""
    interpreter: str = ""
    cannot_read_or_sign: bool = False
    witnesses: tuple[str, ...] = ()
    off_site_place: str = ""
    off_site_reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Payment:
    """How the session's sum is paid. `series` and `number` only where receipts are typed from paper."""

    paid_by: str = "cash"
    series: str = ""
    number: str = ""


@dataclass(frozen=True)
class Prolongation:
    """More time than the same day (NĐ 23/2015 Điều 21, 33, 37), with the reason in words."""

    working_days: int
    reason: str
    agreed_in_writing: bool = False


@dataclass(frozen=True, repr=False)
class CertificationSession:
    """One visit. `people` holds the filer (role "filer") first, then others by role (subject, interpreter, witness).

    A line that is refused is not in it: lifecycle.refuse_line answers for that.
    """

    submission_key: UUID
    lines: tuple[CertificationLine, ...]
    people: tuple[PartyLine, ...]
    payment: Payment = field(default_factory=Payment)
    prolongation: Prolongation | None = None
    slip_wanted: bool = False
    slip_language: str = "vi"
    staff_note: str = ""

    @property
    def filer(self) -> PartyLine:
        return next(party for party in self.people if party.role == "filer")
