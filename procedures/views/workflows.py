"""The internal processes of an agency, for its administrator, who writes them, and its manager, who publishes them.

A draft of another agency is answered like one that is not there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onestop.history.record import events_of
from onestop.reading.names import fold
from onestop.staff.access import role_required
from onestop.staff.views.session import see_other
from procedures import drafting
from procedures.catalogue import snapshot
from procedures.comparing import differences
from procedures.drafting import EDITORS, GONE, PUBLISHERS, READERS, Changed, Refused
from procedures.entries import CODE
from procedures.forms import SAVE, DraftForm, PublishForm, StepForm, moved_forms, sent_forms, stored_forms
from procedures.models import ProcedureVersion, Workflow, WorkflowDraft
from procedures.search import LONGEST, find
from procedures.steps import MOST_STEPS, Step, read_steps
from procedures.workflows import Fit, cases_apart, earlier_processes, fits_of, steps_of, workflow_in_force

PAGE_SIZE = 30
UNPROCESSABLE, CONFLICT = 422, 409
FOR_ALL = "Mọi trường hợp"


# -- reading --------------------------------------------------------------------------------
@role_required(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The procedures that can be received, each with the process that holds and its draft; `?tu-khoa=` searches."""
    today, agency = timezone.localdate(), request.user.agency
    words = request.GET.get("tu-khoa", "")[:LONGEST].strip()
    receivable = tuple(row for row in snapshot(today).rows if row.receivable)
    page = Paginator(find(words, receivable) if words else receivable, PAGE_SIZE).get_page(request.GET.get("trang"))
    versions = [row.version_id for row in page]
    published = Workflow.objects.filter(version__in=versions, effective_from__lte=today).exclude(agency__isnull=False)
    own = Workflow.objects.filter(version__in=versions, agency=agency)
    drafts = set(WorkflowDraft.objects.filter(version__in=versions, agency=agency).values_list("version_id", flat=True))
    held = {row.version_id: row for row in published.filter(case_key="").order_by("effective_from", "number")}
    held |= {row.version_id: row for row in own.filter(case_key="", effective_from__lte=today).order_by("effective_from", "number")}
    owned = set(own.values_list("version_id", flat=True))
    behind = {row.version.procedure.code: row.version.procedure.short_name for row in earlier_processes(today, agency.pk)}
    context = {
        "words": words,
        "page": page,
        "rows": [(row, held.get(row.version_id), row.version_id in owned, row.version_id in drafts, row.code in behind) for row in page],
        "query": f"tu-khoa={words}&" if words else "",
        "behind": sorted(behind.items(), key=lambda pair: (fold(pair[1]), pair[0])),
        "is_editor": request.user.has_role(*EDITORS),
    }
    return render(request, "procedures/workflows.html", context)


@dataclass(frozen=True)
class Published:
    """One published process with its state in words."""

    workflow: Workflow
    state: str
    colour: str
    steps: list[tuple[int, Step]]

    @property
    def edition(self) -> str:
        """What tells it from others of the same name, with the case where it has one."""
        words = f"{'của đơn vị' if self.workflow.is_own else 'mẫu'}, lần {self.workflow.number}"
        return f"{words}, trường hợp {self.workflow.case_key}" if self.workflow.case_key else words


@dataclass(frozen=True)
class Scope:
    """The processes for all cases, or for one case."""

    key: str
    name: str
    now: Published | None
    others: list[Published]
    draft: WorkflowDraft | None


@dataclass(frozen=True)
class Earlier:
    """The agency's process of an earlier version beside the limits of the one in force, and the draft made of it already."""

    workflow: Workflow
    case: str
    steps: list[tuple[int, Step]]
    fits: Sequence[Fit]
    draft: WorkflowDraft | None


@role_required(*READERS)
@require_safe
def detail(request: HttpRequest, ma: str) -> HttpResponse:
    """The processes of one procedure: what holds now, what will, what was, and drafts."""
    version, today = _version(ma), timezone.localdate()
    scopes = _scopes(version, request.user.agency_id, today)
    earlier = _earlier(version, request.user.agency_id, today, {scope.key: scope.draft for scope in scopes})
    cases = list(version.cases.all())
    context = {
        "version": version,
        "procedure": version.procedure,
        "scopes": scopes,
        "earlier": earlier,
        # Where there is nothing to choose, the one press above does it.
        "copied_only": bool(earlier) and len(cases) <= 1,
        "cases": cases,
        "is_editor": request.user.has_role(*EDITORS) and not request.user.agency.is_province,
        "is_publisher": request.user.has_role(*PUBLISHERS),
        "for_all": FOR_ALL,
    }
    return render(request, "procedures/workflow.html", context)


