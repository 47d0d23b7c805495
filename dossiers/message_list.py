"""The outbox as the desk reads it, and whom no message reaches; rows of finished text, numbers masked."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from dossiers.certification.kinds import LANE
from dossiers.issuing import REFUSAL_SERIES, SUPPLEMENT_SERIES
from dossiers.listing import PAGE_SIZE, Cursor, Lines, address_maker, read_cursor
from dossiers.message_texts import Event
from dossiers.messages import MOBILE
from dossiers.models import Dossier, MessageChoice, Party, PhoneOwner, Refusal, SupplementRequest
from dossiers.statuses import OPEN, READY
from onestop.outbox import channels
from onestop.outbox.failures import say_failure
from onestop.outbox.models import Channel, Message, State, Why
from onestop.outbox.texts import LINK, mask_recipient
from onestop.reading.dates import short_moment

# slug → words, states, what an empty list says
TABS = {
    "cho-gui": ("Chờ gửi", (State.WAITING, State.SENDING), "Không có tin nào chờ gửi."),
    "da-gui": ("Đã gửi", (State.SENT,), "Chưa gửi tin nào."),
    "khong-gui-duoc": ("Không gửi được", (State.FAILED,), "Không có tin nào bị lỗi."),
    "khong-gui": ("Không gửi", (State.WITHHELD,), "Không có tin nào bị giữ lại."),
}
FIRST_TAB = "cho-gui"
COUNTED = ("cho-gui", "khong-gui-duoc")


class Row(NamedTuple):
    """One message as the list shows it; `pk` of those that can be sent again, else 0."""

    address: str
    code: str
    event: str
    channel: str
    recipient: str
    made: str
    words: str
    colour: str
    detail: str
    text: str
    pk: int


class Page(NamedTuple):
    """Rows of a page, and the cursor of the next one ("" on the last)."""

    rows: list[Any]
    next: str


def counts(agency_id: int) -> dict[str, int]:
    """How many messages the tabs hold that somebody should look at. One query."""
    wanted = [state for slug in COUNTED for state in TABS[slug][1]]
    found = Message.objects.of_agency(agency_id).filter(state__in=wanted).order_by().values_list("state").annotate(Count("pk"))
    number = dict(found)
    return {slug: sum(number.get(state, 0) for state in TABS[slug][1]) for slug in COUNTED}


def messages_page(agency_id: int, tab: str, after: str, *, size: int = PAGE_SIZE) -> Page:
    """One page of a tab, newest first. Two queries, and one more for slips."""
    found = Message.objects.of_agency(agency_id).filter(state__in=TABS[tab][1]).select_related("resent_by").newest_first()
    cursor = read_cursor(after)
    if cursor is not None:
        found = found.filter(made_at__lte=cursor[0]).filter(TupleLessThan(Tuple("made_at", "id"), cursor))
    messages = list(found[: size + 1])
    more, messages = len(messages) > size, messages[:size]
    following = str(Cursor(messages[-1].made_at, messages[-1].pk)) if more else ""
    named = _names(messages)
    return Page([_row(message, *named.get(message.subject, ("", "Đã hủy"))) for message in messages], following)


def _names(messages: Iterable[Message]) -> dict[str, tuple[str, str]]:
    """(address, code) of what the messages are about."""
    numbers: dict[str, set[int]] = {}
    for message in messages:
        kind, _, number = message.subject.partition(":")
        numbers.setdefault(kind, set()).add(int(number) if number.isdigit() else 0)
    named, address = {}, address_maker()
    for pk, code in Dossier.objects.filter(pk__in=numbers.get("dossier", ())).values_list("pk", "code") if "dossier" in numbers else ():
        named[f"dossier:{pk}"] = address(code), code
    slips = (("supplement", SupplementRequest, SUPPLEMENT_SERIES), ("refusal", Refusal, REFUSAL_SERIES))
    for kind, model, series in slips:
        if kind in numbers:
            for slip in model.objects.filter(pk__in=numbers[kind]).prefetch_related("issued_papers"):
                paper = slip.issued_papers.all()[0] if slip.issued_papers.all() else None
                named[f"{kind}:{slip.pk}"] = reverse("dossiers:slip", args=[paper.pk]) if paper else "", f"{slip.number:02d}/{series}"
    return named


def _row(message: Message, address: str, code: str) -> Row:
    words, colour, detail = _stand(message)
    if message.resent_by is not None:
        detail = ". ".join(filter(None, [detail, f"{message.resent_by.full_name} gửi lại lúc {short_moment(message.resent_at)}"]))
    return Row(
        address=address,
        code=code,
        event=str(Event(message.event).label) if message.event in Event.values else message.event,
        channel=str(Channel(message.channel).label),
        recipient=mask_recipient(message.recipient),
        made=short_moment(message.made_at),
        words=words,
        colour=colour,
        detail=detail,
        text=message.text.replace(LINK, "(đường dẫn mở hồ sơ)"),
        pk=message.pk if message.state == State.FAILED and message.blanked_at is None else 0,
    )


def _stand(message: Message) -> tuple[str, str, str]:
    """Words and colour of the tag, and what there is to say beside it."""
    if message.state == State.SENT:
        if message.backend in {channels.PAGE, channels.FILE}:
            return "Đã ghi vào hộp tin", "grey", short_moment(message.sent_at)
        return "Đã gửi", "green", short_moment(message.sent_at)
    if message.state == State.FAILED:
        return "Không gửi được", "red", say_failure(message.last_error)
    if message.state == State.WITHHELD:
        return "Không gửi", "grey", str(Why(message.why_withheld).label)
    if message.attempts and message.state == State.WAITING:
        again = f"Đã thử {message.attempts} lần, gửi lại lúc {short_moment(message.next_at)}"
        return "Chờ gửi", "amber", ". ".join(filter(None, [say_failure(message.last_error), again]))
    return str(State(message.state).label), "blue", ""


# -- whom no message reaches -------------------------------------------------------------------
CALL = "Gọi điện thoại."
CALL_OR_ASK = "Gọi điện thoại; không được thì nhờ trưởng ấp báo."
ASK_OR_WRITE = "Nhờ trưởng ấp báo, hoặc gửi thư theo địa chỉ trong hồ sơ."


class Unreached(NamedTuple):
    """One dossier whose filer no message reaches."""

    address: str
    code: str
    name: str
    status: str
    colour: str
    due: str
    why: str
    phone: str
    to_do: str


def unreached(agency_id: int) -> QuerySet:
    """Filers of the agency's open or ready dossiers who left no mobile number and no mail, or whose last message died.

    Not those who want no messages: they know.
    """
    subject = Concat(Value("dossier:"), Cast(OuterRef("dossier_id"), CharField()))
    last = Message.objects.filter(subject=subject).exclude(state=State.WITHHELD).order_by("-id")
    choice = MessageChoice.objects.filter(dossier_id=OuterRef("dossier_id")).order_by("-id").values("wanted")[:1]
    stands = Q(dossier__status__in=sorted(OPEN | READY), dossier__voided_at__isnull=True) & ~Q(dossier__lane=LANE)
    return (
        Party.objects.filter(stands, agency_id=agency_id, role="filer")
        .annotate(wanted=Subquery(choice), last=Subquery(last.values("state")[:1]), last_error=Subquery(last.values("last_error")[:1]))
        .filter(Q(wanted__isnull=True) | Q(wanted=True))
        .filter((Q(email="") & ~_has_mobile()) | Q(last=State.FAILED))
    )


def _has_mobile() -> Q:
    starts = Q()
    for start in MOBILE:
        starts |= Q(phone__startswith=start)
    return starts & ~Q(phone_owner=PhoneOwner.NONE)


def unreached_page(agency_id: int, after: str, lines: Lines, *, size: int = PAGE_SIZE) -> Page:
    """One page, the newest dossiers first. One query."""
    found = unreached(agency_id)
    cursor = read_cursor(after)
    if cursor is not None:
        found = found.filter(TupleLessThan(Tuple("dossier__received_at", "dossier_id"), cursor))
    columns = ("dossier_id", "dossier__received_at", "dossier__code", "dossier__applicant_name", "dossier__status", "dossier__due_at")
    more_columns = ("dossier__signed_at", "phone", "email", "phone_owner", "last", "last_error")
    rows = list(found.order_by("-dossier__received_at", "-dossier_id").values_list(*columns, *more_columns)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    address = address_maker()
    made = []
    for _, _, code, name, status, due, signed, phone, email, owner, last, last_error in rows:
        words, colour, *_ = lines.tags(status, None, None, None, signed, None)
        why, number, to_do = _advice(phone, email, owner, last, last_error)
        made.append(Unreached(address(code), code, lines.name(name), words, colour, short_moment(due), why, number, to_do))
    return Page(made, str(Cursor(rows[-1][1], rows[-1][0])) if more else "")


def _advice(phone: str, email: str, owner: str, last: str | None, last_error: str | None) -> tuple[str, str, str]:
    """Why no message reaches him, his number masked, and what to do."""
    number = mask_recipient(phone) if owner != PhoneOwner.NONE else ""
    if last == State.FAILED:
        why = say_failure(last_error or "") or "Tin không gửi được"
        return why, number, CALL_OR_ASK if number else ASK_OR_WRITE
    if number:
        return "Chỉ có máy bàn, không nhận được tin nhắn", number, CALL
    return "Không có điện thoại, thư điện tử", "", ASK_OR_WRITE

