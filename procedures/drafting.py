"""How a commune makes an internal process of its own: written by the administrator, published by the manager.

    draft = start(version, "", by=admin, at=now)            # a copy of what holds now
    save(draft, label=…, steps=[…], by=admin, at=now, revision=draft.revision)
    publish(draft, effective_from=…, decision_number="12/QĐ-UBND", decided_on=…, by=manager, at=now, revision=…)

Nothing else writes drafts, and only `publish` and `workflows.ship` write processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from onestop.history.record import record
from onestop.staff.models import User
from onestop.staff.roles import Role
from procedures.models import ProcedureVersion, Workflow, WorkflowDraft
from procedures.steps import Step, problem_of, read_steps
from procedures.workflows import cases_apart, fits_of, workflow_in_force

EDITORS, PUBLISHERS = (Role.ADMIN,), (Role.MANAGER,)
READERS = (*EDITORS, *PUBLISHERS)
LONGEST_LABEL, LONGEST_NUMBER = 120, 60
# How far ahead a process may be published.
DAYS_AHEAD = timedelta(days=366)
GONE = "Dự thảo này không còn: đã ban hành hoặc đã bỏ."


class Refused(ValueError):
    """What the rules refuse; the message is the sentence to show, `field` where it is mended."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Changed(Refused):
    """Somebody else saved the draft, published or discarded it in the meantime."""


@transaction.atomic
def start(version: ProcedureVersion, case_key: str, *, by: User, at: datetime) -> WorkflowDraft:
    """The draft of the person's agency for this version and case; when there is none, a copy of what holds today.

    A version that is new begins with what the agency had under the one before it.
    """
    _check(by, EDITORS, "Chỉ quản trị được soạn quy trình nội bộ.")
    if by.agency.is_province:
        raise Refused("Quy trình riêng là của xã. Tài khoản cấp tỉnh không soạn được.")
    if not version.receivable:
        raise Refused("Thủ tục này chưa nhận được hồ sơ nên chưa cần quy trình.")
    if case_key and case_key not in version.cases.values_list("key", flat=True):
        raise Refused("Chọn trường hợp của thủ tục này.")
    source = _source(version, case_key, by.agency_id, timezone.localdate(at))
    draft, is_new = WorkflowDraft.objects.get_or_create(
        version=version,
        case_key=case_key,
        agency=by.agency,
        defaults={
            "label": source.label if source else "Quy trình nội bộ",
            "steps": source.steps if source else [],
            "made_by": by,
            "made_at": at,
            "changed_by": by,
            "changed_at": at,
        },
    )
    if is_new:
        data = {"procedure": version.procedure.code, "case": case_key, "from": source.pk if source else None}
        _record("workflow.drafted", draft, by=by, at=at, data=data, rows=[draft])
    return draft


def _source(version: ProcedureVersion, case_key: str, agency_id: int, on: date) -> Workflow | None:
    now = workflow_in_force(version, agency_id, on, case_key=case_key)
    if now is not None and now.is_own:
        return now
    earlier = Workflow.objects.filter(
        version__procedure_id=version.procedure_id, version__number__lt=version.number, agency_id=agency_id, case_key=case_key
    )
    return earlier.order_by("-version__number", "-effective_from").first() or now


@transaction.atomic
def save(draft: WorkflowDraft, *, label: str, steps: Sequence[Step], by: User, at: datetime, revision: int | None) -> WorkflowDraft:
    """Keep what was written. The same text sent twice is kept once; raises Changed when somebody else saved after `revision`."""
    _check(by, EDITORS, "Chỉ quản trị được soạn quy trình nội bộ.")
    draft, stored = _locked(draft, by), [step.as_json() for step in steps]
    if (draft.label, draft.steps) == (label, stored):
        return draft
    _check_revision(draft, revision)
    problem = problem_of(steps)
    if problem:
        raise Refused(problem)
    draft.label, draft.steps = label, stored
    draft.revision, draft.changed_by, draft.changed_at = draft.revision + 1, by, at
    draft.save()
    _record("workflow.draft_saved", draft, by=by, at=at, data={"revision": draft.revision, "steps": len(steps)}, rows=[draft])
    return draft


@transaction.atomic
def discard(draft: WorkflowDraft, *, by: User, at: datetime, revision: int | None) -> None:
    """Throw the draft away; what is published stays."""
    _check(by, EDITORS, "Chỉ quản trị được bỏ dự thảo.")
    draft = _locked(draft, by)
    _check_revision(draft, revision)
    _remove(draft)
    _record("workflow.discarded", draft, by=by, at=at, data={"case": draft.case_key}, gone=[draft])


