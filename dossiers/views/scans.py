"""The papers of a dossier with their scans: one file at a time, shown as pictures of our own making."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.forms.outside import CHOOSE_AGAIN
from dossiers.forms.scans import OTHER_PAPER, ScanForm, ScanSettingForm, VoidScanForm, WaiveForm
from dossiers.lifecycle.scanning import scans_required
from dossiers.models import Dossier, DossierComponent, PaperState, ScannedPaper, ScanWaiver
from dossiers.rules import READERS, is_session, may
from dossiers.statuses import SIGNERS, Act, NotAllowed
from dossiers.views.acting import CONFLICT, UNPROCESSABLE, ActPage, facts_of
from dossiers.views.outside import outside_file, say_size
from dossiers.views.papers import dossier_with_names
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.reading.dates import short_moment
from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.vault import files

SETTERS = (*SIGNERS, Role.MANAGER)


@dataclass(frozen=True)
class Line:
    """One paper of the list with its scans; `wanted`: it is required, was submitted and has none yet."""

    name: str
    state: str
    wanted: bool
    scans: list[dict[str, Any]]


@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def scans(request: HttpRequest, code: str) -> HttpResponse:
    """What was scanned and what is still to scan; one file a request, or leave not to scan."""
    dossier, now = dossier_with_names(request, code), timezone.now()
    if is_session(dossier):
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else ""
    given = {"dossier": dossier, "user": request.user, "now": now}
    form = ScanForm(request.POST, request.FILES, **given) if act == "add" else ScanForm(**given, initial={"paper": request.GET.get("o")})
    waive_form = WaiveForm(request.POST, **given) if act == "waive" else WaiveForm(**given)
    problem, status = "", 200
    if act in {"add", "waive"}:
        try:
            done = _add(request, form) if act == "add" else _waive(request, waive_form)
            if done is not None:
                return done
            status = UNPROCESSABLE
        except NotAllowed as refusal:
            problem, status = str(refusal), CONFLICT if isinstance(refusal, lifecycle.AlreadyDone) else UNPROCESSABLE
    return _show(request, dossier, form=form, waive_form=waive_form, problem=problem, status=status)


def _add(request: HttpRequest, form: ScanForm) -> HttpResponse | None:
    """Whoever may not keep scans is told so before his file is looked at."""
    why = lifecycle.why_no_scan(form.dossier, by=form.user)
    if why:
        raise NotAllowed(why)
    if not form.is_valid():
        if form.has_error("file", "refused"):
            note_access(request, AccessKind.REFUSED, f"dossier:{form.dossier.pk}", "tệp quét không nhận")
        return None
    content, checked, name = form.cleaned_data["file"]
    scan = lifecycle.add_scan(
        form.dossier,
        paper=form.line,
        checked=checked,
        sha256=files.store(content),
        preview_sha256=files.store(checked.preview) if checked.preview else "",
        byte_count=len(content),
        name=name,
        by=form.user,
        at=form.now,
    )
    pages = f"{scan.pages} trang, " if scan.kind == "pdf" else ""
    messages.success(request, f"Đã lưu bản quét: {form.line.name if form.line else OTHER_PAPER} ({pages}{say_size(scan.byte_count)}).")
    for warning in checked.warnings:
        messages.warning(request, f"{warning}.")
    return see_other(reverse("dossiers:scans", args=[form.dossier.code]))


def _waive(request: HttpRequest, form: WaiveForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    lifecycle.waive_scans(form.dossier, reason=form.cleaned_data["reason"], by=form.user, at=form.now)
    messages.success(request, "Đã cho phép phát hành kết quả khi chưa quét đủ giấy tờ.")
    return see_other(reverse("dossiers:scans", args=[form.dossier.code]))


def _show(request: HttpRequest, dossier: Dossier, *, form: ScanForm, waive_form: WaiveForm, problem: str, status: int) -> HttpResponse:
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}", "giấy tờ, bản quét")
    kept = list(ScannedPaper.objects.filter(dossier=dossier).select_related("scanned_by", "voided_by", "paper"))
    live = [scan for scan in kept if scan.voided_at is None]
    may_change = may(request.user, Act.VOID_SCAN, dossier)
    papers = DossierComponent.objects.filter(dossier=dossier).select_related("component")
    lines = [_line(paper, live, dossier, may_change) for paper in papers]
    others = [_scan(scan, dossier, may_change) for scan in live if scan.paper_id is None]
    if others:
        lines.append(Line(OTHER_PAPER, "", False, others))
    required = scans_required(dossier.competent_agency_id)
    waiver = ScanWaiver.objects.filter(dossier=dossier).select_related("waived_by").first()
    wanted = sum(line.wanted for line in lines)
    context = {
        "dossier": dossier,
        "facts": facts_of(dossier, form.now),
        "lines": lines,
        "voided": [_voided(scan) for scan in kept if scan.voided_at is not None],
        "form": form if may(request.user, Act.ADD_SCAN, dossier) else None,
        "choose_again": CHOOSE_AGAIN if form.is_bound else "",
        "waiver": waiver,
        "waived": f"{waiver.waived_by.full_name}, {short_moment(waiver.waived_at)}" if waiver else "",
        "waive_form": waive_form if required and wanted and not waiver and may(request.user, Act.WAIVE_SCANS, dossier) else None,
        "required": required,
        "wanted": wanted,
        "sets": request.user.has_role(*SETTERS) and request.user.agency_id == dossier.agency_id,
        "problem": problem,
        "has_errors": bool(problem) or status == UNPROCESSABLE,
    }
    return render(request, "dossiers/scans.html", context, status=status)


def _line(line: DossierComponent, live: list[ScannedPaper], dossier: Dossier, may_change: bool) -> Line:
    shown = [_scan(scan, dossier, may_change) for scan in live if scan.paper_id == line.pk]
    required = line.component is not None and line.component.required and line.state == PaperState.SUBMITTED
    return Line(line.name, line.get_state_display(), required and not shown, shown)


def _scan(scan: ScannedPaper, dossier: Dossier, may_change: bool) -> dict[str, Any]:
    address = [dossier.code, scan.pk]
    pages = f"{scan.pages} trang, " if scan.kind == "pdf" else ""
    return {
        "name": scan.name,
        "facts": f"{scan.get_kind_display()}, {pages}{say_size(scan.byte_count)}",
        "by": f"{scan.scanned_by.full_name}, {short_moment(scan.scanned_at)}",
        "preview": reverse("dossiers:scan_preview", args=address) if scan.preview_sha256 else "",
        "file": reverse("dossiers:scan_file", args=address),
        "void": reverse("dossiers:scan_void", args=address) if may_change else "",
    }


def _voided(scan: ScannedPaper) -> tuple[str, str, str]:
    """(paper, who and when, why)."""
    who = scan.voided_by.full_name if scan.voided_by else ""
    return scan.paper.name if scan.paper else OTHER_PAPER, f"{who}, {short_moment(scan.voided_at)}", scan.void_reason


def _scan_of(request: HttpRequest, code: str, pk: int) -> ScannedPaper:
    """The scan of a dossier whose personal data this person may see; nowhere for everybody else."""
    dossier = dossier_with_names(request, code)
    scan = ScannedPaper.objects.filter(dossier=dossier, pk=pk).select_related("dossier", "paper", "scanned_by").first()
    if scan is None:
        raise Http404
    return scan


@role_required(*READERS)
@require_safe
def scan_preview(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The picture that we made of a scan."""
    scan = _scan_of(request, code, pk)
    if not scan.preview_sha256:
        raise Http404
    note_access(request, AccessKind.VIEW, f"dossier:{scan.dossier_id}", f"ảnh bản quét {scan.pk}")
    return outside_file(scan.preview_sha256, "jpeg", f"ban-quet-{scan.pk}.jpg", shown=True)


