"""The pages that stop the clock, start it again and give it more time; each says beforehand what happens to the date."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle
from dossiers.forms.pausing import AcceptForm, AskForm, AskPaymentForm, ConsentForm, ExtendForm, PaidForm, ResumeForm, SuspendForm
from dossiers.lifecycle.pausing import LATE_NEEDS_LEADER, SECOND_NEEDS_LEADER
from dossiers.models import ConsentKind, Extension, Pause, PauseKind
from dossiers.places import say_supplement
from dossiers.previews import Effect, if_ended, if_extended, if_paused
from dossiers.promises import open_pause, promise_again
from dossiers.standing import Standing, standing_of
from dossiers.statuses import MOVES, Act, NotAllowed
from dossiers.views.acting import ActPage
from onestop.reading.dates import say_date, say_moment
from onestop.reading.money import show_money
from onestop.staff.access import role_required
from onestop.worktime.limits import CannotPromise

ANY = ["GET", "HEAD", "POST"]
PREVIEW = "read"
SEND_ON = "Giấy tờ của hồ sơ đang ở xã giải quyết: gửi phần bổ sung sang đó ở trang “Chuyển xã khác”."
SECOND_AGREED = "Đã yêu cầu bổ sung 1 lần. Lãnh đạo đã đồng ý yêu cầu lần thứ hai."
LATE_AGREED = "Hồ sơ đã quá hạn. Lãnh đạo đã đồng ý tạm dừng; việc quá hạn không xóa được."
ASK_LEADER = "Nhờ lãnh đạo mở hồ sơ này, chọn “Lãnh đạo đồng ý” và ghi lý do."


def _warnings(standing: Standing, *, supplement: bool = False) -> list[str]:
    """What to know before typing: earlier requests, lateness, and whether a leader has agreed."""
    said = []
    if supplement and standing.supplements == 1:
        agreed = ConsentKind.SECOND_SUPPLEMENT in standing.consents
        said.append(SECOND_AGREED if agreed else f"{SECOND_NEEDS_LEADER} {ASK_LEADER}")
    if standing.late:
        agreed = ConsentKind.LATE_PAUSE in standing.consents
        said.append(LATE_AGREED if agreed else f"{LATE_NEEDS_LEADER} {ASK_LEADER}")
    return said


def _show_pausing(page: ActPage, kind: PauseKind, template: str) -> HttpResponse:
    """The page of an act that begins a pause."""
    standing = standing_of(page.dossier, page.now)
    blocked = standing.pause or page.dossier.signed_at is not None
    effect = Effect(()) if blocked else if_paused(page.dossier, standing, kind, page.now)
    return page.show(template, warnings=_warnings(standing, supplement=kind == PauseKind.SUPPLEMENT), effect=effect)


def _show_ending(page: ActPage, kind: PauseKind, template: str, **more: Any) -> HttpResponse:
    """The page of an act that ends the open pause."""
    pause = open_pause(page.dossier)
    if pause is None or pause.kind != kind:
        return page.show(template)
    waited = f"{pause.get_kind_display()} từ {say_moment(pause.started_at)}, {pause.started_by.full_name}."
    return page.show(template, pause=pause, waited=waited, overdue=_overdue(page, pause), effect=if_ended(page.dossier, page.now), **more)


def _overdue(page: ActPage, pause: Pause) -> str:
    """That the citizen's own time is over; it still may be answered."""
    if pause.answer_by is None or pause.answer_by >= timezone.localdate(page.now):
        return ""
    return f"Hạn trả lời là {say_date(pause.answer_by)}, đã qua."


