"""The page on which a result is signed, sent back or passed on, and issuing what was signed."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle
from dossiers.forms.acts import DigitalForm, InSystemForm, IssueForm, SendBackForm, WetInkForm
from dossiers.forms.outside import CHOOSE_AGAIN
from dossiers.forms.signing import PassForm
from dossiers.models import Dossier, SignOffKind
from dossiers.sign_rights import right_for, why_no_right
from dossiers.signing_queue import queue_of
from dossiers.statuses import MOVES, Act, NotAllowed
from dossiers.views.acting import UNPROCESSABLE, ActPage
from dossiers.views.digital import shown, sign_digitally
from dossiers.views.reception import see_other
from dossiers.views.sign_gate import STRAY, has_stray_fields, signers_page
from dossiers.views.signing_both import letter_beside, sign_both
from onestop.reading.dates import short_moment
from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.staff.signing import rights_of
from onestop.staff.signing_session import TRY_AGAIN, password_is_right, session_end
from onestop.worktime.store import calendar_in_force

ACT_OF = {"back": Act.SEND_BACK, "pass": Act.PASS_FOR_SIGNATURE}


@sensitive_post_parameters("password")
@signers_page
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """See the draft and sign it: on paper, in the system with the password again, by a file signed elsewhere; send it back; pass it on.

    The archivist records a signature on paper for the person who gave it. Where the dossier misses its promise,
    the leader signs the letter of apology with the result, or decides that none is sent.
    """
    act = request.POST.get("act", "") if request.method == "POST" else ""
    page = ActPage(request, code, ACT_OF.get(act, Act.SIGN_OFF))
    user, today = request.user, timezone.localdate(page.now)
    right = right_for(user, page.dossier, today)
    records = user.has_role(Role.ARCHIVIST)
    until = session_end(request, now=page.now)
    beside = letter_beside(page) if right is not None else None
    forms = {
        "wet": page.make(WetInkForm, bound=act == "wet"),
        "system": page.make(InSystemForm, bound=act == "system", session_open=until is not None),
        "digital": page.make(DigitalForm, bound=act == "digital"),
        "back": page.make(SendBackForm, bound=act == "back"),
        "pass": page.make(PassForm, bound=act == "pass"),
    }
    if beside is not None:
        forms["both"] = beside.form(bound=act == "both")
    report, response = None, None
    if act in forms:
        page.form = forms[act]
        if has_stray_fields(request, _known(page.form)):
            page.refuse(NotAllowed(STRAY))
        elif act == "digital":
            response, report = sign_digitally(page)
        else:
            ways = {"wet": _sign_on_paper, "system": _sign_in_system, "both": sign_both, "back": _send_back, "pass": _pass_on}
            response = ways[act](page)
        if response is not None:
            # Signed by a file: the letter, which needs another signature, is the next thing to do.
            is_next = act == "digital" and beside is not None and beside.is_broken
            return see_other(reverse("dossiers:apology", args=[page.dossier.code])) if is_next else response
        if page.status == UNPROCESSABLE and not page.problem and act != "digital":
            page.note_refusal("biểu mẫu chưa đủ hoặc sai: " + ", ".join(page.form.errors))
    elif request.method == "POST":
        page.refuse(NotAllowed("Chọn một cách ký."))
    elif right is None and not records:
        page.problem = why_no_right(user, page.dossier, today)
    result = page.dossier.results.select_related("drafted_by").order_by("version").last()
    forms["system"].initial["sha256"] = result.sha256 if result else ""
    return page.show(
        "dossiers/sign.html" if beside is None else "dossiers/sign_both.html",
        beside=beside.context if beside is not None else None,
        until=until,
        form=page.form,
        forms=forms,
        result=result,
        drafted=short_moment(result.drafted_at) if result else "",
        signs=right is not None,
        may_act=right is not None or records,
        right=right,
        waiting=_looked_at(request, page) if result else None,
        received_himself=user.pk == page.dossier.received_by_id,
        report=report,
        signatures=shown(report.signatures) if report else [],
        choose_again=CHOOSE_AGAIN if act == "digital" else "",
    )


def _known(form) -> set[str]:
    """What the form's own page sends. A field that the form leaves out for this person is stray; the password is not:
    a session may have been opened since."""
    left_out = {"signer"} - form.fields.keys()
    return set(form.base_fields) - left_out | {"password"}


def _looked_at(request: HttpRequest, page: ActPage):
    """What the system looks at before a signature, with the draft's bytes compared."""
    user = request.user
    rows = queue_of(
        Dossier.objects.filter(pk=page.dossier.pk),
        rights_of(user, timezone.localdate(page.now)),
        now=page.now,
        calendar=calendar_in_force(user.agency_id),
        reads_files=True,
    )
    return rows[0] if rows else None


