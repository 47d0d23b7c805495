"""Who is told of an act, and how he can be reached; the rows are written in the transaction of the act.

    messages.tell(dossier, Event.RESULT_READY, at=at, key=f"result_ready:{dossier.pk}:{version}")

A mobile number gets a text message, an address a mail. Whoever gave neither, or wants none, gets a row that says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from dossiers import message_texts, secrets
from dossiers.intake import PartyLine
from dossiers.issuing import REFUSAL_SERIES, SUPPLEMENT_SERIES, supplement_subject, token_address
from dossiers.message_texts import Event, Facts, Letter
from dossiers.models import Delivery, Dossier, MessageChoice, Outcome, PaperKind, Party, PhoneOwner, Refusal, SupplementRequest
from onestop.outbox import channels
from onestop.outbox.models import Channel, Why
from onestop.outbox.queue import note_withheld, queue, withhold
from onestop.staff.models import Agency

MOBILE = ("03", "05", "07", "08", "09")
# News that an event makes old: what still waits of it (queued at night, or tried again) is not sent any more.
_EARLIER = (Event.RECEIVED, Event.SUPPLEMENT, Event.PAYMENT, Event.RE_DATED, Event.WITHDRAWAL)
MAKES_OLD: dict[str, tuple[str, ...]] = {
    Event.RE_DATED: (Event.RE_DATED,),
    Event.RESULT_READY: _EARLIER,
    Event.IN_POST: (*_EARLIER, Event.RESULT_READY),
    Event.STOPPED: _EARLIER,
    Event.RETURNED: (*_EARLIER, Event.RESULT_READY, Event.IN_POST),
}


@dataclass(frozen=True, repr=False)
class Addressee:
    """How the filer can be reached; `wanted`: he did not ask to be left alone."""

    name: str
    phone: str = ""
    phone_owner: str = ""
    email: str = ""
    wanted: bool = True

    @property
    def mobile(self) -> str:
        """The number that text messages can go to, or ""."""
        return self.phone if self.phone.startswith(MOBILE) and self.phone_owner != PhoneOwner.NONE else ""

    @property
    def is_reachable(self) -> bool:
        return bool(self.mobile or self.email)


def addressee_of(person: Party | PartyLine, *, wanted: bool = True) -> Addressee:
    return Addressee(person.name, person.phone, person.phone_owner, person.email, wanted)


def tell(
    dossier: Dossier,
    event: str,
    *,
    at: datetime,
    key: str,
    filer: Party | None = None,
    due_at: datetime | None = None,
    by_day: date | None = None,
    amount: int | None = None,
    waybill: str = "",
) -> None:
    """Queue the message of `event` to whoever filed the dossier, in the transaction of the act.

    `key` names the occasion: told once under it, nothing is told again. `due_at` is the new promise, `by_day` the last day
    for an answer, `amount` in đồng. A `filer` given spares a query; it is one that can have chosen nothing yet.
    """
    if event == Event.RESULT_READY and _need_not_be_called(dossier):
        return
    subject = f"dossier:{dossier.pk}"
    if event in MAKES_OLD:
        withhold(subject, why=Why.REPLACED, events=MAKES_OLD[event])
    to = addressee_of(filer) if filer is not None else _filer_of(dossier)
    agency = dossier.agency
    facts = Facts(
        office=agency.name,
        code=dossier.code,
        phone=agency.hotline,
        link=link_to(dossier.code, dossier.secret_version),
        due_at=due_at,
        by_day=by_day,
        amount=amount,
        waybill=waybill,
        name=to.name,
        place=agency.address or agency.desk_name,
        desk=agency.desk_name,
        granted=dossier.outcome != Outcome.NOT_GRANTED,
    )
    _tell(agency, subject, event, to, facts, key=key, at=at)


def tell_before_acceptance(slip: SupplementRequest | Refusal, applicant: PartyLine, *, at: datetime) -> None:
    """Tell of a supplement slip or a refusal at the counter, if the applicant left a way to; there is no dossier yet."""
    to = addressee_of(applicant)
    if not to.is_reachable:
        return
    if isinstance(slip, SupplementRequest):
        kind, event, number = "supplement", Event.SUPPLEMENT, f"{slip.number:02d}/{SUPPLEMENT_SERIES}"
        link = link_of_slip(slip.agency_id, slip.year, slip.number)
    else:
        kind, event, number, link = "refusal", Event.DECLINED, f"{slip.number:02d}/{REFUSAL_SERIES}", ""
    agency = slip.agency
    facts = Facts(
        office=agency.name, code=number, phone=agency.hotline, link=link, name=to.name, desk=agency.desk_name, accepted=False
    )
    _tell(agency, f"{kind}:{slip.pk}", event, to, facts, key=f"{kind}:{slip.pk}:slip", at=at)


def take_back(dossier: Dossier) -> None:
    """Nothing that still waits is sent about a dossier that was struck out."""
    withhold(f"dossier:{dossier.pk}", why=Why.VOIDED)


def forget_change_of_date(dossier: Dossier) -> bool:
    """Whether a change of the appointment still waited to be sent, which it is not any more."""
    return withhold(f"dossier:{dossier.pk}", why=Why.REPLACED, events=(Event.RE_DATED,)) > 0


def forget_parcel(dossier: Dossier) -> None:
    """That the result is in the post is no news any more when the parcel has come back."""
    withhold(f"dossier:{dossier.pk}", why=Why.REPLACED, events=(Event.IN_POST,))


def forget_withdrawal(dossier: Dossier) -> None:
    """That somebody has asked for the dossier back is no news any more when he wants it to go on."""
    withhold(f"dossier:{dossier.pk}", why=Why.REPLACED, events=(Event.WITHDRAWAL,))


def _tell(agency: Agency, subject: str, event: str, to: Addressee, facts: Facts, *, key: str, at: datetime) -> None:
    about: dict[str, Any] = {"agency_id": agency.pk, "subject": subject, "event": event, "at": at}
    if not to.wanted or not to.is_reachable:
        why = Why.NO_ADDRESS if to.wanted else Why.OPT_OUT
        note_withheld(**about, key=f"{key}:{Channel.SMS}", channel=Channel.SMS, why=why)
        return
    for channel, recipient, letter in _written(event, to, facts):
        key_of_channel = f"{key}:{channel}"
        queue(**about, key=key_of_channel, channel=channel, recipient=recipient, text=letter.text, title=letter.title, html=letter.html)


def _written(event: str, to: Addressee, facts: Facts) -> Iterator[tuple[str, str, Letter]]:
    """(channel, recipient, what it says) for every channel that is on and leads to him."""
    is_neighbours = to.phone_owner == PhoneOwner.NEIGHBOUR
    if to.mobile and channels.is_on(Channel.SMS):
        yield Channel.SMS, to.mobile, Letter(message_texts.sms(event, facts, for_neighbour=is_neighbours))
    # A neighbour's Zalo would show him the button that opens the dossier.
    if to.mobile and channels.is_on(Channel.ZALO) and facts.link and not is_neighbours:
        yield Channel.ZALO, to.mobile, Letter(message_texts.zalo(event, facts))
    if to.email and channels.is_on(Channel.EMAIL):
        yield Channel.EMAIL, to.email, message_texts.mail(event, facts)


def _filer_of(dossier: Dossier) -> Addressee:
    """The filer and his choice, in one query."""
    choice = MessageChoice.objects.filter(dossier_id=OuterRef("dossier_id")).order_by("-id").values("wanted")[:1]
    filer = Party.objects.filter(dossier_id=dossier.pk, role="filer").annotate(wanted=Subquery(choice)).first()
    if filer is None:
        return Addressee(dossier.applicant_name)
    return addressee_of(filer, wanted=getattr(filer, "wanted", None) is not False)


def _need_not_be_called(dossier: Dossier) -> bool:
    """Whether the filer waits at the counter (due on the day of receipt, and no slip to come back with), or the post brings it."""
    if dossier.delivery == Delivery.POST:
        return True
    if dossier.due_at is None or timezone.localdate(dossier.due_at) != timezone.localdate(dossier.received_at):
        return False
    return not dossier.issued_papers.filter(kind=PaperKind.RECEIPT).exists()


# -- links -----------------------------------------------------------------------------------
def link_to(code: str, secret_version: int) -> str:
    """The address that opens a dossier to its citizen."""
    return token_address(secrets.token(code, secret_version))


def link_of_slip(agency_id: int, year: int, number: int) -> str:
    return token_address(secrets.token(supplement_subject(agency_id, year, number), 1))


def link_of_dossier(pk: int) -> str:
    """For the outbox, at the moment of sending: with the secret of that moment; "" for a voided dossier."""
    row = Dossier.objects.valid().filter(pk=pk).values_list("code", "secret_version").first()
    return link_to(*row) if row else ""


def link_of_supplement(pk: int) -> str:
    """The same for a supplement slip."""
    row = SupplementRequest.objects.filter(pk=pk).values_list("agency_id", "year", "number").first()
    return link_of_slip(*row) if row else ""
