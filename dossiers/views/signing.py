"""The leader's queue, the page on which he signs or sends back, and issuing what was signed."""

from django.db import transaction
from django.db.models import Min, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.forms.acts import DigitalForm, InSystemForm, IssueForm, SendBackForm, WetInkForm
from dossiers.forms.outside import CHOOSE_AGAIN
from dossiers.listing import Lines, short_moment, work_rows
from dossiers.models import Dossier, ResultDocument, SignOffKind
from dossiers.rules import is_signer
from dossiers.statuses import MOVES, Act
from dossiers.views.acting import UNPROCESSABLE, ActPage
from dossiers.views.desk import certified_today
from dossiers.views.digital import shown, sign_digitally
from dossiers.views.reception import see_other
from dossiers.views.signing_both import letter_beside, sign_both
from dossiers.warnings import unread_count
from dossiers.wording import say_span
from onestop.history.access import AccessKind, note_access
from onestop.roster.today import duty_today
from onestop.staff.access import role_required
from onestop.staff.signing_session import TRY_AGAIN, password_is_right, session_end
from onestop.worktime.store import calendar_in_force

MOST_ROWS = 200
SIGNS = MOVES[Act.SIGN_OFF].roles


@role_required(*SIGNS)
@require_safe
def sign_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a signature, the longest waiting first, and what is signed and waits for number and seal."""
    now, agency_id = timezone.now(), request.user.agency_id
    latest = ResultDocument.objects.filter(dossier=OuterRef("pk")).order_by("-version")
    own = Dossier.objects.of_agency(agency_id).without_certification()
    dossiers = own.annotate(summary=Subquery(latest.values("summary")[:1]), drafter=Subquery(latest.values("drafted_by__full_name")[:1]))
    lines = Lines(now, calendar_in_force(request.user.agency_id))
    waiting = work_rows(dossiers.awaiting_signature().order_by("held_since", "id")[: MOST_ROWS + 1], lines, "summary", "drafter")
    signed = work_rows(dossiers.signed_not_issued().order_by("signed_at", "id")[:MOST_ROWS], lines, "summary", "signed_at")
    note_access(request, AccessKind.LIST, f"agency:{agency_id}", f"Ký duyệt: {len(waiting)} chờ ký, {len(signed)} chờ phát hành")
    oldest = own.awaiting_signature().aggregate(at=Min("held_since"))["at"] if waiting else None
    context = {
        "waiting": waiting[:MOST_ROWS],
        "signed": [(*row[:-1], short_moment(row[-1])) for row in signed],
        "count": f"hơn {MOST_ROWS}" if len(waiting) > MOST_ROWS else len(waiting),
        "longest": say_span(now - oldest) if oldest else "",
        "certified": certified_today(agency_id, now),
        "to_mind": unread_count(request.user),
        "until": session_end(request, now=now) if is_signer(request.user) else None,
        "signs": is_signer(request.user),
        "duty": duty_today(agency_id, now, person=request.user),
    }
    return render(request, "dossiers/sign_queue.html", context)


@sensitive_post_parameters("password")
@role_required(*SIGNS)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """See the draft and sign it: on paper, in the system with the password again, by a file signed elsewhere, or send it back.

    The archivist records a signature on paper for the leader who gave it. Where the dossier misses its promise,
    the leader signs the letter of apology with the result, or decides that none is sent.
    """
    act = request.POST.get("act", "") if request.method == "POST" else ""
    page = ActPage(request, code, Act.SEND_BACK if act == "back" else Act.SIGN_OFF)
    until = session_end(request, now=page.now)
    beside = letter_beside(page)
    forms = {
        "wet": page.make(WetInkForm, bound=act == "wet"),
        "system": page.make(InSystemForm, bound=act == "system", session_open=until is not None),
        "digital": page.make(DigitalForm, bound=act == "digital"),
        "back": page.make(SendBackForm, bound=act == "back"),
    }
    if beside is not None:
        forms["both"] = beside.form(bound=act == "both")
    report = None
    if act in forms:
        page.form = forms[act]
        if act == "digital":
            response, report = sign_digitally(page)
        else:
            response = {"wet": _sign_on_paper, "system": _sign_in_system, "both": sign_both, "back": _send_back}[act](page)
        if response is not None:
            # Signed by a file: the letter, which needs another signature, is the next thing to do.
            is_next = act == "digital" and beside is not None and beside.is_broken
            return see_other(reverse("dossiers:apology", args=[page.dossier.code])) if is_next else response
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
        signs=is_signer(request.user),
        received_himself=request.user.pk == page.dossier.received_by_id,
        report=report,
        signatures=shown(report.signatures) if report else [],
        choose_again=CHOOSE_AGAIN if act == "digital" else "",
    )


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
        return page.done("Đã ký duyệt trên hệ thống.")
    return None


def _send_back(page: ActPage) -> HttpResponse | None:
    if not page.is_ready():
        return None
    with page.trying():
        lifecycle.send_back(page.dossier, reason=page.values["reason"], **page.signature)
        return page.done("Đã trả lại cho người soạn.")
    return None


@role_required(*MOVES[Act.ISSUE_RESULT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Number and seal: from now on the result waits for its owner."""
    page = ActPage(request, code, Act.ISSUE_RESULT, IssueForm)
    if page.is_ready():
        with page.trying():
            lifecycle.issue_result(
                page.dossier, doc_number=page.values["doc_number"], doc_symbol=page.values["doc_symbol"], **page.signature
            )
            return page.done("Đã phát hành kết quả.")
    return page.show("dossiers/issue.html")
