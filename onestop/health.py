"""Is the portal able to work? One page for people and for the monitor that asks every minute.

Two kinds of reasons. What keeps the portal from taking in a dossier safely answers 503: take this
server out of the line, call somebody now. What it works without for a while answers 200 and is
named all the same. Nothing here says more than a passer-by may know.
"""
from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from dossiers.models import IssuedPaper
from onestop.display import BareFrame
from onestop.history.models import ChainHead, Event
from onestop.history.seals import heads_without_seal
from onestop.history.triggers import unguarded_tables
from onestop.jobs import JOBS, LATEST
from onestop.models import Heartbeat
from onestop.outbox.models import Message
from onestop.papers import pdf
from onestop.vault import files
from onestop.worktime import store

# A page that many ask for costs one look in so many seconds and process.
FRESH_SECONDS = 5.0
# A job of every minute that was not seen for so long is not coming by itself.
PATIENCE = timedelta(minutes=5)
# The seal of a day is made from 23:30 on, every ten minutes until it is there.
SEAL_PATIENCE = timedelta(minutes=30)
# Two servers' clocks differ by less, and a clock that is being corrected moves by less.
CLOCK_TOLERANCE = timedelta(minutes=2)
# Promises reach into the next year from autumn on; its days off are usually announced by the end of the year.
NEXT_YEAR_NEEDED, NEXT_YEAR_ANNOUNCED = 10, 12
RETRY_AFTER = 30


@dataclass(frozen=True)
class Reason:
    """Why the portal is not quite well: a code for monitors, a sentence for people, whether it has to stop."""

    code: str
    words: str
    stops: bool = False


DATABASE = Reason("database", "Cơ sở dữ liệu không trả lời.", stops=True)
MIGRATIONS = Reason("migrations", "Cơ sở dữ liệu chưa được nâng cấp theo phiên bản đang chạy.", stops=True)
TRIGGERS = Reason("triggers", "Lớp bảo vệ chống sửa, xoá nhật ký không còn đủ.", stops=True)
FILES = Reason("files", "Không ghi được vào kho tệp.", stops=True)
DISK = Reason("disk", "Ổ đĩa sắp đầy.", stops=True)
BROKER = Reason("broker", "Hàng đợi công việc nền không trả lời; tiếp nhận, tra cứu, ký duyệt vẫn làm được.")
JOBS_SILENT = Reason("jobs", "Công việc nền không chạy đã hơn 5 phút; tiếp nhận, tra cứu, ký duyệt vẫn làm được.")
PAPERS = Reason("papers", "Có giấy chưa lập được tệp đã hơn 5 phút; giấy được lập lại khi in.")
MESSAGES = Reason("messages", "Tin nhắn cho người dân chưa gửi được sau nhiều lần thử; tin vẫn chờ để gửi lại.")
SEAL = Reason("seal", "Nhật ký của ngày hôm trước chưa được niêm phong.")
CLOCK = Reason("clock", "Đồng hồ máy chủ chạy lùi so với việc đã ghi; hồ sơ đã ghi quá hạn vẫn là quá hạn.")
THIS_YEAR = Reason("calendar", "Lịch làm việc năm nay chưa có hoặc chưa được công bố chính thức.")
NEXT_YEAR = Reason("calendar", "Lịch làm việc năm sau chưa có hoặc chưa được công bố chính thức.")
FONTS = Reason("fonts", "Thiếu phông chữ để in giấy.")
SUBSETTER = Reason("subsetter", "Thiếu thư viện thu gọn phông chữ; giấy lập chậm.")


# -- the page -----------------------------------------------------------------------------
@login_not_required
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """200 while dossiers can be taken in, 503 while not; JSON when asked for. No session, no cookie."""
    reasons = current_reasons()
    status = 503 if any(reason.stops for reason in reasons) else 200
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        answer = {
            "status": "degraded" if reasons else "ready",
            "reasons": [{"code": reason.code, "text": reason.words, "stops": reason.stops} for reason in reasons],
        }
        response: HttpResponse = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    else:
        context = {"frame": BareFrame(request), "reasons": reasons, "stops": status == 503}
        response = HttpResponse(render_to_string("frame/health.html", context), status=status)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept"])
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


_started_at = timezone.now()
_looked: tuple[float, list[Reason]] | None = None


