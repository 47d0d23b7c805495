"""The intake page: one page, one citizen; the slips that come out of it."""

import uuid
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dossiers import lifecycle, secrets
from dossiers.models import Dossier, IntakeDraft, IssuedPaper, PaperKind
from dossiers.persons import values_of_dossier
from dossiers.printing import file_of, prints_of
from dossiers.reception import DRAFT_DAYS, IntakePage
from dossiers.rules import get_dossier_for, get_supplement_for, may
from dossiers.statuses import Act, NotAllowed
from onestop.history.access import AccessKind, note_access
from onestop.reading import Unreadable
from onestop.reading.card import BareId, Card, DossierCode, DraftCode, SlipToken, read_scan
from onestop.reading.dates import say_moment
from onestop.staff.access import keeps_typed, role_required
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.templatetags.onestop import Problem, problems_of
from onestop.worktime.explain import explain
from onestop.worktime.limits import CannotPromise
from procedures.catalogue import datalist_options

DESK = (Role.CLERK, Role.MANAGER)
MOST_FIELDS = 300
LONGEST_VALUE = 5000
# Acts that rest on the papers and fees of the page: never on those of a procedure that was only just typed.
JUDGES_THE_LIST = frozenset({"save_print", "save", "save_keep", "supplement"})
NO_SUCH_SLIP = "Không tìm thấy hồ sơ này ở đơn vị mình. Kiểm tra lại giấy hẹn hoặc mã"
NO_DRAFT_CODE = "Chưa có tờ khai nào mang mã nháp này"


def see_other(address: str) -> HttpResponse:
    """A redirect after a POST that is always followed by GET."""
    response = redirect(address)
    response.status_code = 303
    return response


