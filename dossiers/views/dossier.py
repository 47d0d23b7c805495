"""The page of one dossier, and its history."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dossiers.certification.kinds import LANE
from dossiers.ending_words import ending_of, unanswered_pause
from dossiers.journal import acts_of, views_of
from dossiers.listing import Lines
from dossiers.models import Dossier
from dossiers.parts import say_standing
from dossiers.places import is_for_another, say_place, say_supplement
from dossiers.rules import READERS, acts_for, get_dossier_for, is_signer, sees_personal_data
from dossiers.sheet import Sheet, sheet_of
from dossiers.sign_rights import right_for
from dossiers.statuses import DESK, MAY_SIGN, Act, Status
from dossiers.timeliness import LOCAL
from dossiers.transfers import is_to_be_sent
from dossiers.views.certified import entries_shown
from dossiers.views.papers import dossier_with_names
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.reading import Unreadable
from onestop.reading.codes import canonical_dossier_code
from onestop.reading.dates import say_moment, short_moment
from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.worktime.store import calendar_in_force
from procedures.workflows import steps_of

REVEALED = "revealed"
REVEAL_LASTS = timedelta(minutes=5)
LOG_READERS = (Role.MANAGER, Role.HEAD, Role.AUDITOR)


@dataclass(frozen=True)
class Step:
    """Something the reader can do next: an address, its words, and whether it is the one main act."""

    address: str
    words: str
    is_main: bool = False


# The acts in the order in which the first one that fits is what this person should do now.
MAIN = (
    Act.TAKE_OVER,
    Act.SIGN_OFF,
    Act.ISSUE_RESULT,
    # Possible only where the slip says that it goes by post.
    Act.POST_RESULT,
    Act.CONFIRM_DELIVERY,
    Act.RETURN_RESULT,
    Act.ACCEPT_SUPPLEMENT,
    Act.CONFIRM_PAYMENT,
    Act.GRANT_WITHDRAWAL,
    Act.RECORD_ANSWER,
    Act.SUBMIT,
    Act.HAND_OVER,
)
ADDRESS_OF = {
    Act.ACCEPT_SUPPLEMENT: ("dossiers:accept_supplement", "Nhận giấy tờ bổ sung"),
    Act.CONFIRM_PAYMENT: ("dossiers:confirm_payment", "Xác nhận đã nộp tiền"),
    Act.REQUEST_SUPPLEMENT: ("dossiers:ask_for_supplement", "Yêu cầu bổ sung"),
    Act.REQUEST_PAYMENT: ("dossiers:request_payment", "Yêu cầu nộp tiền"),
    Act.RECORD_ANSWER: ("dossiers:consultation", "Ghi trả lời của cơ quan khác"),
    Act.CONSULT: ("dossiers:consult", "Lấy ý kiến cơ quan khác"),
    Act.EXTEND: ("dossiers:extend", "Gia hạn"),
    Act.CONSENT: ("dossiers:consent", "Lãnh đạo đồng ý"),
    Act.SUSPEND: ("dossiers:suspend", "Tạm đình chỉ"),
    Act.RESUME: ("dossiers:resume", "Giải quyết tiếp"),
    Act.GRANT_WITHDRAWAL: ("dossiers:give_up", "Trả giấy tờ, cho rút"),
    Act.TAKE_BACK_WITHDRAWAL: ("dossiers:keep_on", "Người nộp thôi rút"),
    Act.AMEND: ("dossiers:amend", "Sửa thông tin"),
    Act.HAND_OVER: ("dossiers:hand_over", "Bàn giao"),
    Act.TAKE_OVER: ("dossiers:take_over", "Nhận hồ sơ"),
    Act.REASSIGN: ("dossiers:reassign", "Phân công lại"),
    Act.SUBMIT: ("dossiers:submit", "Trình ký"),
    Act.SIGN_OFF: ("dossiers:sign", "Xem và ký"),
    Act.ISSUE_RESULT: ("dossiers:issue", "Phát hành kết quả"),
    Act.RETURN_RESULT: ("dossiers:give_back", "Trả kết quả"),
    Act.POST_RESULT: ("dossiers:post", "Gửi bưu điện"),
    Act.CONFIRM_DELIVERY: ("dossiers:delivered", "Bưu điện đã phát"),
    Act.PARCEL_BACK: ("dossiers:parcel_back", "Bưu gửi chuyển hoàn"),
    Act.RETURN_FOR_CORRECTION: ("dossiers:correct", "Nhận lại để sửa"),
    Act.RECLASSIFY: ("dossiers:reclassify", "Chuyển thủ tục"),
    Act.REQUEST_WITHDRAWAL: ("dossiers:withdraw", "Ghi đơn xin rút"),
    Act.STOP: ("dossiers:stop", "Dừng giải quyết"),
    Act.DRAFT_LETTER: ("dossiers:apology", "Văn bản xin lỗi"),
    Act.VOID: ("dossiers:void", "Hủy hồ sơ nhập nhầm"),
    Act.CHOOSE_MESSAGES: ("dossiers:message_choice", "Nhận tin nhắn"),
    Act.NEW_SECRET: ("dossiers:new_secret", "Cấp lại giấy hẹn"),
}


def next_steps(user, dossier: Dossier, sheet: Sheet, *, unanswered: bool = False) -> list[Step]:
    """What this person can do with the dossier, the main act first; there is one at most.

    `unanswered`: the citizen's time for an answer is over.
    """
    possible = set(acts_for(user, dossier, sheet.standing, delegated=_signs_by_decision(user, dossier))) & set(ADDRESS_OF)
    if sheet.waiting_for != user.pk:
        possible.discard(Act.TAKE_OVER)
    if dossier.holder_id in {None, user.pk} or dossier.signed_at is not None:
        # What lies with oneself is handed over.
        possible.discard(Act.REASSIGN)
    main = [act for act in _order_of_work(user, dossier) if act in possible][:1]
    rest = [act for act in ADDRESS_OF if act in possible and act not in main]
    steps = [_step(act, dossier, sheet, is_main=act in main, unanswered=unanswered) for act in main + rest]
    if is_for_another(dossier) and is_to_be_sent(user, dossier):
        # Before anything else the papers have to travel.
        other = dossier.competent_agency if user.agency_id == dossier.agency_id else dossier.agency
        return [Step(reverse("dossiers:transfers"), f"Gửi {other.name}", True), *(replace(step, is_main=False) for step in steps)]
    return steps


def _signs_by_decision(user, dossier: Dossier) -> bool:
    """Whether somebody who is no leader may sign this result today; asked only while it waits for a signature."""
    if dossier.status != Status.AWAITING_SIGNATURE or is_signer(user) or not user.has_role(*MAY_SIGN):
        return False
    return right_for(user, dossier, timezone.localdate()) is not None


def _order_of_work(user, dossier: Dossier) -> tuple[Act, ...]:
    """At the counter a dossier is passed on, unless it is to be returned on the same day."""
    if user.has_role(Role.SPECIALIST) or dossier.status != Status.RECEIVED or _due_today(dossier):
        return MAIN
    return (Act.HAND_OVER, *MAIN)


def _due_today(dossier: Dossier) -> bool:
    return dossier.due_at is not None and dossier.due_at.astimezone(LOCAL).date() == dossier.received_at.astimezone(LOCAL).date()


def _step(act: Act, dossier: Dossier, sheet: Sheet, *, is_main: bool = False, unanswered: bool = False) -> Step:
    name, words = ADDRESS_OF[act]
    if act == Act.NEW_SECRET and not sheet.has_slip:
        words = "Cấp giấy hẹn"
    if act == Act.STOP and unanswered:
        words = "Dừng vì không bổ sung" if dossier.status == Status.AWAITING_SUPPLEMENT else "Dừng vì không nộp tiền"
    if act == Act.RECORD_ANSWER:
        return Step(reverse(name, args=[dossier.code, sheet.awaited_question]), words, is_main)
    return Step(reverse(name, args=[dossier.code]), words, is_main)


@role_required(*READERS)
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier's page; other spellings of its code lead to the one that is printed."""
    if (canonical := _canonical(code)) != code:
        return redirect("dossiers:detail", canonical)
    dossier = get_dossier_for(request.user, code)
    now, sees = timezone.now(), sees_personal_data(request.user, dossier)
    revealed = sees and _was_revealed(request, dossier, now)
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}", "" if sees else "không dữ liệu cá nhân")
    sheet = sheet_of(dossier, now=now, sees=sees, revealed=revealed)
    lines = Lines(now, calendar_in_force(dossier.competent_agency_id), sees)
    status, colour, time, time_colour = lines.tags(
        dossier.status, dossier.due_at, dossier.finished_at, dossier.overdue_since, dossier.signed_at, dossier.voided_at
    )
    waited = unanswered_pause(dossier, now)
    steps = next_steps(request.user, dossier, sheet, unanswered=bool(waited))
    ending = ending_of(dossier)
    is_desk = request.user.has_role(*DESK) and sees
    context = {
        "dossier": dossier,
        "name": lines.name(dossier.applicant_name),
        "sees": sees,
        "revealed": revealed,
        "sheet": sheet,
        "tags": [(status, colour), *([(time, time_colour)] if time else []), *((tag.words, tag.colour) for tag in sheet.ledger.tags)],
        "received": say_moment(dossier.received_at),
        "due": say_moment(dossier.due_at) if dossier.due_at else "",
        "finished": short_moment(dossier.finished_at),
        "returned": short_moment(dossier.returned_at),
        "held": lines.held(dossier.held_since),
        "main": steps[0] if steps and steps[0].is_main else None,
        "others": [step for step in steps if not step.is_main],
        "has_hidden_number": sees and not revealed and any(person.number for person in sheet.people),
        "prints": is_desk,
        "print_now": is_desk and sheet.has_slip and ending is None and request.GET.get("in") == "1",
        "print_notice": sees and ending is not None and request.GET.get("in") == "1",
        "waited": waited,
        "standing": _standing(dossier),
        "ending": ending,
        "place": f"{say_place(dossier)} {say_supplement(dossier)}".strip() if sees else "",
        "reads_log": request.user.has_role(*LOG_READERS),
        "shown": entries_shown(dossier) if sees and dossier.lane == LANE else [],
    }
    return render(request, "dossiers/dossier_detail.html", context)