@role_required(*MOVES[Act.REQUEST_SUPPLEMENT].roles)
@require_http_methods(ANY)
def ask_for_supplement(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for everything that is missing, once; the slip goes to the printer at once."""
    page = ActPage(request, code, Act.REQUEST_SUPPLEMENT, AskForm)
    if page.is_ready():
        with page.trying():
            values = {name: page.values[name] for name in ("reason", "ground", "answer_by")}
            dossier = lifecycle.ask_for_supplement(page.dossier, items=page.form.chosen, **values, **page.signature)
            paper = dossier.supplement_requests.latest("ordinal").issued_papers.latest("version")
            return page.done("Đã yêu cầu bổ sung. Thời hạn tạm dừng đến khi nhận đủ.", f"{reverse('dossiers:slip', args=[paper.pk])}?in=1")
    return _show_pausing(page, PauseKind.SUPPLEMENT, "dossiers/pausing/ask.html")


@role_required(*MOVES[Act.ACCEPT_SUPPLEMENT].roles)
@require_http_methods(ANY)
def accept_supplement(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that was asked for is there: the clock goes on and a new slip is made."""
    page = ActPage(request, code, Act.ACCEPT_SUPPLEMENT, AcceptForm)
    if page.is_ready():
        with page.trying():
            dossier = lifecycle.accept_supplement(page.dossier, **page.signature)
            words = f"{_resumed('Đã nhận đủ giấy tờ bổ sung.', dossier)} {SEND_ON if say_supplement(dossier) else ''}".strip()
            return page.done(words, f"{dossier.get_absolute_url()}?in=1")
    pause = open_pause(page.dossier)
    items = pause.supplement.items if pause is not None and pause.supplement is not None else []
    return _show_ending(page, PauseKind.SUPPLEMENT, "dossiers/pausing/accept.html", items=items)


def _resumed(sentence: str, dossier) -> str:
    return f"{sentence} Hẹn trả {say_moment(dossier.due_at)}." if dossier.due_at else sentence


@role_required(*MOVES[Act.REQUEST_PAYMENT].roles)
@require_http_methods(ANY)
def request_payment(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a sum that was not known at the counter."""
    page = ActPage(request, code, Act.REQUEST_PAYMENT, AskPaymentForm)
    if page.is_ready():
        with page.trying():
            lifecycle.request_payment(page.dossier, **page.values, **page.signature)
            return page.done(f"Đã yêu cầu nộp {show_money(page.values['amount'])}. Thời hạn tạm dừng đến khi nộp.")
    return _show_pausing(page, PauseKind.PAYMENT, "dossiers/pausing/pause.html")


@role_required(*MOVES[Act.CONFIRM_PAYMENT].roles)
@require_http_methods(ANY)
def confirm_payment(request: HttpRequest, code: str) -> HttpResponse:
    """The money is there."""
    page = ActPage(request, code, Act.CONFIRM_PAYMENT, PaidForm)
    if page.is_ready():
        with page.trying():
            dossier = lifecycle.confirm_payment(page.dossier, **page.values, **page.signature)
            return page.done(_resumed("Đã ghi nhận nộp tiền.", dossier), f"{dossier.get_absolute_url()}?in=1")
    pause = open_pause(page.dossier)
    asked = f"{pause.reason}: {show_money(pause.amount)}" if pause is not None and pause.amount else ""
    return _show_ending(page, PauseKind.PAYMENT, "dossiers/pausing/paid.html", asked=asked)


@role_required(*MOVES[Act.SUSPEND].roles)
@require_http_methods(ANY)
def suspend(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend the matter on a legal ground; the work lies where it is."""
    page = ActPage(request, code, Act.SUSPEND, SuspendForm)
    if page.is_ready():
        with page.trying():
            lifecycle.suspend(page.dossier, **page.values, **page.signature)
            return page.done("Đã tạm đình chỉ giải quyết hồ sơ.")
    return _show_pausing(page, PauseKind.SUSPENSION, "dossiers/pausing/pause.html")


@role_required(*MOVES[Act.RESUME].roles)
@require_http_methods(ANY)
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """Lift the suspension."""
    page = ActPage(request, code, Act.RESUME, ResumeForm)
    if page.is_ready():
        with page.trying():
            dossier = lifecycle.resume(page.dossier, **page.signature)
            return page.done(_resumed("Hồ sơ được giải quyết tiếp.", dossier))
    return _show_ending(page, PauseKind.SUSPENSION, "dossiers/pausing/end.html")


@role_required(*MOVES[Act.CONSENT].roles)
@require_http_methods(ANY)
def consent(request: HttpRequest, code: str) -> HttpResponse:
    """A leader's written cause for a second request, or for a pause of what is late already."""
    page = ActPage(request, code, Act.CONSENT, ConsentForm)
    if page.is_ready():
        with page.trying():
            lifecycle.consent(page.dossier, **page.values, **page.signature)
            return page.done("Đã ghi ý kiến đồng ý của lãnh đạo. Ý kiến này dùng cho một lần.")
    return page.show("dossiers/pausing/consent.html")


@role_required(*MOVES[Act.EXTEND].roles)
@require_http_methods(ANY)
def extend(request: HttpRequest, code: str) -> HttpResponse:
    """More time by law, before the due time; the new date is seen before it is given."""
    page = ActPage(request, code, Act.EXTEND, ExtendForm)
    effect = None
    if page.is_ready() and request.POST.get("act") == PREVIEW:
        effect = _extended(page)
    elif page.is_ready():
        with page.trying():
            values = {"kind": page.values["kind"], "ground": page.values["ground"], "extra_value": page.form.extra}
            dossier = lifecycle.extend(page.dossier, **values, **page.signature)
            return page.done(_resumed("Đã gia hạn.", dossier), f"{dossier.get_absolute_url()}?in=1")
    return page.show("dossiers/pausing/extend.html", effect=effect)


def _extended(page: ActPage) -> Effect:
    row = Extension(dossier=page.dossier, kind=page.values["kind"], extra_value=page.form.extra, ground=page.values["ground"])
    try:
        appointed = promise_again(page.dossier, more=row)
    except (CannotPromise, NotAllowed) as problem:
        return Effect((str(problem),))
    return if_extended(appointed, row) if appointed else Effect(("Hồ sơ đang tạm dừng, chưa có hạn để gia hạn.",))