def typed_values(data, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """What the page sent, as text by field name; absurd amounts are cut before anything reads them."""
    values = {name: data.get(name, "") for name in list(data)[:most_fields]}
    values.pop("csrfmiddlewaretoken", None)
    return {name: value[:LONGEST_VALUE] for name, value in values.items() if value}


def _keep_unsent(values: dict[str, str], user: User, now: datetime) -> IntakeDraft | None:
    """Keep what was typed and not sent; nothing is kept once it is received."""
    page = IntakePage(values, user, now)
    if not page.typed_fields() or Dossier.objects.filter(agency_id=user.agency_id, submission_key=page.submission_key()).exists():
        return None
    return keep_draft(page)


def _keep_after_session(request: HttpRequest, person: User | None) -> str:
    """The session ended while somebody typed: his draft, or the one that the page kept before, opens after the log-in."""
    values = typed_values(request.POST)
    key = read_key(values.get("submission_key", ""))
    if person is not None and person.has_role(*DESK):
        _keep_unsent(values, person, timezone.now())
    return f"{reverse('dossiers:intake')}?draft={key}" if key.int else ""


@keeps_typed(_keep_after_session)
@role_required(*DESK)
@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """Receive a dossier. Enter means "read": it shows the page again and can never save."""
    now = timezone.now()
    if request.method == "GET":
        return _show(request, IntakePage(_opening_values(request, now), request.user, now))
    values = typed_values(request.POST)
    act, scan = values.pop("act", "read"), values.pop("scan", "")
    if act == "elsewhere":
        values["elsewhere"], act = "1", "read"
    if act == "read" or (scan and act != "draft"):
        return _read(request, values, scan, now)
    handler = {"save_print": _save, "save": _save, "save_keep": _save, "supplement": _supplement, "decline": _decline, "draft": _draft}.get(
        act
    )
    if handler is None:
        return _read(request, values, "", now)
    page = IntakePage(values, request.user, now, bound=act not in {"draft"})
    if act in JUDGES_THE_LIST and page.unseen():
        messages.warning(request, "Chưa lưu: bên dưới là giấy tờ, phí và ngày hẹn của thủ tục vừa chọn. Xem rồi lưu.")
        return _read(request, values, "", now)
    return handler(request, page, act)


def _opening_values(request: HttpRequest, now) -> dict[str, str]:
    """An empty page, a draft, a supplement slip's good part, or the person of the dossier before."""
    if key := request.GET.get("draft"):
        draft = IntakeDraft.objects.filter(agency_id=request.user.agency_id, key=read_key(key), expires_at__gt=now).first()
        if draft is not None:
            return {**draft.fields, "submission_key": str(draft.key)}
        messages.warning(request, "Bản nháp này không còn.")
    elif number := request.GET.get("supplement"):
        page = IntakePage({"supplement": number}, request.user, now)
        if page.supplement is not None:
            note_access(request, AccessKind.VIEW, f"supplement:{page.supplement.pk}")
            return {**page.supplement.fields, "supplement": str(page.supplement.pk)}
        messages.warning(request, "Phiếu bổ sung này đã dùng để lập hồ sơ, hoặc không có.")
    elif code := request.GET.get("same_person"):
        return values_of_dossier(get_dossier_for(request.user, code))
    return {}


def read_key(text: str) -> uuid.UUID:
    """The key of a draft; what is none is the key of nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _read(request: HttpRequest, values: dict[str, str], scan: str, now) -> HttpResponse:
    """Read the scan box, bring the page up to date, and put the focus where the clerk goes on."""
    page = IntakePage(values, request.user, now)
    if scan.strip():
        try:
            read = read_scan(scan)
        except Unreadable as problem:
            page.problems.append(("id_scan", str(problem)))
            return _show(request, page)
        if isinstance(read, SlipToken | DossierCode):
            address = address_of_scan(request.user, read)
            if address:
                _keep_aside(request, page)
                return see_other(address)
            page.problems.append(("id_scan", NO_SUCH_SLIP))
            return _show(request, page)
        if isinstance(read, DraftCode):
            page.problems.append(("id_scan", NO_DRAFT_CODE))
            return _show(request, page)
        if isinstance(read, Card | BareId):
            note_access(request, AccessKind.SEARCH, detail=f"card …{read.personal_id[-3:]}")
            page.take_card(read)
    page.settle()
    if values.get("elsewhere") and not page.communes:
        page.notices.append("Không có xã nào khác cùng tỉnh trong hệ thống để nhận hồ sơ cho.")
    if sentence := page.competence_problem():
        page.problems.append(("id_competent", sentence))
    if page.values.get("procedure") and page.version is None:
        page.problems.append(("id_procedure", page.procedure_problem()))
    return _show(request, page)


def address_of_scan(user: User, read: SlipToken | DossierCode) -> str:
    """Where our own slip in a scan box leads: to the dossier, or to the intake that a supplement slip reopens; "" for nowhere."""
    if isinstance(read, SlipToken):
        return address_of_token(user, read.token)
    found = Dossier.objects.visible_to(user).filter(code=read.code).exists()
    return reverse("dossiers:detail", args=[read.code]) if found else ""


def _keep_aside(request: HttpRequest, page: IntakePage) -> None:
    """Another slip was scanned over an intake that is not finished: it waits on the desk."""
    if any(page.values.get(name) for name in ("name", "personal_id", "procedure")) and _keep_unsent(page.values, request.user, page.now):
        messages.info(request, "Phần đang nhập ở trang tiếp nhận được giữ trong bản nháp, trên bàn làm việc.")


def address_of_token(user, token: str) -> str:
    """Where the QR of one of our slips leads this person, "" for nowhere: to the dossier, to the papers that are awaited,
    or before there is a dossier to the intake."""
    digest = secrets.token_digest(token)
    dossier = Dossier.objects.visible_to(user).filter(token_digest=digest).first()
    if dossier is not None:
        return dossier.get_absolute_url()
    supplement = get_supplement_for(user, digest)
    if supplement is None:
        return ""
    if supplement.dossier is None:
        return f"{reverse('dossiers:intake')}?supplement={supplement.pk}" if user.has_role(*DESK) else ""
    if supplement.answered_at is None and may(user, Act.ACCEPT_SUPPLEMENT, supplement.dossier):
        return reverse("dossiers:accept_supplement", args=[supplement.dossier.code])
    return supplement.dossier.get_absolute_url()


def _save(request: HttpRequest, page: IntakePage, act: str) -> HttpResponse:
    if not page.is_valid():
        return _show(request, page, status=422)
    warnings = page.warnings()
    if warnings and not page.values.get("warnings_seen"):
        return _show(request, page, warnings=warnings, status=422)
    try:
        dossier = lifecycle.receive(page.intake(), by=request.user, at=page.now)
    except (NotAllowed, CannotPromise) as problem:
        page.problems.append(("id_save_print", str(problem)))
        return _show(request, page, status=422)
    messages.success(request, f"Đã tiếp nhận hồ sơ {dossier.code}.")
    if act == "save_keep":
        return see_other(f"{reverse('dossiers:intake')}?same_person={dossier.code}")
    address = reverse("dossiers:received", args=[dossier.code])
    return see_other(f"{address}?in=1" if act == "save_print" else address)


def _supplement(request: HttpRequest, page: IntakePage, act: str) -> HttpResponse:
    try:
        supplement = lifecycle.request_supplement(page.guidance(), by=request.user, at=page.now)
    except NotAllowed as problem:
        page.problems.append(("id_supplement_reason", str(problem)))
        return _show(request, page, status=422)
    return see_other(reverse("dossiers:slip", args=[supplement.issued_papers.latest("version").pk]) + "?in=1")


def _decline(request: HttpRequest, page: IntakePage, act: str) -> HttpResponse:
    try:
        refusal = lifecycle.decline(page.declined(), by=request.user, at=page.now)
    except NotAllowed as problem:
        page.problems.append(("id_decline_ground", str(problem)))
        return _show(request, page, status=422)
    return see_other(reverse("dossiers:slip", args=[refusal.issued_papers.latest("version").pk]) + "?in=1")


def _draft(request: HttpRequest, page: IntakePage, act: str) -> HttpResponse:
    draft = keep_draft(page)
    messages.success(request, f"Đã lưu nháp. Bản nháp được giữ đến {timezone.localtime(draft.expires_at):%d/%m/%Y}.")
    return see_other(f"{reverse('dossiers:intake')}?draft={draft.key}")


def keep_draft(page: IntakePage) -> IntakeDraft:
    """Keep everything typed so far under the form's key."""
    draft, _ = IntakeDraft.objects.update_or_create(
        agency_id=page.user.agency_id,
        key=page.submission_key(),
        defaults={
            "fields": page.typed_fields(),
            "changed_at": page.now,
            "expires_at": page.now + timedelta(days=DRAFT_DAYS),
            "owner": page.user,
        },
        create_defaults={
            "fields": page.typed_fields(),
            "changed_at": page.now,
            "expires_at": page.now + timedelta(days=DRAFT_DAYS),
            "owner": page.user,
            "created_at": page.now,
        },
    )
    return draft


@keeps_typed(_keep_after_session)
@role_required(*DESK)
@require_POST
def autosave(request: HttpRequest) -> HttpResponse:
    """The page's own draft, sent every 20 seconds while something changes."""
    _keep_unsent(typed_values(request.POST), request.user, timezone.now())
    return HttpResponse(status=204)


def _show(request: HttpRequest, page: IntakePage, *, warnings: list[str] | None = None, status: int = 200) -> HttpResponse:
    appointed = page.appointed()
    mistakes = [Problem(sentence, target) for target, sentence in page.problems]
    mistakes += [problem for form in page.judged for problem in problems_of(form)]
    context = {
        "page": page,
        "values": page.values,
        "problems": page.problems,
        "mistakes": mistakes,
        "warnings": warnings or [],
        "focus": page.place_focus(),
        "options": datalist_options(page.today),
        "appointed": appointed,
        "due_words": say_moment(appointed.due_at) if appointed else "",
        "reasons": explain(appointed.promise) if appointed else [],
        "competence_problem": next((sentence for target, sentence in page.problems if target == "id_competent"), ""),
        "has_errors": bool(mistakes or warnings),
    }
    return render(request, "dossiers/intake.html", context, status=status)


@role_required(*DESK)
@require_GET
def received(request: HttpRequest, code: str) -> HttpResponse:
    """After saving: what was promised, the slip on its way to the printer, and the next act."""
    dossier = get_dossier_for(request.user, code)
    paper = dossier.issued_papers.filter(kind=PaperKind.RECEIPT, voided_at__isnull=True).last()
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}")
    context = {
        "dossier": dossier,
        "due_words": say_moment(dossier.due_at) if dossier.due_at else "",
        "paper": paper,
        "prints": prints_of(paper) if paper else 0,
        "print_now": paper is not None and request.GET.get("in") == "1",
        "lookup_code": secrets.lookup_code(dossier.code, dossier.secret_version),
    }
    return render(request, "dossiers/received.html", context)


