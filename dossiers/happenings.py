"""What happened to a dossier, read in one query however long its history is.

Hand-overs, results, signatures, refusals to sign, returns, faults, papers, pauses, consents, requests and questions to
other agencies stand in tables
of their own; they are fetched as one UNION of rows of the same shape, so that the page costs the same every day.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from dossiers.models import (
    Consent,
    Consultation,
    Correction,
    Dossier,
    HandOver,
    IssuedPaper,
    Parcel,
    Pause,
    ResultDocument,
    ReturnOfResult,
    SendBack,
    SignOff,
    SupplementRequest,
)


class Step(NamedTuple):
    """A line of what happened. `until`: taken, recorded or made void at; None while it is not."""

    part: str
    seq: int
    at: datetime
    until: datetime | None
    who: str
    whom: str
    words: str
    more: str
    flag: str


def text(value: str) -> Value:
    return Value(value, output_field=CharField())


def steps_of(dossier: Dossier) -> dict[str, list[Step]]:
    """Everything that happened to the dossier, by part and in order. One query."""
    columns = ("part", "place", "moment", "until", "who", "whom", "text", "extra", "flag")

    def of(model: type, belongs: Q | None = None, **values: Any) -> QuerySet:
        blank = {"place": Cast("id", IntegerField()), "whom": text(""), "text": text(""), "extra": text(""), "flag": text("")}
        values = blank | {"until": values["moment"]} | values
        return model.objects.filter(belongs or Q(dossier=dossier)).order_by().annotate(**values).values_list(*columns)

    parts = [
        of(
            HandOver,
            part=text("hand_over"),
            place=Cast("seq", IntegerField()),
            moment=F("given_at"),
            until=Coalesce(F("taken_at"), F("missing_at")),
            who=F("giver__full_name"),
            whom=F("receiver__full_name"),
            text=F("note"),
            # "1" where the papers were missed, and why it was passed on.
            extra=Concat(
                Case(When(missing_at__isnull=False, then=text("1")), default=text("")), text("\n"), F("kind"), output_field=CharField()
            ),
            flag=Cast("receiver_id", CharField()),
        ),
        of(
            ResultDocument,
            part=text("result"),
            place=Cast("version", IntegerField()),
            moment=F("drafted_at"),
            who=F("drafted_by__full_name"),
            whom=Concat(F("doc_number"), text("/"), F("doc_symbol"), output_field=CharField()),
            text=F("summary"),
            extra=F("sha256"),
            # "1" or "0" for granted or not, "o" behind it for a draft of our own.
            flag=Concat(
                Cast(Cast("granted", IntegerField()), CharField()),
                Case(When(snapshot__isnull=False, then=text("o")), default=text("")),
                output_field=CharField(),
            ),
        ),
        of(
            SignOff,
            part=text("signature"),
            place=Cast("result__version", IntegerField()),
            moment=F("signed_at"),
            until=F("recorded_at"),
            who=F("signer__full_name"),
            whom=F("recorded_by__full_name"),
            text=Cast("block", CharField()),
            extra=F("kind"),
            flag=F("sha256"),
        ),
        of(
            SendBack,
            part=text("send_back"),
            place=Cast("result__version", IntegerField()),
            moment=F("sent_back_at"),
            who=F("sent_back_by__full_name"),
            text=F("reason"),
        ),
        of(
            ReturnOfResult,
            part=text("return"),
            moment=F("returned_at"),
            who=F("returned_by__full_name"),
            whom=F("name"),
            text=F("note"),
            extra=F("collected_by"),
            flag=F("authorisation"),
        ),
        of(
            Parcel,
            part=text("parcel"),
            place=Cast("seq", IntegerField()),
            moment=F("posted_at"),
            until=F("ended_at"),
            who=F("posted_by__full_name"),
            whom=F("waybill"),
            text=F("note"),
            flag=Case(When(came_back=True, then=text("back")), default=text("")),
        ),
        of(Correction, part=text("fault"), moment=F("found_at"), who=F("found_by__full_name"), text=F("words")),
        of(
            IssuedPaper,
            Q(dossier=dossier) | Q(supplement__dossier=dossier),
            part=text("paper"),
            moment=F("issued_at"),
            who=F("issued_by__full_name"),
            whom=F("number"),
            text=Cast("version", CharField()),
            extra=F("kind"),
            until=F("voided_at"),
        ),
        of(
            Pause,
            part=text("pause"),
            place=Cast("seq", IntegerField()),
            moment=F("started_at"),
            until=F("ended_at"),
            who=F("started_by__full_name"),
            whom=Coalesce(F("ended_by__full_name"), text("")),
            text=Concat(F("reason"), text("\n"), F("ground"), output_field=CharField()),
            extra=F("kind"),
            flag=_joined(_whole("late"), _whole("restarts"), Cast("answer_by", CharField()), Cast("amount", CharField())),
        ),
        of(
            Consent,
            part=text("consent"),
            moment=F("given_at"),
            who=F("given_by__full_name"),
            text=F("cause"),
            extra=F("kind"),
            flag=Coalesce(Cast("pause__seq", CharField()), text("")),
        ),
        of(
            SupplementRequest,
            part=text("request"),
            place=Cast("ordinal", IntegerField()),
            moment=F("requested_at"),
            until=F("answered_at"),
            who=F("requested_by__full_name"),
            extra=F("stage"),
        ),
        of(
            Consultation,
            part=text("consultation"),
            place=Cast("seq", IntegerField()),
            moment=F("sent_at"),
            until=Coalesce(F("answered_at"), F("cancelled_at")),
            who=F("sent_by__full_name"),
            whom=F("other_name"),
            text=F("question"),
            extra=F("kind"),
            flag=Concat(F("doc_number"), text("/"), F("doc_symbol"), output_field=CharField()),
        ),
        of(
            Consultation,
            # The other half of the same row: by when the answer is due, and the answer.
            part=text("answer"),
            place=Cast("seq", IntegerField()),
            moment=F("answer_due_at"),
            until=F("answered_at"),
            who=Coalesce(F("recorded_by__full_name"), text("")),
            text=F("summary"),
            extra=F("cancel_reason"),
            flag=F("answer_document"),
        ),
    ]
    found: dict[str, list[Step]] = {}
    rows = (Step(*row) for row in parts[0].union(*parts[1:], all=True))
    for step in sorted(rows, key=lambda step: (step.part, step.seq)):
        found.setdefault(step.part, []).append(step)
    return found


def _whole(name: str) -> Cast:
    """A truth as 0 or 1: databases spell it differently."""
    return Cast(Cast(name, IntegerField()), CharField())


def _joined(*values: Any) -> Concat:
    """Values in one column, one a line; nothing where there is none."""
    parts = [part for value in values for part in (text("\n"), Coalesce(value, text("")))]
    return Concat(*parts[1:], output_field=CharField())
