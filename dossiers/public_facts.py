"""What is fetched of a dossier for its citizen: plain values in one query, never a number, address or telephone of a person.

A page of model objects costs three times as much.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from dossiers.models import ApologyLetter, Appointment, Consultation, Correction, HandOver, Pause, ResultDocument
from dossiers.statuses import Status


def authority_of(name: str) -> str:
    """ "UBND xã Nghĩa Giang" of "Xã Nghĩa Giang"."""
    return f"UBND {name[:1].lower()}{name[1:]}"


@dataclass(frozen=True)
class Office:
    """The agency that speaks on the page; has what the frame of a page asks an agency for."""

    pk: int
    name: str
    desk_name: str
    address: str
    hotline: str
    feedback_address: str
    feedback_phone: str
    feedback_email: str
    show_officer_names: bool

    @property
    def authority(self) -> str:
        """UBND xã Nghĩa Giang."""
        return authority_of(self.name)

    @property
    def feedback(self) -> str:
        """Where to complain, in one line; the office itself when nothing is set."""
        lines = [line for line in (self.feedback_address, self.feedback_phone, self.feedback_email) if line]
        return ", ".join(lines) or self.desk_name


OFFICE = tuple(Office.__dataclass_fields__)
_OF_DOSSIER = (
    "pk",
    "code",
    "secret_version",
    "lane",
    "status",
    "outcome",
    "applicant_name",
    "received_at",
    "due_at",
    "signed_at",
    "finished_at",
    "returned_at",
    "overdue_since",
    "procedure__name",
    "procedure__label",
    "procedure__name_en",
    "competent_agency_id",
    "competent_agency__name",
    "holder__agency_id",
    "holder__full_name",
)
_OF_PROMISE = {"promised_at": "due_at", "promise_kind": "kind", "promises": "seq", "trace": "trace"}
_BESIDE = ("pause_kind", "handed_over_at", "drafted_at", "corrected_at", "letter_id", "consulted")
_NAMES = (*(name.replace("__", "_") for name in _OF_DOSSIER), *_OF_PROMISE, *_BESIDE)


def _last(model: type, column: str, order: str) -> Subquery:
    return Subquery(model.objects.filter(dossier_id=OuterRef("dossier_id")).order_by(order).values(column)[:1])


def _facts_query(pk: int, version: int) -> QuerySet:
    shown = ApologyLetter.objects.filter(dossier_id=OuterRef("dossier_id"), issued_at__isnull=False)
    # From the latest promise, so that one ordered index read finds both it and the dossier.
    return (
        Appointment.objects.filter(dossier_id=pk, dossier__secret_version=version, dossier__voided_at__isnull=True)
        .annotate(
            handed_over_at=_last(HandOver, "given_at", "seq"),
            drafted_at=_last(ResultDocument, "drafted_at", "-version"),
            corrected_at=_last(Correction, "found_at", "-id"),
            consulted=Exists(Consultation.objects.filter(dossier_id=OuterRef("dossier_id"))),
            letter_id=Subquery(shown.order_by("-id").values("pk")[:1]),
            pause_kind=Subquery(Pause.objects.filter(dossier_id=OuterRef("dossier_id"), ended_at__isnull=True).values("kind")[:1]),
        )
        .order_by("-seq")
        .values_list(
            *(f"dossier__agency__{name}" for name in OFFICE),
            *(f"dossier__{name}" for name in _OF_DOSSIER),
            *_OF_PROMISE.values(),
            *_BESIDE,
        )[:1]
    )


@cache
def _compiled(vendor: str) -> tuple[str, list[int], dict]:
    """The statement, which of (pk, version) it takes in which order, and the converters of its columns.

    It never changes but for its two values, and building it anew took half of the page's time: so once in a process.
    """
    compiler = _facts_query(1, 2).query.get_compiler(connection=connection)
    statement, values = compiler.as_sql()
    return statement, [value - 1 for value in values], compiler.get_converters([column for column, *rest in compiler.select])


def facts_of(pk: int, version: int) -> SimpleNamespace | None:
    """Everything the page needs, in one query; None when the dossier is voided or has a newer secret."""
    statement, order, converters = _compiled(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [(pk, version)[place] for place in order])
        found = cursor.fetchone()
    if found is None:
        return None
    row = list(found)
    for place, (steps, column) in converters.items():
        for convert in steps:
            row[place] = convert(row[place], column, connection)
    facts = SimpleNamespace(**dict(zip(_NAMES, row[len(OFFICE) :], strict=True)))
    facts.office = Office(*row[: len(OFFICE)])
    return facts


def settled_elsewhere(facts: SimpleNamespace) -> bool:
    """Whether another commune than the one that received the dossier settles it."""
    return facts.competent_agency_id != facts.office.pk


def result_is_coming(facts: SimpleNamespace) -> bool:
    """Whether the result is issued and still on its way from the other commune to the desk where it is collected."""
    return settled_elsewhere(facts) and facts.status == Status.RESULT_READY and facts.holder_agency_id != facts.office.pk