@role_required(*DESK, Role.SPECIALIST)
@require_GET
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """A supplement or refusal slip that has just been made."""
    paper = _own_slip(request, pk)
    note_access(request, AccessKind.VIEW, f"paper:{paper.pk}")
    dossier = paper.supplement.dossier if paper.supplement is not None else None
    context = {"paper": paper, "dossier": dossier, "prints": prints_of(paper), "print_now": request.GET.get("in") == "1"}
    return render(request, "dossiers/slip.html", context)


def _own_slip(request: HttpRequest, pk: int) -> IssuedPaper:
    papers = IssuedPaper.objects.filter(agency_id=request.user.agency_id, dossier__isnull=True)
    if not request.user.has_role(*DESK):
        # A specialist prints what he asks for himself; what happens before there is a dossier is the desk's.
        papers = papers.filter(supplement__dossier__isnull=False)
    return get_object_or_404(papers.select_related("supplement__dossier", "refusal"), pk=pk)


@role_required(*DESK, Role.SPECIALIST)
@require_GET
@xframe_options_sameorigin
def slip_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The slip's PDF, byte for byte as it was made."""
    return paper_response(request, _own_slip(request, pk))


def _file_name(paper: IssuedPaper) -> str:
    if paper.kind == PaperKind.APOLOGY and paper.dossier is not None:
        return f"xin-loi-{paper.dossier.code}-{paper.number.partition('/')[0]}.pdf"
    return f"{paper.kind}-{paper.number.replace('/', '-')}.pdf"


def paper_response(request: HttpRequest, paper: IssuedPaper) -> HttpResponse:
    """A stored paper, shown in the browser; every showing is an entry, since it may be printed."""
    content = file_of(paper, at=timezone.now())
    note_access(request, AccessKind.PRINT, f"paper:{paper.pk}")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_file_name(paper)}"'
    response["X-Content-Type-Options"] = "nosniff"
    # The paper is shown in a frame of our own page and may load nothing.
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf; frame-ancestors 'self'"
    )
    return response