def current_reasons() -> list[Reason]:
    """What is wrong, at most FRESH_SECONDS old."""
    global _looked
    clock, kept = time.monotonic(), _looked
    if kept is not None and clock - kept[0] < FRESH_SECONDS:
        return kept[1]
    reasons = examine(timezone.now(), started_at=_started_at)
    _looked = (clock, reasons)
    return reasons


def forget() -> None:
    """Look again at the next question."""
    global _looked, _migrations_seen
    _looked, _migrations_seen = None, False


# -- the examination ----------------------------------------------------------------------
def examine(now: datetime, *, started_at: datetime) -> list[Reason]:
    """Everything that is wrong at `now`, what stops the portal first.

    What the jobs repair by themselves counts only when this process has been up for so long that
    they had the time: after a night without power the portal is not ill for its first minutes.
    """
    # A clock that was set back is noticed twice, by the jobs and by the history.
    reasons = dict.fromkeys([*_in_the_database(now, up_for=now - started_at), *_on_the_machine()])
    return sorted(reasons, key=lambda reason: not reason.stops)


def _in_the_database(now: datetime, *, up_for: timedelta) -> Iterator[Reason]:
    """Five queries, one more until the migrations are complete."""
    try:
        if not _is_migrated():
            yield MIGRATIONS
            return
        if unguarded_tables():
            yield TRIGGERS
        yield from _of_the_jobs(now, up_for)
        yield from _of_the_history(now, up_for)
        yield from _of_the_calendar(now)
    except (DatabaseError, InterfaceError):
        yield DATABASE


_migrations_seen = False


def _is_migrated() -> bool:
    """Whether every migration of this version was applied; asked until it is so, for it stays so."""
    global _migrations_seen
    if not _migrations_seen:
        _migrations_seen = _newest_migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    return _migrations_seen


@cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _of_the_jobs(now: datetime, up_for: timedelta) -> Iterator[Reason]:
    waiting = IssuedPaper.objects.filter(sha256="", issued_at__lt=now - PATIENCE)
    marks = Heartbeat.objects.annotate(papers=Exists(waiting), messages=Exists(Message.objects.in_trouble()))
    beats = {name: (at, papers, messages) for name, at, papers, messages in marks.values_list("name", "at", "papers", "messages")}
    last, papers_wait, messages_fail = beats.get(JOBS, (None, False, False))
    latest, *_ = beats.get(LATEST, (None, False, False))
    # An act after the jump ends the history with an earlier time; this mark remembers.
    if latest is not None and latest > now + CLOCK_TOLERANCE:
        yield CLOCK
    if up_for <= PATIENCE:
        return
    if last is None or now - last > PATIENCE:
        yield JOBS_SILENT
        return
    if papers_wait:
        yield PAPERS
    if messages_fail:
        yield MESSAGES


def _of_the_history(now: datetime, up_for: timedelta) -> Iterator[Reason]:
    newest = Event.objects.filter(agency_id=OuterRef("agency_id"), seq=OuterRef("seq")).values("at")
    unsealed = heads_without_seal(now - SEAL_PATIENCE).values("agency_id")
    heads = ChainHead.objects.annotate(last_at=Subquery(newest)).aggregate(
        newest=Max("last_at"), unsealed=Count("agency_id", filter=Q(agency_id__in=unsealed))
    )
    if heads["newest"] and heads["newest"] > now + CLOCK_TOLERANCE:
        yield CLOCK
    if heads["unsealed"] and up_for > SEAL_PATIENCE:
        yield SEAL


def _of_the_calendar(now: datetime) -> Iterator[Reason]:
    today = timezone.localdate(now)
    calendar = store.calendar_in_force()
    if not (calendar.covers(today) and calendar.confirmed(today.year)):
        yield THIS_YEAR
    new_year = today.replace(year=today.year + 1, month=1, day=1)
    is_missing = today.month >= NEXT_YEAR_NEEDED and not calendar.covers(new_year)
    if is_missing or (today.month >= NEXT_YEAR_ANNOUNCED and not calendar.confirmed(new_year.year)):
        yield NEXT_YEAR


def _on_the_machine() -> Iterator[Reason]:
    if not files.is_writable():
        yield FILES
    elif shutil.disk_usage(settings.FILES_DIR).free < settings.MIN_FREE_MB * 1_000_000:
        yield DISK
    if settings.REDIS_URL and not _broker_answers():
        yield BROKER
    if pdf.fonts_missing():
        yield FONTS
    if not pdf.subsetter_present():
        yield SUBSETTER


def _broker_answers() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as broker:
            return bool(broker.ping())
    except (RedisError, OSError):
        return False
