"""What looks after the office: the calendar, warnings, the roster, internal processes."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

from django.utils import timezone

from dossiers.models import Notice, NoticeStage, NoticeStep
from onestop.reading.dates import say_moment
from onestop.staff import duty
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.worktime import proposals
from onestop.worktime.changes import ChangedDay, Content
from onestop.worktime.models import CalendarChange, CalendarDay
from onestop.worktime.store import calendar_in_force
from procedures import drafting as processes
from procedures.content import LimitContent
from procedures.models import ProcedureVersion, WorkflowDraft
from procedures.publishing import publish as publish_version
from procedures.steps import Step
from procedures.tests.makers import make_content, make_procedure, make_workflow
from tests.browser.scene.stage import Scene

PUBLISHED_ANEW = "9.000656"


def calendar(scene: Scene) -> None:
    """A closure in two working days that waits for the leader, and one far ahead that is in force."""
    people, now = scene.cast, scene.now
    scene.province_admin = make_user(Role.ADMIN, agency=people.province_agency)
    soon, later = (calendar_in_force().add_working_days(timezone.localdate(now), number) for number in (2, 120))

    def propose(day: date, name: str) -> CalendarChange:
        return proposals.propose(
            agency=people.agency, scope="local", kind="closure", content=Content((ChangedDay(day, "local_closure", name),)),
            decision="Thông báo 31/TB-UBND", decided_on=timezone.localdate(now), reason="Theo dự báo của Đài Khí tượng thủy văn",
            key=uuid4(), by=people.admin, at=now,
        )

    proposals.approve(propose(later, "Di dời trụ sở"), by=people.leader, at=now)
    scene.change = propose(soon, "Tránh bão số 9 và khắc phục hậu quả mưa lũ sau bão")
    CalendarDay.objects.get_or_create(
        date=date(timezone.localdate(now).year + 1, 9, 2),
        defaults={"kind": "public_holiday", "name": "Quốc khánh", "decision": "Bộ luật Lao động", "confidence": "high"},
    )


def warnings(scene: Scene) -> None:
    """What the jobs of an office hour would have told the manager and the specialist, whatever hour it is now."""
    dossier = scene.dossiers["late"]
    for person, step in ((scene.cast.manager, NoticeStep.MANAGER), (scene.cast.specialist, NoticeStep.HOLDER)):
        Notice.objects.create(
            agency=dossier.agency, dossier=dossier, episode=dossier.due_at, stage=NoticeStage.OVERDUE, step=step, recipient=person,
            words=f"Hồ sơ {dossier.code} (Đăng ký khai sinh) quá hạn từ {say_moment(dossier.due_at)}.", made_at=scene.now,
        )


def roster(scene: Scene) -> None:
    """Today: a leader who is away with somebody in his place, one counter with somebody, one whose person is away; and rules."""
    people, now = scene.cast, scene.now
    today, half = timezone.localdate(now), duty.half_of(now)
    plans = (
        duty.Plan("leader", "", people.leader, people.head, "Họp Hội đồng nhân dân"),
        duty.Plan("desk", "1", people.clerk),
        duty.Plan("desk", "2", people.specialist, None, "Đi cơ sở"),
    )
    duty.set_session(people.agency, today, half, plans, by=people.manager, at=now)
    duty.check_in(today, half, by=people.head, at=now)
    values = {"decision_number": "12/QĐ-UBND", "decided_on": today, "decided_by": "Ủy ban nhân dân xã Nghĩa Giang", "valid_from": today}
    duty.publish_rules(people.agency, text="Điều 1. Giờ làm việc\nTheo giờ niêm yết.", by=people.head, at=now, **values)


def internal_processes(scene: Scene, version: ProcedureVersion) -> None:
    """An internal process of the commune's own from today on, and a draft of the next one."""
    people, now, today = scene.cast, scene.now, timezone.localdate(scene.now)
    steps = [
        Step("Tiếp nhận, kiểm tra giấy chứng sinh, in giấy hẹn", "clerk", amount="15", product="Giấy tiếp nhận và hẹn trả"),
        Step("Thẩm tra, ghi sổ, in giấy khai sinh", "specialist", amount="45", product="Bản chờ ký"),
        Step("Xác minh việc sinh", unit="Công an xã, Trưởng ban nhân dân ấp", kind="field", alongside=True, optional=True, amount="45"),
        Step("Ký giấy khai sinh", "leader", amount="25", product="Giấy khai sinh đã ký"),
        Step("Đóng dấu, trả kết quả", "clerk", amount="5", note="Trả luôn thẻ bảo hiểm y tế khi làm liên thông"),
    ]

    def written(label: str, rows: list[Step]) -> WorkflowDraft:
        draft = processes.start(version, "", by=people.admin, at=now)
        return processes.save(draft, label=label, steps=rows, by=people.admin, at=now, revision=draft.revision)

    processes.publish(
        written("Khai sinh tại xã", steps), effective_from=today, decision_number="112/QĐ-UBND", decided_on=today,
        by=people.manager, at=now, revision=None,
    )
    scene.process = written("Khai sinh tại xã, rút gọn", [*steps[:2], replace(steps[3], amount="20"), steps[4]])
    # Of a procedure that was published anew afterwards.
    before = make_procedure(code=PUBLISHED_ANEW, name="Đăng ký khai tử", label="Khai tử")
    hours = [Step("Tiếp nhận, ghi sổ", "clerk", amount="20", measure="hour"), Step("Ký", "leader", amount="4", measure="hour")]
    make_workflow(before, people.agency, steps=hours)
    publish_version(before.procedure, make_content("Đăng ký khai tử", limits=[LimitContent(value=2, unit="working_day")]), on=today)