def _standing(dossier: Dossier) -> str:
    """At which step of its internal process the dossier is; "" when it is past it or has none."""
    if dossier.workflow is None or dossier.voided_at is not None:
        return ""
    return say_standing(steps_of(dossier.workflow), dossier.status, is_signed=dossier.signed_at is not None)


def _canonical(code: str) -> str:
    """The printed spelling; what is no code at all stays as it is and is then not found."""
    try:
        return canonical_dossier_code(code)
    except Unreadable:
        return code


@role_required(*READERS)
@require_POST
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Show the whole personal numbers once: a deliberate act, on record."""
    dossier = dossier_with_names(request, code)
    note_access(request, AccessKind.REVEAL, f"dossier:{dossier.pk}", "số định danh")
    request.session[REVEALED] = [dossier.code, timezone.now().isoformat()]
    return see_other(f"{dossier.get_absolute_url()}#nguoi")


def _was_revealed(request: HttpRequest, dossier: Dossier, now: datetime) -> bool:
    """Whether the numbers of this dossier were asked for just now; the answer is used up by being given."""
    asked = request.session.get(REVEALED)
    if not asked or asked[0] != dossier.code:
        return False
    del request.session[REVEALED]
    return now - datetime.fromisoformat(asked[1]) < REVEAL_LASTS


@role_required(*LOG_READERS)
@require_safe
def log(request: HttpRequest, code: str) -> HttpResponse:
    """Every entry of the history about this dossier, or with ?xem=1 everybody who looked at it; the latest first."""
    dossier = get_dossier_for(request.user, code)
    looked = request.GET.get("xem") == "1"
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}", "nhật ký")
    page = views_of(dossier, request.GET.get("sau", "")) if looked else acts_of(dossier, request.GET.get("sau", ""))
    context = {"dossier": dossier, "looked": looked, "rows": page.rows, "next": page.next, "later": bool(request.GET.get("sau"))}
    return render(request, "dossiers/log.html", context)