@role_required(*READERS)
@require_safe
def scan_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The scan as it was sent, byte for byte, to keep."""
    scan = _scan_of(request, code, pk)
    note_access(request, AccessKind.DOWNLOAD, f"dossier:{scan.dossier_id}", f"bản quét {scan.pk}")
    return outside_file(scan.sha256, scan.kind, scan.name)


@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def scan_void(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A scan that counts no more, with the reason."""
    scan = _scan_of(request, code, pk)
    page = ActPage(request, code, Act.VOID_SCAN, VoidScanForm)
    back = reverse("dossiers:scans", args=[scan.dossier.code])
    if page.is_ready():
        with page.trying():
            lifecycle.void_scan(scan, reason=page.values["reason"], by=request.user, at=page.now)
            return page.done("Đã bỏ bản quét.", back)
    return page.show("dossiers/scan_void.html", scan=_scan(scan, scan.dossier, False), of=scan.paper.name if scan.paper else OTHER_PAPER)


@role_required(*SETTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def scan_setting(request: HttpRequest) -> HttpResponse:
    """Whether this agency asks for scans before it issues results."""
    agency = request.user.agency
    form = ScanSettingForm(request.POST if request.method == "POST" else None, initial={"required": scans_required(agency.pk)})
    if form.is_bound and form.is_valid():
        lifecycle.require_scans(agency, form.cleaned_data["required"], by=request.user, at=timezone.now())
        messages.success(request, "Đã lưu.")
        return see_other(reverse("dossiers:scan_setting"))
    return render(request, "dossiers/scan_setting.html", {"form": form, "agency": agency})
