"""The certification page: one visit, one page, one form; Enter reads and never saves."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle
from dossiers.certification.catalogue import catalogue
from dossiers.certification.kinds import LANE
from dossiers.certification_page import CertificationPage
from dossiers.models import Dossier, IntakeDraft, IssuedPaper, Refusal
from dossiers.statuses import NotAllowed
from dossiers.views.reception import NO_SUCH_SLIP, address_of_scan, read_key, see_other, typed_values
from onestop.history.access import AccessKind, note_access
from onestop.reading import Unreadable
from onestop.reading.card import BareId, Card, DossierCode, SlipToken, read_scan
from onestop.reading.dates import say_moment
from onestop.reading.money import show_money
from onestop.staff.access import keeps_typed, role_required
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.templatetags.onestop import Problem, problems_of
from onestop.worktime.explain import explain
from onestop.worktime.limits import CannotPromise

DESK = (Role.CLERK, Role.MANAGER)
# Forty lines with everything that a line may have.
MOST_FIELDS = 900
LAST_SIGNER = "certification_signer"
NOT_A_PERSON = "Đây không phải thẻ căn cước. Quét mã in trên thẻ, hoặc gõ số định danh"
_REFUSE = re.compile(r"refuse-([0-9]{1,2})")


def _keep_after_session(request: HttpRequest, person: User | None) -> str:
    """The session ended while somebody typed: his lines wait as a draft that opens after the log-in."""
    values = typed_values(request.POST, MOST_FIELDS)
    if person is None or not person.has_role(*DESK):
        return ""
    page = CertificationPage(values, person, timezone.now())
    if Dossier.objects.filter(agency_id=person.agency_id, submission_key=page.submission_key()).exists():
        return ""
    return f"{reverse('dossiers:certify')}?draft={page.keep().key}"


@keeps_typed(_keep_after_session)
@role_required(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def certify(request: HttpRequest) -> HttpResponse:
    """Take in papers to be certified."""
    now = timezone.now()
    if request.method != "POST":
        page = CertificationPage(_opening_values(request, now), request.user, now)
        return _show(request, page, refusal=_refusal_slip(request))
    values = typed_values(request.POST, MOST_FIELDS)
    act, scan = values.pop("act", "read"), values.pop("scan", "")
    if scan or act not in {"save", "spot"} and not _REFUSE.fullmatch(act):
        return _read(request, values, scan, now, more=act == "add")
    page = CertificationPage(values, request.user, now, bound=True)
    if match := _REFUSE.fullmatch(act):
        return _refuse(request, page, int(match[1]))
    return _save(request, page, on_the_spot=act == "spot")


def _opening_values(request: HttpRequest, now) -> dict[str, str]:
    """An empty page, or what a refusal on it has left."""
    values = {"signer": str(request.session.get(LAST_SIGNER, ""))}
    if key := request.GET.get("draft"):
        draft = IntakeDraft.objects.filter(agency_id=request.user.agency_id, key=read_key(key), expires_at__gt=now).first()
        if draft is not None and draft.fields.get("lane") == LANE:
            return {**values, **draft.fields, "submission_key": str(draft.key)}
        messages.warning(request, "Bản nháp này không còn.")
    return values


def _refusal_slip(request: HttpRequest) -> IssuedPaper | None:
    """The refusal slip that was made a moment ago, to be printed beside what is left of the visit."""
    number = request.GET.get("phieu", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return IssuedPaper.objects.filter(agency_id=request.user.agency_id, refusal__isnull=False, pk=int(number)).first()


def _read(request: HttpRequest, values: dict[str, str], scan: str, now, *, more: bool) -> HttpResponse:
    """Read the scan box and the quick entries, bring fees and date up to date, and put the focus where the clerk goes on."""
    page = CertificationPage(values, request.user, now)
    if more:
        page.values["rows"] = str(page.row_count + 1)
        page = CertificationPage(page.values, request.user, now)
    if scan.strip():
        try:
            read = read_scan(scan)
        except Unreadable as problem:
            page.problems.insert(0, ("id_scan", str(problem)))
            return _show(request, page)
        if isinstance(read, SlipToken | DossierCode):
            address = address_of_scan(request.user, read)
            if not address:
                page.problems.insert(0, ("id_scan", NO_SUCH_SLIP))
                return _show(request, page)
            if page.filled_rows:
                page.keep()
                messages.info(request, "Lượt đang nhập được giữ trong bản nháp, trên bàn làm việc.")
            return see_other(address)
        if isinstance(read, Card | BareId):
            note_access(request, AccessKind.SEARCH, detail=f"card …{read.personal_id[-3:]}")
            page.take_card(read)
        else:
            page.problems.insert(0, ("id_scan", NOT_A_PERSON))
    return _show(request, page)


def _save(request: HttpRequest, page: CertificationPage, *, on_the_spot: bool) -> HttpResponse:
    done = Dossier.objects.filter(agency_id=request.user.agency_id, submission_key=page.submission_key()).first()
    if done is not None:
        return see_other(reverse("dossiers:certified", args=[done.code]))
    if not page.is_valid():
        return _show(request, page, status=422)
    warning = page.requester.warning()
    if warning and not page.values.get("warnings_seen"):
        return _show(request, page, warning=warning, status=422)
    if not page.shown_total_agrees():
        # The sum is shown before it is taken.
        return _show(request, page, unseen=True, status=422)
    try:
        dossier = _certify_on_the_spot(request, page) if on_the_spot else lifecycle.certify(page.session(), by=request.user, at=page.now)
    except (NotAllowed, CannotPromise) as problem:
        page.problems.append(("id_no_interest" if on_the_spot else "id_save", str(problem)))
        return _show(request, page, status=422)
    return see_other(reverse("dossiers:certified", args=[dossier.code]) + ("" if on_the_spot else "?in=1"))


def _certify_on_the_spot(request: HttpRequest, page: CertificationPage) -> Dossier:
    form = page.sign_at_once()
    if not form.is_valid():
        raise NotAllowed("Chọn người ký đang trực rồi lưu và ký.")
    values = form.cleaned_data
    request.session[LAST_SIGNER] = values["signer"]
    return lifecycle.certify_on_the_spot(
        page.session(),
        signer=User.objects.get(pk=values["signer"]),
        by=request.user,
        at=page.now,
        no_interest=values["no_interest"],
        namesake_checked=values["namesake_checked"],
    )


def _refuse(request: HttpRequest, page: CertificationPage, index: int) -> HttpResponse:
    """Refuse one paper in writing. What else was typed stays on the page, beside the slip that is to be printed."""
    try:
        refusal: Refusal = lifecycle.refuse_line(page.refused(index), by=request.user, at=page.now)
    except NotAllowed as problem:
        page.problems.append((f"id_line-{index}-ground", str(problem)))
        return _show(request, page, status=422)
    slip = refusal.issued_papers.latest("version")
    page.drop_row(index)
    if not page.filled:
        return see_other(reverse("dossiers:slip", args=[slip.pk]) + "?in=1")
    return see_other(f"{reverse('dossiers:certify')}?draft={page.keep().key}&phieu={slip.pk}")


def _show(
    request: HttpRequest,
    page: CertificationPage,
    *,
    warning: str = "",
    unseen: bool = False,
    refusal: IssuedPaper | None = None,
    status: int = 200,
) -> HttpResponse:
    appointed = page.appointed()
    forms = [page.requester, *(row.form for row in page.filled_rows), page.payment_form, page.prolong, page.on_the_spot]
    mistakes = [Problem(sentence, target) for target, sentence in page.problems]
    mistakes += [problem for form in forms for problem in problems_of(form)]
    context = {
        "page": page,
        "values": page.values,
        "mistakes": mistakes,
        "warning": warning,
        "unseen": unseen,
        "focus": page.place_focus(),
        "papers": [(paper.code, paper.name) for paper in catalogue().papers.values()],
        "total": show_money(page.total) if page.total is not None else "",
        "total_number": page.total,
        "due_words": say_moment(appointed.due_at) if appointed else "",
        "reasons": explain(appointed.promise) if appointed else [],
        "later": appointed is not None and timezone.localdate(appointed.due_at) != page.today,
        "refusal": refusal,
        "has_errors": bool(mistakes or warning),
    }
    return render(request, "dossiers/certification/session.html", context, status=status)
