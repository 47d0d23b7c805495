"""Signing up to thirty results with one confirmation, inside a signing session; and ticking papers that were signed by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle
from dossiers.forms.signing import TickedForm
from dossiers.listing import Lines
from dossiers.models import Dossier, SignOffKind
from dossiers.sign_many import Mark, Signed, read_mark, sign_in_system, sign_one
from dossiers.signing_queue import MOST_AT_ONCE, Waiting, queue_of, waiting_for
from dossiers.statuses import Act
from dossiers.views.acting import CONFLICT, UNPROCESSABLE, said_before
from dossiers.views.reception import see_other
from dossiers.views.sign_gate import STRAY, has_stray_fields, signers_page
from onestop.history.access import AccessKind, note_access
from onestop.staff.access import address_with_return
from onestop.staff.roles import Role
from onestop.staff.signing import rights_of
from onestop.staff.signing_session import session_end
from onestop.worktime.store import calendar_in_force

CHOSEN, TICKED, ROW = "chon", "ky", "hang"
NONE_CHOSEN = "Chọn ít nhất một hồ sơ ở hàng chờ ký."
TOO_MANY = f"Mỗi lần ký nhiều nhất {MOST_AT_ONCE} hồ sơ. Bỏ bớt rồi ký tiếp lần sau."
NO_SESSION = "Phiên ký chưa mở hoặc đã hết trên máy này: chưa hồ sơ nào được ký. Mở phiên ký rồi xác nhận lại."


@signers_page
@require_http_methods(["GET", "HEAD", "POST"])
def sign_many(request: HttpRequest) -> HttpResponse:
    """Confirm the chosen dossiers, each with its checks; sign them one by one; say what became of each."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST":
        return {"system": _sign_in_system, "wet": _sign_on_paper}.get(act, _refuse_stray)(request)
    codes = list(dict.fromkeys(request.GET.getlist(CHOSEN)))
    problem = NONE_CHOSEN if not codes else TOO_MANY if len(codes) > MOST_AT_ONCE else ""
    if problem:
        messages.error(request, problem)
        return see_other(reverse("dossiers:sign_queue"))
    rows = _rows(request, codes)
    if any(row.has_file and row.right for row in rows) and session_end(request, now=timezone.now()) is None:
        return see_other(address_with_return(reverse("dossiers:signing_session"), request.get_full_path()))
    return _confirm(request, codes, rows)


def _rows(request: HttpRequest, codes: list[str]) -> list[Waiting]:
    """The chosen dossiers that still wait, the longest waiting first, with every draft's bytes compared."""
    user, now = request.user, timezone.now()
    chosen = waiting_for(user).with_codes(code[:50] for code in codes)
    calendar = calendar_in_force(user.agency_id)
    return queue_of(chosen, rights_of(user, timezone.localdate(now)), now=now, calendar=calendar, reads_files=True)


def _confirm(
    request: HttpRequest, codes: list[str], rows: list[Waiting], *, forms: dict[str, TickedForm] | None = None, problem: str = ""
) -> HttpResponse:
    user, now = request.user, timezone.now()
    lines = Lines(now, calendar_in_force(user.agency_id))
    gone = sorted(set(codes) - {row.dossier.code for row in rows})
    papers = [row for row in rows if not row.has_file and (row.right or user.has_role(Role.ARCHIVIST))]
    forms = forms or {row.dossier.code: _ticked_form(request, row.dossier) for row in papers}
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Ký nhiều hồ sơ: xác nhận {len(rows)} hồ sơ")
    context = {
        "drafts": [_shown(row, lines) for row in rows if row.has_file],
        "papers": [_shown(row, lines) | {"form": forms[row.dossier.code]} for row in papers if row.dossier.code in forms],
        "number": sum(row.has_file and not row.why_not_at_once for row in rows),
        "gone": gone,
        "until": session_end(request, now=now),
        "problem": problem,
        "has_errors": bool(problem),
    }
    return render(request, "dossiers/sign_many.html", context, status=UNPROCESSABLE if problem else 200)


def _shown(row: Waiting, lines: Lines) -> dict:
    dossier = row.dossier
    return {
        "code": dossier.code,
        "name": dossier.applicant_name,
        "procedure": dossier.procedure.short_name,
        "summary": row.result.summary,
        "drafter": row.result.drafted_by.full_name,
        "held": lines.held(dossier.held_since),
        "mark": str(Mark(dossier.code, dossier.revision, row.result.sha256)),
        "version": row.result.version,
        "checks": row.checks,
        "colour": row.colour,
        "found": [check for check in row.checks if check.colour != "green"],
        "block": row.right.block.replace("\n", " – ") if row.right else "",
        "why_not": row.why_not_at_once,
    }


