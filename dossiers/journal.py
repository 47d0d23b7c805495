"""The history of one dossier in words: what was done to it, and who looked at it. Keyset paging by the number of the entry."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from dossiers.lifecycle.ending import APPLICANT
from dossiers.listing import PAGE_SIZE
from dossiers.models import (
    ApologyLetter,
    AskedHow,
    CollectedBy,
    ConsentKind,
    ConsultationKind,
    Dossier,
    ExtensionKind,
    LetterKind,
    LetterState,
    PauseKind,
    RemindedHow,
    SignOffKind,
    StopKind,
)
from dossiers.places import is_for_another
from dossiers.statuses import Act, Status
from onestop.history.models import AccessEntry, AccessKind, Event
from onestop.history.record import short_hash
from onestop.reading.dates import short_moment
from onestop.reading.money import show_money
from onestop.staff.models import User
from onestop.staff.roles import say_roles

SYSTEM, THE_APPLICANT = "Hệ thống", "Người nộp hồ sơ"
# Facts that name a person: the receiver, the signer, and those of a dossier that is reassigned, confirmed for another, or missed.
PASSING = {"was_with": "giấy tờ trước ở {}", "in_place_of": "thay {}", "given_back_to": "trả về {}"}
PEOPLE = ("to", "signer", *PASSING)
FIELDS = {
    "phone": "điện thoại",
    "phone_owner": "điện thoại của ai",
    "email": "email",
    "address": "địa chỉ",
    "delivery": "cách nhận kết quả",
    "delivery_address": "nơi gửi kết quả",
    "staff_note": "ghi chú",
}


class JournalPage(NamedTuple):
    """Rows of finished text, and the number after which the next page begins ("" on the last)."""

    rows: list[tuple]
    next: str


def acts_of(dossier: Dossier, after: str = "") -> JournalPage:
    """(when, act, facts, who, in which role, short hash) of the events of the dossier and its letters. Three queries."""
    letters = ApologyLetter.objects.filter(dossier=dossier).values_list("pk", flat=True)
    subjects = [f"dossier:{dossier.pk}", *(f"letter:{pk}" for pk in letters)]
    events, key = Event.objects.filter(agency_id=dossier.agency_id, subject__in=subjects), "seq"
    if is_for_another(dossier):
        # Its letters stand in the chain of whoever signs them, so that the numbers of one chain tell no order.
        events, key = Event.objects.filter(agency_id__in={dossier.agency_id, dossier.competent_agency_id}, subject__in=subjects), "pk"
    found, following = _page(events.order_by(f"-{key}"), key, after)
    people = _names(pk for event in found for pk in (event.actor_id, *(event.facts.get(name) for name in PEOPLE)))
    rows = [
        (short_moment(event.at), _act(event.act), _facts(event.facts, people), *_who(event, people), short_hash(event)) for event in found
    ]
    return JournalPage(rows, following)


def views_of(dossier: Dossier, after: str = "") -> JournalPage:
    """(when, kind, detail, who, in which role, from where) of those who looked. Two queries."""
    entries = AccessEntry.objects.filter(subject=f"dossier:{dossier.pk}").order_by("-id")
    found, following = _page(entries, "id", after)
    people = _names(entry.actor_id for entry in found)
    rows = [
        (short_moment(entry.at), str(AccessKind(entry.kind).label), entry.detail, *_who(entry, people), entry.address) for entry in found
    ]
    return JournalPage(rows, following)


def _page(entries: QuerySet, key: str, after: str) -> tuple[list[Any], str]:
    if after.isascii() and after.isdigit() and len(after) < 19:
        entries = entries.filter(**{f"{key}__lt": int(after)})
    found = list(entries[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    return found, str(getattr(found[-1], key)) if more else ""


def _names(ids: Iterable[Any]) -> dict[int, str]:
    wanted = {pk for pk in ids if pk}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "full_name")) if wanted else {}


def _who(entry: Event | AccessEntry, people: dict[int, str]) -> tuple[str, str]:
    if entry.actor_id is None:
        return (THE_APPLICANT if entry.role == APPLICANT else SYSTEM), ""
    return people.get(entry.actor_id, f"tài khoản {entry.actor_id}"), say_roles(entry.role.split(","))


def _act(act: str) -> str:
    return str(Act(act).label) if act in Act.values else act


def _facts(facts: dict[str, Any], people: dict[int, str]) -> str:
    """What the event says about itself, in words; a fact of a kind that is not known here is left to the event."""
    said = []
    if facts.get("status") in Status.values:
        said.append(f"trạng thái: {Status(facts['status']).label}")
    if facts.get("to"):
        said.append(f"cho {people.get(facts['to'], facts['to'])}")
    for name, words in PASSING.items():
        if facts.get(name):
            said.append(words.format(people.get(facts[name], facts[name])))
    if facts.get("list"):
        said.append(f"danh sách số {facts['list']}")
    if facts.get("signer"):
        said.append(f"người ký: {people.get(facts['signer'], facts['signer'])}")
    if facts.get("kind") in SignOffKind.values:
        said.append(SignOffKind(facts["kind"]).label.lower())
    if facts.get("result"):
        said.append(f"bản {facts['result']}")
    if facts.get("collected_by") in CollectedBy.values:
        said.append(f"người nhận: {CollectedBy(facts['collected_by']).label.lower()}")
    if facts.get("slip_lost"):
        said.append("mất giấy hẹn")
    if facts.get("fields"):
        said.append("sửa: " + ", ".join(FIELDS.get(name, name) for name in facts["fields"]))
    if facts.get("register"):
        said.append(f"vào sổ {facts['register']}")
    return "; ".join([*said, *_pause_facts(facts), *_letter_facts(facts), *_ending_facts(facts), *_question_facts(facts)])


def _ending_facts(facts: dict[str, Any]) -> Iterator[str]:
    """How a dossier was asked back or stopped, and from which procedure to which it went."""
    if facts.get("how") in AskedHow.values and facts.get("withdrawal"):
        yield AskedHow(facts["how"]).label.lower()
    if facts.get("stop") in StopKind.values:
        yield f"{StopKind(facts['stop']).label.lower()}, thông báo số {facts.get('number')}"
    if facts.get("from_procedure"):
        yield f"từ thủ tục {facts['from_procedure']} sang {facts.get('to_procedure')}"
        yield "hẹn lại" if facts.get("promised_anew") else "giữ ngày đã hẹn"
        if facts.get("missing"):
            yield f"còn thiếu {facts['missing']} giấy tờ"


def _question_facts(facts: dict[str, Any]) -> Iterator[str]:
    """Which question to another agency, whether waiting for it stops the clock, and whether its answer was late."""
    if not facts.get("consultation"):
        return
    kind = ConsultationKind(facts["kind"]).label.lower() if facts.get("kind") in ConsultationKind.values else "yêu cầu"
    yield f"{kind} lần {facts['consultation']}"
    if facts.get("how") in RemindedHow.values:
        yield f"nhắc bằng {RemindedHow(facts['how']).label.lower()}"
    if facts.get("stops"):
        yield "thời gian chờ không tính vào thời hạn"
    if facts.get("late"):
        yield "trả lời quá hạn"


def _pause_facts(facts: dict[str, Any]) -> Iterator[str]:
    """What stopped the clock or gave it more time."""
    if facts.get("pause") in PauseKind.values:
        yield PauseKind(facts["pause"]).label.lower()
    if facts.get("pause") and facts.get("late"):
        yield "bắt đầu khi đã quá hạn"
    if facts.get("ordinal"):
        yield f"lần {facts['ordinal']}"
    if facts.get("pause") and facts.get("items"):
        yield f"{facts['items']} giấy tờ"
    if facts.get("pause") and facts.get("amount"):
        yield show_money(facts["amount"])
    if facts.get("consent") in ConsentKind.values:
        yield ConsentKind(facts["consent"]).label.lower()
    if facts.get("extension") in ExtensionKind.values:
        yield f"{ExtensionKind(facts['extension']).label.lower()}, thêm {facts.get('extra', '')}"


def _letter_facts(facts: dict[str, Any]) -> Iterator[str]:
    """Which letter of apology, how far it has come, and the date that it promises."""
    if facts.get("letter") in LetterKind.values:
        yield f"xin lỗi: {LetterKind(facts['letter']).label.lower()}"
    if facts.get("letter") and facts.get("state") in LetterState.values:
        yield LetterState(facts["state"]).label.lower()
    if facts.get("letter") and facts.get("number"):
        yield f"số {facts['number']}"
    if facts.get("letter") and (moment := _moment(facts.get("new_due_at"))):
        yield f"hẹn lại {short_moment(moment)}"


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
