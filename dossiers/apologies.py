"""The letters of apology of an office, as its people see them: the list, and what one letter is about."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from dossiers import lifecycle
from dossiers.causes import CAUSES
from dossiers.desks import desk_of
from dossiers.drafting import proposed_date
from dossiers.listing import procedure_labels
from dossiers.models import SIGNED_STATES, ApologyLetter, Consultation, Dossier, LetterKind, LetterState, PauseKind
from dossiers.promises import open_pause
from dossiers.statuses import Status
from onestop.reading.dates import short_moment
from onestop.staff.models import User
from onestop.staff.roles import Role

TO_PREPARE, TO_SIGN, SENT, CLOSED = "can-soan", "cho-ky", "da-gui", "rut-bo"
TABS = {TO_PREPARE: "Cần soạn", TO_SIGN: "Chờ ký", SENT: "Đã ký, đã gửi", CLOSED: "Tự rút, không gửi"}
# Where the leader signs result and letter together and nobody has prepared the letter.
WAITED_FOR_SIGNATURE = "signature"
OTHER_AGENCY = "other_agency"
# Who sees the letters of the whole office; the others those of the dossiers that they hold or received.
SEE_ALL = (Role.MANAGER, Role.LEADER, Role.HEAD)

STATE_TAGS = {
    LetterState.DRAFTED: ("Chưa soạn", "amber"),
    LetterState.SIGNED: ("Đã ký, đang phát hành", "purple"),
    LetterState.ISSUED: ("Đã phát hành, chưa gửi", "amber"),
    LetterState.SENT: ("Đã gửi", "green"),
    LetterState.RETRACTED: ("Tự rút", "grey"),
    LetterState.WAIVED: ("Không gửi", "grey"),
}
PREPARED = ("Chờ ký", "purple")


def tag_of(letter: ApologyLetter) -> tuple[str, str]:
    """Words and colour of where a letter stands."""
    if letter.state == LetterState.DRAFTED and letter.prepared_at is not None:
        return PREPARED
    return STATE_TAGS[LetterState(letter.state)]


def letters_for(user: User) -> QuerySet[ApologyLetter]:
    """The letters that this person's list shows."""
    letters = ApologyLetter.objects.filter(agency_id=user.agency_id, dossier__voided_at__isnull=True)
    if user.has_role(*SEE_ALL):
        return letters
    return letters.filter(Q(dossier__holder=user) | Q(dossier__received_by=user))


def of_tab(letters: QuerySet[ApologyLetter], tab: str) -> QuerySet[ApologyLetter]:
    """What still has to be done in the order of its promise; what is done, the latest first."""
    drafted = letters.filter(state=LetterState.DRAFTED)
    if tab == TO_PREPARE:
        return drafted.filter(prepared_at__isnull=True).order_by("missed__due_at", "id")
    if tab == TO_SIGN:
        return drafted.filter(prepared_at__isnull=False).order_by("missed__due_at", "id")
    if tab == SENT:
        return letters.filter(state__in=SIGNED_STATES).order_by("-signed_at", "-id")
    return letters.filter(state__in=[LetterState.RETRACTED, LetterState.WAIVED]).order_by("-closed_at", "-id")


@dataclass(frozen=True)
class Row:
    """A letter in the list, in finished words."""

    letter: ApologyLetter
    procedure: str
    missed: str
    is_missed: bool
    new_date: str
    tag: tuple[str, str]
    cause: str

    @property
    def dossier(self) -> Dossier:
        return self.letter.dossier


def rows(letters: QuerySet[ApologyLetter], *, now: datetime, most: int) -> list[Row]:
    """At most `most` + 1 letters, so that the caller sees whether there are more. One query."""
    label = procedure_labels()
    related = ("dossier__holder", "missed", "prepared_by", "signer", "closed_by")
    return [
        Row(
            letter=letter,
            procedure=label(letter.dossier.procedure_id),
            missed=short_moment(letter.missed.due_at) if letter.missed else "",
            is_missed=letter.missed is not None and letter.missed.due_at < now,
            new_date=short_moment(letter.new_due_at),
            tag=tag_of(letter),
            cause=CAUSES[letter.cause].label if letter.cause in CAUSES else "",
        )
        for letter in letters.select_related(*related)[: most + 1]
    ]