def _ticked_form(request: HttpRequest, dossier: Dossier, *, bound: bool = False) -> TickedForm:
    data = request.POST if bound else None
    return TickedForm(data, dossier=dossier, user=request.user, now=timezone.now(), prefix=dossier.code)


# -- in the system ---------------------------------------------------------------------------
def _sign_in_system(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if has_stray_fields(request, {TICKED}):
        return _refuse_stray(request)
    marks = [read_mark(text) for text in dict.fromkeys(request.POST.getlist(TICKED))]
    if None in marks:
        return _refuse_stray(request)
    if not marks or len(marks) > MOST_AT_ONCE:
        return _refuse(request, TOO_MANY if marks else NONE_CHOSEN, reverse("dossiers:sign_queue"))
    if session_end(request, now=now) is None:
        back = _address([mark.code for mark in marks])
        return _refuse(request, NO_SESSION, address_with_return(reverse("dossiers:signing_session"), back))
    signed = [
        sign_one(mark, sign_in_system(mark, by=request.user, at=timezone.now()), by=request.user, done_before=_done_before(request))
        for mark in marks
    ]
    return _tell(request, signed)


# -- on paper --------------------------------------------------------------------------------
def _sign_on_paper(request: HttpRequest) -> HttpResponse:
    """Papers that were signed by hand: only the ticked rows count, and a row that cannot be read stops nothing but is shown again."""
    marks = [read_mark(text) for text in dict.fromkeys(request.POST.getlist(ROW))]
    if None in marks or len(marks) > MOST_AT_ONCE:
        return _refuse_stray(request)
    found = {row.code: row for row in Dossier.objects.visible_to(request.user).filter(code__in=[mark.code for mark in marks])}
    forms = {code: _ticked_form(request, dossier, bound=True) for code, dossier in found.items()}
    # A field that the form leaves out for this person, such as the signer for a leader, is stray.
    known = {
        f"{mark.code}-{name}" for mark in marks for name in (forms[mark.code].fields if mark.code in forms else TickedForm.base_fields)
    }
    if has_stray_fields(request, known | {ROW}):
        return _refuse_stray(request)
    ticked = [mark for mark in marks if f"{mark.code}-ticked" in request.POST]
    if not ticked:
        return _refuse(request, "Tích những hồ sơ đã ký tay rồi ghi nhận.", _address([mark.code for mark in marks]))
    wrong = [mark.code for mark in ticked if mark.code in forms and not forms[mark.code].is_valid()]
    if wrong:
        codes = [mark.code for mark in marks]
        return _confirm(
            request, codes, _rows(request, codes), forms=forms, problem=f"Sửa chỗ báo lỗi rồi ghi nhận lại: {', '.join(wrong)}."
        )
    signed = [sign_one(mark, _record(request, mark, forms), by=request.user, done_before=_done_before(request)) for mark in ticked]
    return _tell(request, signed)


def _record(request: HttpRequest, mark: Mark, forms: dict[str, TickedForm]):
    def act(dossier: Dossier) -> None:
        form, now = forms[mark.code], timezone.now()
        values = form.cleaned_data
        lifecycle.sign_off(
            dossier,
            kind=SignOffKind.WET_INK,
            signer=form.chosen_signer,
            signed_at=form.signed_at,
            doc_number=values["doc_number"],
            doc_symbol=values["doc_symbol"],
            by=request.user,
            at=now,
            revision=mark.revision,
        )

    return act


# -- what became of it -----------------------------------------------------------------------
def _done_before(request: HttpRequest):
    return lambda dossier: said_before(request.user, Act.SIGN_OFF, dossier)


def _tell(request: HttpRequest, signed: list[Signed]) -> HttpResponse:
    """Each dossier with its outcome; every refusal is on record."""
    for row in signed:
        if not row.done:
            subject = f"dossier:{row.dossier.pk}" if row.dossier else ""
            note_access(request, AccessKind.REFUSED, subject, f"{Act.SIGN_OFF.label}: {row.words}")
    done = sum(row.done for row in signed)
    context = {"rows": signed, "done": done, "failed": len(signed) - done}
    return render(request, "dossiers/signed_many.html", context, status=200 if done else CONFLICT)


def _refuse_stray(request: HttpRequest) -> HttpResponse:
    return _refuse(request, STRAY, reverse("dossiers:sign_queue"))


def _refuse(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """Nothing was signed: say why on the page that comes next, and put it on record."""
    note_access(request, AccessKind.REFUSED, f"agency:{request.user.agency_id}", f"{Act.SIGN_OFF.label}: {sentence}")
    messages.error(request, sentence)
    return see_other(address)


def _address(codes: list[str]) -> str:
    return f"{reverse('dossiers:sign_many')}?{'&'.join(f'{CHOSEN}={code}' for code in codes)}"
