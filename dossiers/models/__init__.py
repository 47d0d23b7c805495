"""Dossiers and everything that is written about them."""

from dossiers.models.certification import (
    AttestationClause,
    BookClosing,
    CertificationEntry,
    CertificationReceipt,
    CertificationSetting,
)
from dossiers.models.dossier import (
    Basis,
    Channel,
    Delivery,
    Dossier,
    DossierComponent,
    DossierFee,
    ExternalCode,
    Outcome,
    PaidBy,
    PaperState,
    Party,
    PartyRole,
    PhoneOwner,
)
from dossiers.models.lookup import LookupCounter
from dossiers.models.matter import IntakeDraft, Refusal, Stage, SupplementRequest
from dossiers.models.paper import IssuedPaper, NumberCounter, PaperKind, RegisterEntry
from dossiers.models.promise import Appointment, AppointmentKind
from dossiers.models.way import CollectedBy, Correction, HandOver, ResultDocument, ReturnOfResult, SendBack, SignOff, SignOffKind

__all__ = [
    "Appointment",
    "AppointmentKind",
    "AttestationClause",
    "Basis",
    "BookClosing",
    "CertificationEntry",
    "CertificationReceipt",
    "CertificationSetting",
    "Channel",
    "CollectedBy",
    "Correction",
    "Delivery",
    "Dossier",
    "DossierComponent",
    "DossierFee",
    "ExternalCode",
    "HandOver",
    "IntakeDraft",
    "IssuedPaper",
    "LookupCounter",
    "NumberCounter",
    "Outcome",
    "PaidBy",
    "PaperKind",
    "PaperState",
    "Party",
    "PartyRole",
    "PhoneOwner",
    "Refusal",
    "RegisterEntry",
    "ResultDocument",
    "ReturnOfResult",
    "SendBack",
    "SignOff",
    "SignOffKind",
    "Stage",
    "SupplementRequest",
]