def _version(ma: str) -> ProcedureVersion:
    """The version in force of the procedure with this code."""
    if not CODE.fullmatch(ma):
        raise Http404
    found = ProcedureVersion.objects.published(timezone.localdate()).filter(procedure__code=ma)
    version = found.select_related("procedure").prefetch_related("cases", "limits").order_by("-effective_from", "-number").first()
    if version is None:
        raise Http404
    return version


def _scopes(version: ProcedureVersion, agency_id: int, today: date) -> list[Scope]:
    rows = defaultdict(list)
    for row in Workflow.objects.filter(version=version, agency_id__in=[agency_id]) | Workflow.objects.filter(version=version, agency=None):
        rows[row.case_key].append(row)
    drafts = {
        draft.case_key: draft for draft in WorkflowDraft.objects.filter(version=version, agency_id=agency_id).select_related("changed_by")
    }
    names = {"": FOR_ALL} | {case.key: case.name or f"Trường hợp {case.key}" for case in version.cases.all()}
    scopes = []
    for key, name in names.items():
        if key and key not in rows and key not in drafts:
            continue
        now = workflow_in_force(version, agency_id, today, case_key=key)
        later = sorted(rows[key], key=lambda row: (row.effective_from, row.is_own, row.number), reverse=True)
        others = [_published(row, today, now) for row in later if now is None or row.pk != now.pk]
        scopes.append(Scope(key, name, _published(now, today, now) if now else None, others, drafts.get(key)))
    return scopes


def _earlier(version: ProcedureVersion, agency_id: int, today: date, drafts: Mapping[str, WorkflowDraft | None]) -> list[Earlier]:
    """Two queries, two more where the agency had a process under an earlier version."""
    names = {case.key: case.name or f"Trường hợp {case.key}" for case in version.cases.all()}
    rows = earlier_processes(today, agency_id, procedure_id=version.procedure_id)
    apart = {row.case_key for row in rows if row.case_key} | cases_apart(version, agency_id, today) if rows else set()
    return [
        Earlier(
            row,
            names.get(row.case_key, ""),
            list(enumerate(steps_of(row), 1)),
            fits_of(version, row.case_key, steps_of(row), apart=apart),
            drafts.get(row.case_key),
        )
        for row in rows
    ]


def _published(row: Workflow, today: date, now: Workflow | None) -> Published:
    if now is not None and row.pk == now.pk:
        state, colour = "Đang áp dụng", "green"
    elif row.effective_from > today:
        state, colour = f"Áp dụng từ {row.effective_from:%d/%m/%Y}", "blue"
    elif row.is_own:
        state, colour = "Đã được thay", "grey"
    else:
        state, colour = "Không áp dụng: có quy trình khác thay", "grey"
    return Published(row, state, colour, list(enumerate(steps_of(row), 1)))


