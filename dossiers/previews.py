"""What an act would do to the date, said before it is done: the same working as the act's own, on rows not written yet."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from dossiers.models import Dossier, Extension, PauseKind
from dossiers.promises import Appointed, Course, course_of, open_pause
from dossiers.standing import Standing
from onestop.reading.dates import say_moment
from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.explain import explain
from onestop.worktime.limits import CannotPromise, PauseSpan, Promise, Unit, arrival, due, say_limit
from onestop.worktime.store import calendar_in_force, opening_hours


@dataclass(frozen=True)
class Effect:
    """Sentences for the page of an act, and the working behind a date in them."""

    sentences: tuple[str, ...]
    working: tuple[str, ...] = ()


def _told(course: Course, dossier: Dossier, calendar: WorkingCalendar) -> Promise:
    return due(course.start, course.limit, calendar, opening_hours(dossier.competent_agency_id), course.pauses, course.channel)


def if_paused(dossier: Dossier, standing: Standing, kind: PauseKind, now: datetime) -> Effect:
    """A pause that begins now: how much of the limit is used, or that it changes nothing any more."""
    if standing.late and dossier.due_at is not None:
        held = say_moment(dossier.due_at)
        return Effect((f"Hồ sơ đã quá hạn từ {held}. Tạm dừng không đổi hạn này và không xóa được việc quá hạn.",))
    calendar = calendar_in_force(dossier.competent_agency_id)
    try:
        course = course_of(dossier, calendar)
        if kind == PauseKind.SUPPLEMENT and dossier.version.on_supplement == "restart":
            return Effect((f"Thời hạn dừng từ lúc này. Nhận đủ thì {say_limit(course.limit)} tính lại từ đầu.",))
        promise = _told(replace(course, pauses=(*course.pauses, PauseSpan(now, None, kind))), dossier, calendar)
    except CannotPromise as problem:
        return Effect((str(problem),))
    sentence = "Thời hạn dừng từ lúc này; hết tạm dừng thì có ngày hẹn mới."
    if course.limit.unit != Unit.IMMEDIATE:
        used = promise.trace[-1].total if promise.trace else 0
        sentence = f"Thời hạn dừng từ lúc này: đã dùng {used} trong {say_limit(course.limit)}. Hết tạm dừng thì tính tiếp phần còn lại."
    return Effect((sentence,), tuple(explain(promise)))


def appointed_if_ended(dossier: Dossier, now: datetime) -> Appointed | None:
    """The date that the end of the open pause would make now; None when it makes none. Raises CannotPromise."""
    pause = open_pause(dossier)
    if pause is None or pause.late:
        return None
    calendar = calendar_in_force(dossier.competent_agency_id)
    course, end = course_of(dossier, calendar), max(now, pause.started_at)
    if pause.restarts:
        start = arrival(end, calendar, opening_hours(dossier.competent_agency_id))
        course = replace(course, start=start, channel="counter", pauses=())
    else:
        course = replace(course, pauses=(*course.pauses[:-1], replace(course.pauses[-1], end=end)))
    return Appointed(_told(course, dossier, calendar), say_limit(course.limit), calendar.version)


def if_ended(dossier: Dossier, now: datetime) -> Effect:
    """The open pause ended now."""
    try:
        appointed = appointed_if_ended(dossier, now)
    except CannotPromise as problem:
        return Effect((str(problem),))
    if appointed is None:
        return Effect(("Lần tạm dừng này bắt đầu khi đã quá hạn: ngày hẹn không đổi, hồ sơ vẫn quá hạn.",))
    return Effect((f"Kết thúc tạm dừng lúc này thì hẹn mới là {say_moment(appointed.due_at)}.",), tuple(explain(appointed.promise)))


def dates_if_extended(dossier: Dossier, most: int) -> Iterator[tuple[int, datetime]]:
    """The date for each extension from 1 to `most`, in the unit of the limit; ends where the calendar does."""
    calendar = calendar_in_force(dossier.competent_agency_id)
    try:
        course = course_of(dossier, calendar)
        for extra in range(1, most + 1):
            limit = replace(course.limit, value=(course.limit.value or 0) + extra)
            promise = _told(replace(course, limit=limit), dossier, calendar)
            if promise.due_at is not None:
                yield extra, promise.due_at
    except CannotPromise:
        return


def if_extended(appointed: Appointed, extension: Extension) -> Effect:
    """The date of an extension that is not saved yet, with its reason."""
    words = f"Hẹn mới sẽ là {say_moment(appointed.due_at)}: {extension.get_kind_display().lower()}, thời hạn {appointed.limit_words}."
    return Effect((words,), tuple(explain(appointed.promise)))
