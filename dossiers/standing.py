"""What the rows around a dossier allow now: pauses, requests, consents, extensions. Asked for once by a page.

The lifecycle judges again, under the lock, when the act is done; this says beforehand what it would say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Subquery, prefetch_related_objects

from dossiers.models import Consent, ConsentKind, Consultation, Delivery, Dossier, Extension, ExtensionKind, Pause, PauseKind
from dossiers.statuses import IN_WORK, MOVES, Act
from onestop.worktime.limits import TimeLimit, Unit
from procedures.limits import chosen_limit, limit_for

# What waits until a suspension is lifted; the other pauses are statuses, which the table of moves knows.
LIES_STILL = frozenset({Act.HAND_OVER, Act.SUBMIT, Act.ISSUE_RESULT, Act.EXTEND, Act.RECLASSIFY})
ABOUT_A_QUESTION = frozenset({Act.REMIND, Act.RECORD_ANSWER, Act.CANCEL_CONSULTATION})
PAUSING = frozenset({Act.REQUEST_SUPPLEMENT, Act.REQUEST_PAYMENT, Act.SUSPEND})
# NĐ 63/2010 Điều 20.4.
MOST_SUPPLEMENTS = 2


@dataclass(frozen=True)
class Standing:
    """How a dossier stands. `pause`: kind of the open pause; `consents`: given and not used yet; `verification`: the
    time that the procedure publishes for verifying facts, 0 for none; `consulted`: a question to another agency is open."""

    late: bool = False
    in_work: bool = False
    pause: str = ""
    supplements: int = 0
    consents: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()
    limit: TimeLimit | None = None
    verification: int = 0
    consulted: bool = False

    @property
    def consents_needed(self) -> list[ConsentKind]:
        """What a person could only do with a leader's written cause, and has none for."""
        if not self.in_work or self.pause:
            return []
        needed = {ConsentKind.SECOND_SUPPLEMENT: self.supplements == 1, ConsentKind.LATE_PAUSE: self.late}
        return [kind for kind, asked in needed.items() if asked and kind not in self.consents]

    def extensions(self, *, decides: bool) -> list[ExtensionKind]:
        """The ways of extending that are left; `decides`: the person is a leader, whom a decision takes."""
        if self.limit is None or self.limit.unit == Unit.IMMEDIATE:
            return []
        open_to = {ExtensionKind.VERIFICATION: self.verification > 0, ExtensionKind.DECISION: decides}
        return [kind for kind, possible in open_to.items() if possible and kind not in self.extended]


def standing_of(dossier: Dossier, now: datetime) -> Standing:
    """One query, and one for the limit of a dossier that could be extended."""
    of_dossier = {"dossier": OuterRef("pk")}
    unused = Consent.objects.filter(pause__isnull=True, **of_dossier)
    pause, supplements, late_agreed, second_agreed, verified, decided, consulted = (
        Dossier.objects.filter(pk=dossier.pk)
        .annotate(requests=Count("supplement_requests"))
        .values_list(
            Subquery(Pause.objects.filter(ended_at__isnull=True, **of_dossier).values("kind")[:1]),
            "requests",
            Exists(unused.filter(kind=ConsentKind.LATE_PAUSE)),
            Exists(unused.filter(kind=ConsentKind.SECOND_SUPPLEMENT)),
            Exists(Extension.objects.filter(kind=ExtensionKind.VERIFICATION, **of_dossier)),
            Exists(Extension.objects.filter(kind=ExtensionKind.DECISION, **of_dossier)),
            Exists(Consultation.objects.filter(answered_at__isnull=True, cancelled_at__isnull=True, **of_dossier)),
        )
        .get()
    )
    consents = {ConsentKind.LATE_PAUSE: late_agreed, ConsentKind.SECOND_SUPPLEMENT: second_agreed}
    extended = {ExtensionKind.VERIFICATION: verified, ExtensionKind.DECISION: decided}
    return standing_from(
        dossier,
        now,
        pause=pause or "",
        supplements=supplements,
        consents=(kind for kind, given in consents.items() if given),
        extended=(kind for kind, done in extended.items() if done),
        consulted=consulted,
    )


