"""Internal processes of the demonstration: one that the commune decided, and a draft that waits for the manager."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.utils import timezone

from onestop.demo.tales import Office
from onestop.staff.roles import Role
from onestop.worktime.hours import at as moment_at
from procedures import drafting
from procedures.models import ProcedureVersion, WorkflowDraft
from procedures.steps import Step, read_steps

WRITTEN_AT, DECIDED_AT = time(14, 10), time(16, 20)
DECIDED_DAYS_AGO = 38
# Short codes: births go by the commune's own process, a certificate of marital status is to get one.
DECIDED, DRAFTED = "ks", "hn"
BIRTH = (
    Step(
        "Tiếp nhận, kiểm tra giấy chứng sinh, tra cứu dữ liệu", "clerk", amount="0.5", measure="hour", product="Giấy tiếp nhận và hẹn trả"
    ),
    Step("Thẩm tra, ghi sổ, lấy số định danh, in giấy khai sinh", "specialist", amount="2", measure="hour", product="Bản chờ ký"),
    Step("Xác minh việc sinh", unit="Công an xã", kind="field", alongside=True, optional=True, amount="2", measure="hour"),
    Step("Ký giấy khai sinh", "leader", amount="1", measure="hour", product="Giấy khai sinh đã ký"),
    Step("Đóng dấu", "archivist", amount="0.25", measure="hour", product="Giấy khai sinh có dấu"),
    Step("Trả kết quả", "clerk", amount="0.25", measure="hour", product="Chữ ký nhận trong sổ"),
)

Event = tuple[datetime, Callable[[datetime], object]]


def process_events(office: Office, now: datetime) -> Iterator[Event]:
    """Written and decided five weeks ago, and something new since yesterday; nothing where a role is missing."""
    admins, managers = office.with_role(Role.ADMIN), office.with_role(Role.MANAGER)
    if not admins or not managers:
        return
    days = office.hours.days(now.date() - timedelta(days=DECIDED_DAYS_AGO), now.date() - timedelta(days=1))
    if not days:
        return
    decided, drafted = days[0], days[-1]

    def write(moment: datetime, code: str, label: str, steps: tuple[Step, ...]) -> WorkflowDraft | None:
        version = ProcedureVersion.objects.receivable(timezone.localdate(moment)).filter(procedure__short_code=code).first()
        if version is None:
            return None
        draft = drafting.start(version, "", by=admins[0], at=moment)
        changed = steps or tuple(replace(step, amount="50") if step.role == Role.SPECIALIST else step for step in read_steps(draft.steps))
        return drafting.save(draft, label=label, steps=changed, by=admins[0], at=moment, revision=draft.revision) if changed else draft

    def decide(moment: datetime) -> None:
        draft = WorkflowDraft.objects.filter(agency=office.agency, version__procedure__short_code=DECIDED).first()
        if draft is not None:
            today = timezone.localdate(moment)
            drafting.publish(
                draft, effective_from=today, decision_number="87/QĐ-UBND", decided_on=today, by=managers[0], at=moment, revision=None
            )

    yield moment_at(decided, WRITTEN_AT), lambda moment: write(moment, DECIDED, "Khai sinh tại xã", BIRTH)
    yield moment_at(decided, DECIDED_AT), decide
    yield moment_at(drafted, WRITTEN_AT), lambda moment: write(moment, DRAFTED, "Xác nhận tình trạng hôn nhân, rút ngắn", ())
