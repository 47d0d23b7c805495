"""The pages by which a dossier ends without a result, the list of those who never answered, and the move to the right procedure."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.forms.ending import GrantForm, KeepOnForm, ReclassifyForm, StopForm, WithdrawForm
from dossiers.lifecycle.reclassifying import Outcome, outcome_of
from dossiers.models import Dossier, StopKind
from dossiers.previews import Effect
from dossiers.statuses import DESK, MOVES, SIGNERS, Act
from dossiers.unanswered import unanswered
from dossiers.views.acting import ActPage
from onestop.history.access import AccessKind, note_access
from onestop.reading.dates import say_moment, short_moment
from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.worktime.explain import explain
from procedures.catalogue import datalist_options

ANY = ["GET", "HEAD", "POST"]
MOST_ROWS = 200
SEE_DATES_FIRST = "Xem ngày hẹn dưới đây rồi bấm chuyển."


def _notice_of(dossier: Dossier) -> str:
    """The dossier's page with its notice on the way to the printer."""
    return f"{dossier.get_absolute_url()}?in=1"


@role_required(*MOVES[Act.STOP].roles)
@require_http_methods(ANY)
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """End the work on a ground; the notice (Mẫu 05) goes to the printer at once."""
    page = ActPage(request, code, Act.STOP, StopForm)
    if page.is_ready():
        with page.trying():
            dossier = lifecycle.stop(page.dossier, **page.values, **page.signature)
            return page.done("Đã dừng giải quyết hồ sơ.", _notice_of(dossier))
    return page.show("dossiers/ending/stop.html")


@role_required(*MOVES[Act.REQUEST_WITHDRAWAL].roles)
@require_http_methods(ANY)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Record the applicant's signed request."""
    page = ActPage(request, code, Act.REQUEST_WITHDRAWAL, WithdrawForm)
    if page.is_ready():
        with page.trying():
            dossier = lifecycle.request_withdrawal(page.dossier, **page.values, **page.signature)
            return page.done("Đã ghi đơn xin rút. Trả giấy tờ rồi lập thông báo dừng.", reverse("dossiers:give_up", args=[dossier.code]))
    return page.show("dossiers/ending/withdraw.html", title="Ghi đơn xin rút hồ sơ")


@role_required(*MOVES[Act.TAKE_BACK_WITHDRAWAL].roles)
@require_http_methods(ANY)
def keep_on(request: HttpRequest, code: str) -> HttpResponse:
    """The applicant has thought again: the work goes on where it was."""
    page = ActPage(request, code, Act.TAKE_BACK_WITHDRAWAL, KeepOnForm)
    if page.is_ready():
        with page.trying():
            lifecycle.take_back_withdrawal(page.dossier, **page.values, **page.signature)
            return page.done("Người nộp thôi rút. Hồ sơ được giải quyết tiếp.")
    return page.show("dossiers/ending/keep_on.html")


@role_required(*MOVES[Act.GRANT_WITHDRAWAL].roles)
@require_http_methods(ANY)
def give_up(request: HttpRequest, code: str) -> HttpResponse:
    """Give the papers back to the applicant who asked for them."""
    page = ActPage(request, code, Act.GRANT_WITHDRAWAL, GrantForm)
    if page.is_ready():
        with page.trying():
            dossier = lifecycle.stop(
                page.dossier, kind=StopKind.WITHDRAWN, asked_by=page.form.asked_by, **page.values, **page.signature
            )
            return page.done("Đã cho rút hồ sơ. Trả giấy tờ và giao thông báo cho người nộp.", _notice_of(dossier))
    return page.show("dossiers/ending/give_up.html", asked=page.dossier.withdrawals.filter(taken_back_at__isnull=True).first())