def standing_from(
    dossier: Dossier,
    now: datetime,
    *,
    pause: str,
    supplements: int,
    consents: Iterable[str],
    extended: Iterable[str],
    consulted: bool,
) -> Standing:
    """The same where a page has fetched the rows already; asks only for the limit of a dossier that could be extended."""
    limit, verification = None, 0
    if dossier.status in MOVES[Act.EXTEND].start and dossier.signed_at is None:
        prefetch_related_objects([dossier.version], "limits")
        limit = limit_for(dossier.version, dossier.case, dossier.channel)
        published = chosen_limit(dossier.version.limits.all(), dossier.case_id, dossier.channel)
        verification = (published.extra_value if published else 0) or 0
    return Standing(
        late=dossier.due_at is not None and now > dossier.due_at,
        in_work=dossier.status in IN_WORK and dossier.signed_at is None and dossier.voided_at is None,
        pause=pause,
        supplements=supplements,
        consents=frozenset(consents),
        extended=frozenset(extended),
        limit=limit,
        verification=verification,
        consulted=consulted,
    )


def hindrance(act: Act, dossier: Dossier, standing: Standing, *, decides: bool) -> str:
    """The sentence that says why the act is not possible now, or "". A consent that is wanting hinders nothing here:
    the page says so before anything is typed."""
    if act in {Act.HAND_OVER, Act.SUBMIT} and dossier.signed_at is not None:
        return "Kết quả đã ký, chờ phát hành."
    if act == Act.ISSUE_RESULT and dossier.signed_at is None:
        return "Chưa ký thì chưa phát hành được."
    if act in LIES_STILL and standing.pause == PauseKind.SUSPENSION:
        return "Hồ sơ đang tạm đình chỉ. Chỉ lãnh đạo cho giải quyết tiếp."
    if act in {Act.REQUEST_WITHDRAWAL, Act.RECLASSIFY} and dossier.signed_at is not None:
        return "Kết quả đã ký, không rút và không chuyển thủ tục được nữa."
    if act == Act.POST_RESULT:
        return not_by_post(dossier)
    if act in PAUSING:
        return _no_pause(act, dossier, standing)
    if act == Act.CONSULT:
        return _no_question(dossier, standing)
    if act in ABOUT_A_QUESTION and not standing.consulted:
        return "Không có cơ quan nào đang được hỏi."
    if act == Act.RESUME and standing.pause != PauseKind.SUSPENSION:
        return "Hồ sơ không đang tạm đình chỉ."
    if act == Act.CONSENT and not standing.consents_needed:
        return "Không có việc nào đang cần lãnh đạo đồng ý."
    if act == Act.EXTEND:
        return _no_extension(dossier, standing, decides=decides)
    return ""


def not_by_post(dossier: Dossier) -> str:
    if dossier.delivery == Delivery.POST:
        return ""
    return "Hồ sơ không hẹn gửi kết quả qua bưu điện. Người dân muốn gửi thì “Sửa thông tin”, ghi nơi gửi, rồi gửi."


def _no_pause(act: Act, dossier: Dossier, standing: Standing) -> str:
    if dossier.signed_at is not None:
        return "Kết quả đã ký, chờ phát hành; không tạm dừng nữa."
    if standing.pause:
        return "Hồ sơ đang tạm dừng. Kết thúc lần tạm dừng này trước."
    if act == Act.REQUEST_SUPPLEMENT and standing.supplements >= MOST_SUPPLEMENTS:
        return "Đã yêu cầu bổ sung hai lần. Không được yêu cầu lần thứ ba (Nghị định 63/2010, Điều 20)."
    return ""


def _no_question(dossier: Dossier, standing: Standing) -> str:
    if dossier.signed_at is not None:
        return "Kết quả đã ký, chờ phát hành; không lấy ý kiến nữa."
    if standing.pause and standing.pause != PauseKind.OTHER_AGENCY:
        return "Hồ sơ đang tạm dừng. Kết thúc lần tạm dừng này trước."
    return ""


def _no_extension(dossier: Dossier, standing: Standing, *, decides: bool) -> str:
    if dossier.signed_at is not None:
        return "Kết quả đã ký, chờ phát hành; không gia hạn nữa."
    if dossier.due_at is None:
        return "Hồ sơ đang tạm dừng, chưa có hạn để gia hạn."
    if standing.late:
        return "Hồ sơ đã quá hạn, không gia hạn được nữa. Lập văn bản xin lỗi và hẹn lại."
    if standing.limit is not None and standing.limit.unit == Unit.IMMEDIATE:
        return "Việc trả trong ngày không gia hạn. Không kịp thì lập văn bản xin lỗi và hẹn lại."
    if not standing.extensions(decides=decides):
        return "Không còn cách gia hạn nào: mỗi cách một lần, và chỉ lãnh đạo quyết định gia hạn."
    return ""
