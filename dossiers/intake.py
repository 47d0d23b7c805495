"""What a clerk has entered, as values: the page turns text into these, the lifecycle acts on them."""
from dataclasses import dataclass
from uuid import UUID

from dossiers.models import SupplementRequest
from onestop.staff.models import Agency
from procedures.models import Component, Fee, ProcedureCase, ProcedureVersion


@dataclass(frozen=True, repr=False)
class PartyLine:
    """One person or organisation of the matter. `birth` is an ISO date that may stop at month or year."""

    role: str
    name: str
    basis: str = ""
    birth: str = ""
    sex: str = ""
    personal_id: str = ""
    old_id: str = ""
    no_id_reason: str = ""
    tax_code: str = ""
    address: str = ""
    phone: str = ""
    phone_owner: str = ""
    email: str = ""
    relation: str = ""
    authorisation: str = ""


@dataclass(frozen=True)
class PaperLine:
    """One line of the list of papers and what happened to it."""

    name: str
    state: str
    component: Component | None = None
    copy_kind: str = ""
    originals: int = 0
    copies: int = 0


@dataclass(frozen=True)
class FeeLine:
    """One fee asked for; `amount` None when the rate is the province's and not known here."""

    name: str
    amount: int | None
    fee: Fee | None = None
    exempt_ground: str = ""
    paid_by: str = ""
    receipt_no: str = ""


@dataclass(frozen=True, repr=False)
class Intake:
    """A complete, checked intake: everything `lifecycle.receive` needs besides who and when."""

    submission_key: UUID
    version: ProcedureVersion
    case: ProcedureCase
    parties: tuple[PartyLine, ...]
    papers: tuple[PaperLine, ...]
    fees: tuple[FeeLine, ...] = ()
    channel: str = "counter"
    request_text: str = ""
    set_count: int = 1
    delivery: str = "desk"
    delivery_address: str = ""
    slip_language: str = "vi"
    slip_wanted: bool = False
    staff_note: str = ""
    external_codes: tuple[tuple[str, str], ...] = ()
    supplement: SupplementRequest | None = None
    competent: Agency | None = None
    """Another commune of the province that settles the matter; None: the receiving one itself."""

    @property
    def filer(self) -> PartyLine:
        return next(party for party in self.parties if party.role == "filer")


@dataclass(frozen=True, repr=False)
class Guidance:
    """What a clerk asks for before acceptance (supplement slip): everything missing, named once."""

    submission_key: UUID
    version: ProcedureVersion
    applicant: PartyLine
    items: tuple[str, ...]
    reason: str
    fields: dict
    request_text: str = ""
    follows: SupplementRequest | None = None


@dataclass(frozen=True, repr=False)
class Declined:
    """A refusal at the counter: ground, reason and where to go instead are all required."""

    submission_key: UUID
    version: ProcedureVersion | None
    applicant: PartyLine
    ground: str
    reason: str
    guidance: str
    request_text: str = ""