def _back_to(page: ActPage) -> str:
    """From a row of the queue back to the queue, from the dossier's own sign page on to the dossier."""
    return reverse("dossiers:sign_queue") if page.request.GET.get("hang") == "1" else ""


def _sign_on_paper(page: ActPage) -> HttpResponse | None:
    if not page.is_ready():
        return None
    number, symbol = page.values["doc_number"], page.values["doc_symbol"]
    with page.trying():
        # Both or neither: a signature that was to be issued at once is not left waiting unseen.
        with transaction.atomic():
            lifecycle.sign_off(
                page.dossier,
                kind=SignOffKind.WET_INK,
                signer=page.form.chosen_signer,
                signed_at=page.form.signed_at,
                doc_number=number,
                doc_symbol=symbol,
                **page.signature,
            )
            if page.values["issue_now"]:
                lifecycle.issue_result(page.dossier, by=page.request.user, at=page.now, doc_number=number, doc_symbol=symbol)
        return page.done("Đã ghi nhận chữ ký và phát hành kết quả." if page.values["issue_now"] else "Đã ghi nhận chữ ký.")
    return None


def _sign_in_system(page: ActPage) -> HttpResponse | None:
    """With the password, or in an open signing session."""
    if not page.is_ready():
        return None
    user = page.request.user
    if "password" in page.form.fields and not password_is_right(page.request, page.values["password"]):
        page.form.add_error("password", TRY_AGAIN)
        page.status = UNPROCESSABLE
        return None
    with page.trying():
        lifecycle.sign_off(page.dossier, kind=SignOffKind.IN_SYSTEM, signer=user, sha256=page.values["sha256"], **page.signature)
        return page.done(f"Đã ký duyệt trên hệ thống: {page.dossier.code}.", _back_to(page))
    return None


def _send_back(page: ActPage) -> HttpResponse | None:
    if not page.is_ready():
        return None
    with page.trying():
        lifecycle.send_back(page.dossier, reason=page.values["reason"], **page.signature)
        return page.done(f"Đã trả lại cho người soạn: {page.dossier.code}.", _back_to(page))
    return None


def _pass_on(page: ActPage) -> HttpResponse | None:
    if not page.is_ready():
        return None
    to = page.values["to"]
    with page.trying():
        lifecycle.pass_for_signature(page.dossier, to=to, note=page.values["note"], **page.signature)
        return page.done(f"Đã chuyển cho {to.full_name} ký.", reverse("dossiers:sign_queue"))
    return None


@role_required(*MOVES[Act.ISSUE_RESULT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Number and seal: from now on the result waits for its owner."""
    page = ActPage(request, code, Act.ISSUE_RESULT, IssueForm)
    if page.is_ready():
        with page.trying():
            lifecycle.issue_result(
                page.dossier, doc_number=page.values["doc_number"], doc_symbol=page.values.get("doc_symbol", ""), **page.signature
            )
            return page.done("Đã phát hành kết quả.")
    return page.show("dossiers/issue.html")