def letter_of(dossier: Dossier, number: str) -> ApologyLetter | None:
    """The letter of this number; without one the letter that is still open, else the latest. None when there is none."""
    letters = dossier.letters.select_related("missed", "prepared_by", "signer", "closed_by", "paper", "delegation").order_by("id")
    if number:
        return letters.filter(pk=number).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    return letters.filter(state=LetterState.DRAFTED).last() or letters.last()


def may_be_late(dossier: Dossier) -> bool:
    """Whether a letter about lateness can be begun: the present promise is missed, or can still be, and has none yet."""
    promise = dossier.appointments.order_by("seq").last()
    if promise is None or not lifecycle.misses(dossier, promise):
        return False
    return not dossier.letters.filter(missed=promise).exclude(state=LetterState.RETRACTED).exists()


def letter_with_result(dossier: Dossier, *, now: datetime) -> ApologyLetter | None:
    """The letter (not saved) as it would read when it is signed with the result now; None when it is settled or not needed."""
    promise = dossier.appointments.order_by("seq").last()
    if promise is None or dossier.status != Status.AWAITING_SIGNATURE:
        return None
    kept = ApologyLetter.objects.filter(missed=promise).exclude(state=LetterState.RETRACTED).first()
    if kept is not None and kept.state != LetterState.DRAFTED:
        return None
    letter = kept or ApologyLetter(agency=dossier.competent_agency, dossier=dossier, missed=promise)
    if letter.prepared_at is None:
        letter.cause_words = CAUSES[WAITED_FOR_SIGNATURE].words
        letter.nothing_more = lifecycle.owes_nothing(dossier)
    if promise.due_at < now:
        letter.new_due_at = None
    elif letter.new_due_at is None:
        letter.new_due_at = proposed_date(promise.due_at, desk_of(dossier.competent_agency_id), now=now)
    return letter


def where_it_stands(dossier: Dossier) -> str:
    """Words to begin with for "where the dossier stands now"; no name of a person."""
    pause = open_pause(dossier)
    if pause is not None:
        waits = {PauseKind.SUPPLEMENT: "đang chờ bổ sung giấy tờ", PauseKind.PAYMENT: "đang chờ nộp phí, lệ phí"}
        if pause.kind == PauseKind.OTHER_AGENCY:
            return f"đang chờ {_asked(dossier)} trả lời"
        return waits.get(PauseKind(pause.kind), "đang tạm đình chỉ giải quyết")
    return {
        Status.RECEIVED: "đang ở bộ phận tiếp nhận, chờ chuyển người giải quyết",
        Status.PROCESSING: "đang được người phụ trách giải quyết",
        Status.WITH_OTHER_AGENCY: f"đang chờ {_asked(dossier)} trả lời",
        Status.AWAITING_SIGNATURE: "đã có dự thảo kết quả, đang chờ lãnh đạo ký",
    }.get(Status(dossier.status), "")


def _asked(dossier: Dossier) -> str:
    """Whose answers are awaited; "cơ quan khác" where nobody was asked in the system."""
    return ", ".join(_unanswered(dossier).values_list("other_name", flat=True)) or "cơ quan khác"


def _unanswered(dossier: Dossier) -> QuerySet[Consultation]:
    return dossier.consultations.filter(answered_at__isnull=True, cancelled_at__isnull=True).order_by("seq")


def suggested_cause(dossier: Dossier, *, now: datetime) -> str:
    """The cause that a letter begins with: another agency that did not answer in its time, else none ("")."""
    too_late = Q(answered_at__isnull=True, answer_due_at__lt=now) | Q(answered_at__gt=F("answer_due_at"))
    return OTHER_AGENCY if dossier.consultations.filter(too_late, cancelled_at__isnull=True).exists() else ""


def kind_words(letter: ApologyLetter) -> str:
    return str(LetterKind(letter.kind).label)