# -- never answered ------------------------------------------------------------------------------
@role_required(*DESK, *SIGNERS, Role.SPECIALIST)
@require_safe
def unanswered_list(request: HttpRequest) -> HttpResponse:
    """Citizens who were asked for papers or money and whose last day is over; a person decides about each."""
    now, user = timezone.now(), request.user
    today = timezone.localdate(now)
    columns = ("dossier__code", "dossier__applicant_name", "dossier__procedure__label", "dossier__procedure__name")
    columns += ("kind", "reason", "started_at", "answer_by")
    found = list(unanswered(user.agency_id, today).values_list(*columns)[: MOST_ROWS + 1])
    decides = user.has_role(*MOVES[Act.STOP].roles)
    rows = [
        {
            "code": code,
            "name": name,
            "procedure": label or official,
            "kind": kind,
            "reason": reason,
            "asked": short_moment(started),
            "until": f"{answer_by:%d/%m/%Y}",
            "days": (today - answer_by).days,
        }
        for code, name, label, official, kind, reason, started, answer_by in found[:MOST_ROWS]
    ]
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Chờ dân quá hạn trả lời: {len(rows)} dòng")
    context = {"rows": rows, "decides": decides, "more": MOST_ROWS if len(found) > MOST_ROWS else 0}
    return render(request, "dossiers/ending/unanswered.html", context)


# -- the right procedure -------------------------------------------------------------------------
@role_required(*MOVES[Act.RECLASSIFY].roles)
@require_http_methods(ANY)
def reclassify(request: HttpRequest, code: str) -> HttpResponse:
    """Go on under another procedure; what becomes of the dates is seen before it is done."""
    page = ActPage(request, code, Act.RECLASSIFY, ReclassifyForm)
    effect, missing = None, ()
    if page.is_ready():
        with page.trying():
            outcome = outcome_of(page.dossier, page.form.version, page.form.chosen, at=page.now)
            effect, missing = _effect(page.form, outcome), outcome.missing
            if not page.form.is_read and request.POST.get("seen") == page.form.mark:
                dossier = lifecycle.reclassify(
                    page.dossier, version=page.form.version, case=page.form.chosen, reason=page.values["reason"], **page.signature
                )
                if missing:
                    messages.warning(request, f"Thủ tục mới còn cần: {'; '.join(missing)}. Lập phiếu bổ sung để yêu cầu một lần.")
                return page.done(f"Đã chuyển sang thủ tục {dossier.procedure.short_name}.", _notice_of(dossier))
            if not page.form.is_read:
                page.problem, page.status = SEE_DATES_FIRST, 422
    return page.show(
        "dossiers/ending/reclassify.html",
        effect=effect,
        missing=missing,
        seen=page.form.mark if effect else "",
        options=datalist_options(timezone.localdate(page.dossier.received_at)),
    )


def _effect(form: ReclassifyForm, outcome: Outcome) -> Effect:
    """To which procedure the dossier would go, and what becomes of its dates."""
    target = f"Thủ tục: {form.version.procedure.short_name} ({form.version.procedure.code})."
    if form.chosen.name:
        target = f"{target} Trường hợp: {form.chosen.name}."
    promised, lawful = say_moment(outcome.promised_at), say_moment(outcome.lawful.due_at)
    if outcome.was_late:
        sentences = ["Hồ sơ đã quá hạn. Chuyển thủ tục không xóa việc quá hạn, ngày hẹn không đổi."]
    elif outcome.is_later:
        sentences = [f"Hẹn mới sẽ là {promised}: thời hạn {outcome.lawful.limit_words}, tính từ lúc tiếp nhận."]
    else:
        sentences = [f"Hạn theo thủ tục mới là {lawful}. Ngày đã hẹn người dân ({promised}) giữ nguyên."]
        if outcome.due_at != outcome.lawful.due_at:
            sentences.append(f"Hạn ấy đã qua, nên hạn của hồ sơ giữ nguyên: {say_moment(outcome.due_at)}.")
    return Effect((target, *sentences), tuple(explain(outcome.lawful.promise)))