# -- writing --------------------------------------------------------------------------------
@role_required(*EDITORS)
@require_POST
def start(request: HttpRequest, ma: str) -> HttpResponse:
    """A draft for the case `case`, or the one that is there."""
    version = _version(ma)
    try:
        draft = drafting.start(version, request.POST.get("case", ""), by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return see_other(_address(version))
    return see_other(reverse("workflows:draft", args=[draft.pk]))


@role_required(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The steps of a draft as a form; `act` says which button was pressed."""
    found, is_gone = _draft_for(request, pk)
    act = request.POST.get("act", SAVE) if request.method == "POST" else ""
    forms: list[StepForm] = stored_forms(read_steps(found.steps)) if not act else []
    name, problem, status, here = DraftForm(initial={"label": found.label}), "", 200, 0
    revision = found.revision
    if act:
        sent = read_number(request.POST.get("revision", ""))
        revision = revision if sent is None else sent
        if act == SAVE or is_gone:
            name, forms = DraftForm(request.POST), sent_forms(request.POST)
            try:
                if is_gone:
                    raise Changed(GONE)
                if all([name.is_valid(), *[form.is_valid() for form in forms]]):
                    steps = [form.step for form in forms]
                    drafting.save(found, label=name.cleaned_data["label"], steps=steps, by=request.user, at=timezone.now(), revision=sent)
                    messages.success(request, "Đã lưu dự thảo. Giám đốc Trung tâm xem và ban hành.")
                    return see_other(_address(found.version))
                status = UNPROCESSABLE
            except Refused as refusal:
                problem, status = str(refusal), CONFLICT if isinstance(refusal, Changed) else UNPROCESSABLE
                # What was typed may be saved over the other one's text once this sentence was read.
                revision = found.revision
        else:
            forms, here = moved_forms(request.POST, act)
            name = DraftForm(initial={"label": request.POST.get("label", "")})
    context = {
        "draft": found,
        "procedure": found.version.procedure,
        "case": _case_name(found),
        "name": name,
        "forms": forms,
        "here": here,
        "is_unsaved": bool(act) and not problem and status == 200,
        "revision": revision,
        "problem": problem,
        "is_gone": is_gone,
        "has_errors": bool(problem) or status == UNPROCESSABLE,
        "may_add": len(forms) < MOST_STEPS,
        "fits": fits_for(found) if not act else [],
    }
    return render(request, "procedures/workflow_draft.html", context, status=status)


@role_required(*PUBLISHERS)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What the draft changes and whether it fits, and the form that publishes it."""
    found, is_gone = _draft_for(request, pk)
    now = timezone.now()
    today = timezone.localdate(now)
    if is_gone:
        messages.info(request, GONE)
        return see_other(_address(found.version))
    form = PublishForm(request.POST if request.method == "POST" else None, initial={"effective_from": today})
    problem, status = "", UNPROCESSABLE if form.is_bound else 200
    if form.is_bound and form.is_valid():
        revision = read_number(request.POST.get("revision", ""))
        try:
            made = drafting.publish(found, by=request.user, at=now, revision=revision, **form.cleaned_data)
        except Changed as refusal:
            problem, status = str(refusal), CONFLICT
        except Refused as refusal:
            if refusal.field:
                form.add_error(refusal.field, str(refusal))
            else:
                problem = str(refusal)
        else:
            messages.success(
                request, f"Đã ban hành quy trình, áp dụng từ {made.effective_from:%d/%m/%Y}. Hồ sơ nhận trước ngày này giữ quy trình cũ."
            )
            return see_other(_address(found.version))
    before, steps = workflow_in_force(found.version, found.agency_id, today, case_key=found.case_key), read_steps(found.steps)
    context = {
        "draft": found,
        "procedure": found.version.procedure,
        "case": _case_name(found),
        "form": form,
        "problem": problem,
        "has_errors": form.is_bound,
        "fits": fits_for(found),
        "refusal": drafting.too_long(found, today),
        "steps": list(enumerate(steps, 1)),
        "before": before,
        "differences": differences(steps_of(before), steps) if before else [],
    }
    return render(request, "procedures/workflow_publish.html", context, status=status)


@role_required(*EDITORS)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away; asked for twice, done once."""
    found, is_gone = _draft_for(request, pk)
    try:
        if is_gone:
            raise Changed(GONE)
        drafting.discard(found, by=request.user, at=timezone.now(), revision=read_number(request.POST.get("revision", "")))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Đã bỏ dự thảo. Quy trình đã ban hành giữ nguyên.")
    return see_other(_address(found.version))


def fits_for(found: WorkflowDraft) -> Sequence[Fit]:
    """The draft's steps beside the limits under which its dossiers come."""
    apart = cases_apart(found.version, found.agency_id, timezone.localdate())
    return fits_of(found.version, found.case_key, read_steps(found.steps), apart=apart)


def read_number(text: str) -> int | None:
    """A count that a form carries; None when it does not say one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _address(version: ProcedureVersion) -> str:
    return reverse("workflows:detail", args=[version.procedure.code])


def _case_name(found: WorkflowDraft) -> str:
    case = next((case for case in found.version.cases.all() if case.key == found.case_key), None)
    return (case.name or f"Trường hợp {case.key}") if case else ""


def _draft_for(request: HttpRequest, pk: int) -> tuple[WorkflowDraft, bool]:
    """The agency's draft of this number, and whether it is gone: published or discarded after a form was made of it."""
    rows = WorkflowDraft.objects.select_related("version__procedure", "changed_by").prefetch_related("version__limits", "version__cases")
    found = rows.filter(pk=pk, agency_id=request.user.agency_id).first()
    if found is not None:
        return found, False
    version_id = read_number(request.POST.get("version", ""))
    if version_id is None:
        raise Http404
    for event in events_of(request.user.agency_id, f"procedure_version:{version_id}", limit=10):
        if pk in json.loads(event.data).get("gone", {}).get("procedures.workflowdraft", ()):
            version = ProcedureVersion.objects.select_related("procedure").get(pk=version_id)
            return WorkflowDraft(pk=pk, version=version, agency_id=request.user.agency_id, revision=0), True
    raise Http404
