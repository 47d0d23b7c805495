"""Dossiers and everything that is written about them."""

from dossiers.models.apology import SIGNED_STATES, ApologyLetter, LetterKind, LetterState, WhoseClock
from dossiers.models.certification import (
    AttestationClause,
    BookClosing,
    CertificationEntry,
    CertificationReceipt,
    CertificationSetting,
)
from dossiers.models.consultation import AnswerUnit, Consultation, ConsultationKind, ConsultationReminder, RemindedHow
from dossiers.models.dossier import (
    PAID,
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
from dossiers.models.ending import AskedHow, PaidFees, StopKind, StopNotice, WithdrawalRequest
from dossiers.models.lookup import LookupCounter
from dossiers.models.matter import IntakeDraft, Refusal, Stage, SupplementRequest
from dossiers.models.messages import MessageChoice
from dossiers.models.notice import Notice, NoticeStage, NoticeStep, ProcedurePace
from dossiers.models.paper import IssuedPaper, NumberCounter, PaperKind, RegisterEntry
from dossiers.models.parcel import Parcel
from dossiers.models.pause import Consent, ConsentKind, Extension, ExtensionKind, Pause, PauseKind
from dossiers.models.promise import Appointment, AppointmentKind
from dossiers.models.reclassification import Reclassification
from dossiers.models.scan import ScanKind, ScannedPaper, ScanSetting, ScanWaiver, SignatureCheck
from dossiers.models.signing import DraftOpened, QuickSign, SignaturePass
from dossiers.models.transfer import Arrival, TransferLine, TransferList
from dossiers.models.way import (
    CollectedBy,
    Correction,
    HandOver,
    HandOverList,
    PassedOn,
    ResultDocument,
    ReturnOfResult,
    SendBack,
    SignOff,
    SignOffKind,
)

__all__ = [
    "AnswerUnit",
    "ApologyLetter",
    "Appointment",
    "AppointmentKind",
    "Arrival",
    "AskedHow",
    "AttestationClause",
    "Basis",
    "BookClosing",
    "CertificationEntry",
    "CertificationReceipt",
    "CertificationSetting",
    "Channel",
    "CollectedBy",
    "Consent",
    "ConsentKind",
    "Consultation",
    "ConsultationKind",
    "ConsultationReminder",
    "Correction",
    "Delivery",
    "Dossier",
    "DossierComponent",
    "DossierFee",
    "Extension",
    "ExtensionKind",
    "DraftOpened",
    "ExternalCode",
    "HandOver",
    "HandOverList",
    "IntakeDraft",
    "IssuedPaper",
    "LetterKind",
    "LetterState",
    "LookupCounter",
    "MessageChoice",
    "Notice",
    "NoticeStage",
    "NoticeStep",
    "NumberCounter",
    "Outcome",
    "PAID",
    "PaidBy",
    "PaidFees",
    "PaperKind",
    "PaperState",
    "Parcel",
    "Party",
    "PartyRole",
    "PassedOn",
    "Pause",
    "PauseKind",
    "PhoneOwner",
    "ProcedurePace",
    "QuickSign",
    "Reclassification",
    "Refusal",
    "RegisterEntry",
    "RemindedHow",
    "ResultDocument",
    "ReturnOfResult",
    "SIGNED_STATES",
    "ScanKind",
    "ScanSetting",
    "ScanWaiver",
    "ScannedPaper",
    "SendBack",
    "SignOff",
    "SignOffKind",
    "SignatureCheck",
    "SignaturePass",
    "Stage",
    "StopKind",
    "StopNotice",
    "SupplementRequest",
    "TransferLine",
    "TransferList",
    "WhoseClock",
    "WithdrawalRequest",
]