@transaction.atomic
def publish(
    draft: WorkflowDraft,
    *,
    effective_from: date,
    decision_number: str,
    decided_on: date,
    by: User,
    at: datetime,
    revision: int | None,
) -> Workflow:
    """Make the draft the agency's process from `effective_from`, by this decision. Dossiers received before keep theirs."""
    _check(by, PUBLISHERS, "Chỉ giám đốc Trung tâm được ban hành quy trình nội bộ.")
    draft = _locked(draft, by)
    _check_revision(draft, revision)
    today, steps = timezone.localdate(at), read_steps(draft.steps)
    _check_days(draft.version, effective_from, decided_on, today)
    problem = problem_of(steps) or too_long(draft, effective_from)
    if problem:
        raise Refused(problem)
    before = Workflow.objects.filter(version=draft.version, case_key=draft.case_key, agency=draft.agency)
    last = before.order_by("-number").first()
    workflow = Workflow(
        version=draft.version,
        case_key=draft.case_key,
        agency=draft.agency,
        number=last.number + 1 if last else 1,
        label=draft.label,
        steps=draft.steps,
        effective_from=effective_from,
        decision_number=decision_number,
        decided_on=decided_on,
        made_by=draft.changed_by,
        made_at=draft.changed_at,
        published_by=by,
        published_at=at,
    )
    try:
        with transaction.atomic():
            workflow.save()
    except IntegrityError:
        raise Refused("Đã có quy trình ban hành áp dụng từ ngày này. Chọn ngày khác.", "effective_from") from None
    _remove(draft)
    data = {
        "procedure": draft.version.procedure.code,
        "case": draft.case_key,
        "number": workflow.number,
        "from": effective_from,
        "decision": decision_number,
    }
    _record("workflow.published", draft, by=by, at=at, data=data, rows=[workflow], gone=[draft])
    return workflow


def too_long(draft: WorkflowDraft, on: date) -> str:
    """The sentence that says why these steps may not be published, or ""."""
    apart = cases_apart(draft.version, draft.agency_id, on)
    fits = fits_of(draft.version, draft.case_key, read_steps(draft.steps), apart=apart)
    return next((f"{fit.sentence}. Rút ngắn các bước rồi mới ban hành được." for fit in fits if fit.exceeds), "")


def _check(by: User, roles: Sequence[Role], sentence: str) -> None:
    if not by.has_role(*roles):
        raise Refused(sentence)


def _check_days(version: ProcedureVersion, effective_from: date, decided_on: date, today: date) -> None:
    if decided_on > today:
        raise Refused("Ngày quyết định ở sau hôm nay. Xem lại ngày.", "decided_on")
    if effective_from < today:
        raise Refused("Quy trình chỉ áp dụng từ hôm nay trở đi.", "effective_from")
    if effective_from > today + DAYS_AHEAD:
        raise Refused("Ngày áp dụng cách hôm nay quá một năm. Xem lại ngày.", "effective_from")
    if not version.in_force(effective_from):
        raise Refused("Lần công bố này của thủ tục không còn hiệu lực vào ngày áp dụng.", "effective_from")


def _locked(draft: WorkflowDraft, by: User) -> WorkflowDraft:
    """The draft as it is now, held until the act is done."""
    rows = WorkflowDraft.objects.select_for_update(of=("self",)).select_related("version__procedure", "agency", "changed_by")
    found = rows.filter(pk=draft.pk, agency_id=by.agency_id).first()
    if found is None:
        raise Changed(GONE)
    return found


def _check_revision(draft: WorkflowDraft, revision: int | None) -> None:
    if revision is not None and revision != draft.revision:
        at = timezone.localtime(draft.changed_at)
        raise Changed(f"{draft.changed_by.full_name} đã lưu dự thảo này lúc {at:%H:%M %d/%m/%Y}. Xem bản đó trước khi làm tiếp.")


def _remove(draft: WorkflowDraft) -> None:
    """The row goes, its key stays on the object for the history."""
    WorkflowDraft.objects.filter(pk=draft.pk).delete()


def _record(act: str, draft: WorkflowDraft, *, by: User, at: datetime, data: dict, rows: Sequence = (), gone: Sequence = ()) -> None:
    subject = f"procedure_version:{draft.version_id}"
    record(agency_id=draft.agency_id, act=act, subject=subject, at=at, by=by, data=data, rows=rows, gone=gone)
