"""The acts on the texts that own letters are drafted from: write, publish, end. Only what is published can be drafted from.

    draft = start(by=manager, at=now, suggestion=suggestions()[0])
    draft = save(draft, values, by=manager, at=now, revision=draft.revision)
    template = publish(draft, effective_from=today, by=manager, at=now, revision=draft.revision)

What is shipped are suggestions only: a commune takes one over as a draft of its own, reads it and publishes it. A published
text is never written to: what changes becomes the next number, in force from its own first day.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from onestop.history.record import record
from onestop.staff.models import User
from onestop.staff.roles import Role
from procedures.models import Procedure, ResultTemplate, ResultTemplateDraft
from procedures.result_text import why_not_fillable

EDITORS = (Role.ADMIN, Role.MANAGER)
SHIPPED = Path(__file__).parent / "data" / "result_templates.json"
WRITTEN = ("procedure", "name", "granted", "document_type", "symbol", "abstract", "addressee", "body")
DAYS_AHEAD = timedelta(days=366)
SYMBOL = re.compile(r"[A-ZĐ0-9]+(?:-[A-ZĐ0-9]+)*")
GONE = "Dự thảo này không còn nữa: đã ban hành hoặc đã bỏ."


class Refused(Exception):
    """An act that the rules refuse; the message is the sentence to show, `field` where it belongs ("" for none)."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Suggestion:
    """A shipped text, to be taken over. `procedure` is a code, "" for every procedure."""

    procedure: str
    name: str
    granted: bool
    document_type: str
    symbol: str
    abstract: str
    addressee: str
    body: str


@cache
def suggestions() -> tuple[Suggestion, ...]:
    """What is shipped: "mẫu gợi ý, đơn vị duyệt trước khi dùng"."""
    return tuple(Suggestion(**entry) for entry in json.loads(SHIPPED.read_text())["templates"])


def in_force(agency_id: int, on: date, *, procedure_id: int | None = None) -> list[ResultTemplate]:
    """The agency's texts in force on the day, those of the procedure first; without `procedure_id` all of them. One query."""
    rows = ResultTemplate.objects.filter(agency_id=agency_id, effective_from__lte=on).select_related("procedure")
    latest = {row.series: row for row in rows.order_by("series", "number")}
    kept = [row for row in latest.values() if not row.withdrawn]
    if procedure_id is not None:
        kept = [row for row in kept if row.procedure_id in {None, procedure_id}]
    return sorted(kept, key=lambda row: (row.procedure_id is None, row.series))


def why_not_text(values: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the texts, by field."""
    wrong = {name: why for name in ("abstract", "addressee", "body") if (why := why_not_fillable(values.get(name, "")))}
    if not SYMBOL.fullmatch(values.get("symbol", "")):
        wrong["symbol"] = "Ký hiệu viết hoa, không dấu cách, ví dụ GXN-UBND"
    return wrong


@transaction.atomic
def start(*, by: User, at: datetime, suggestion: Suggestion | None = None, template: ResultTemplate | None = None) -> ResultTemplateDraft:
    """A new draft: empty, from a suggestion, or the next number of a text of the same agency (the draft that is there, if any).

    Whoever asks for an empty one gets the one back that he opened and never wrote in.
    """
    _check(by)
    values: dict[str, Any] = {"name": "", "symbol": "", "abstract": "", "body": ""}
    series = 0
    if template is not None:
        if template.agency_id != by.agency_id:
            raise Refused("Mẫu này của đơn vị khác.")
        existing = ResultTemplateDraft.objects.filter(agency_id=by.agency_id, series=template.series).first()
        if existing is not None:
            return existing
        series = template.series
        values = {name: getattr(template, name) for name in WRITTEN}
    elif suggestion is not None:
        values = {name: getattr(suggestion, name) for name in WRITTEN if name != "procedure"}
        values["procedure"] = Procedure.objects.filter(code=suggestion.procedure).first() if suggestion.procedure else None
        if suggestion.procedure and values["procedure"] is None:
            raise Refused("Danh mục chưa có thủ tục của mẫu này.")
    elif blank := ResultTemplateDraft.objects.filter(agency_id=by.agency_id, made_by=by, **values).first():
        return blank
    try:
        with transaction.atomic():
            draft = ResultTemplateDraft.objects.create(
                agency_id=by.agency_id, series=series or _next_series(by.agency_id), made_by=by, made_at=at, **values
            )
    except IntegrityError:
        raise Refused("Người khác vừa mở một dự thảo. Làm lại.") from None
    _record("result_template.drafted", draft, by=by, at=at, rows=[draft])
    return draft


def _next_series(agency_id: int) -> int:
    used = [
        model.objects.filter(agency_id=agency_id).aggregate(last=Max("series"))["last"] or 0
        for model in (ResultTemplate, ResultTemplateDraft)
    ]
    return max(used) + 1


@transaction.atomic
def save(draft: ResultTemplateDraft, values: dict[str, Any], *, by: User, at: datetime, revision: int | None) -> ResultTemplateDraft:
    """Keep what was written. The same text sent twice is kept once; Refused when somebody else saved after `revision`."""
    _check(by)
    draft = _locked(draft, by)
    if all(getattr(draft, name) == values[name] for name in WRITTEN):
        return draft
    _check_revision(draft, revision)
    for name, why in why_not_text(values).items():
        raise Refused(why, name)
    for name in WRITTEN:
        setattr(draft, name, values[name])
    draft.revision, draft.made_by, draft.made_at = draft.revision + 1, by, at
    draft.save()
    _record("result_template.draft_saved", draft, by=by, at=at, rows=[draft])
    return draft


@transaction.atomic
def drop(draft: ResultTemplateDraft, *, by: User, at: datetime, revision: int | None) -> None:
    """Throw the draft away; what is published stays."""
    _check(by)
    draft = _locked(draft, by)
    _check_revision(draft, revision)
    _remove(draft)
    _record("result_template.dropped", draft, by=by, at=at, gone=[draft])


@transaction.atomic
def publish(
    draft: ResultTemplateDraft, *, effective_from: date, today: date, by: User, at: datetime, revision: int | None
) -> ResultTemplate:
    """Make the draft the next number of its text, in force from a day on."""
    _check(by)
    draft = _locked(draft, by)
    _check_revision(draft, revision)
    if not all((draft.name, draft.symbol, draft.abstract, draft.body.strip())):
        raise Refused("Ghi đủ tên mẫu, ký hiệu, trích yếu và nội dung rồi mới ban hành.")
    for name, why in why_not_text(draft.words).items():
        raise Refused(why, name)
    last = ResultTemplate.objects.filter(agency_id=draft.agency_id, series=draft.series).order_by("number").last()
    if effective_from < today:
        raise Refused("Mẫu chỉ áp dụng từ hôm nay trở đi.", "effective_from")
    if effective_from > today + DAYS_AHEAD:
        raise Refused("Ngày áp dụng cách hôm nay quá một năm. Xem lại ngày.", "effective_from")
    if last is not None and effective_from < last.effective_from:
        raise Refused(f"Lần ban hành trước áp dụng từ {last.effective_from:%d/%m/%Y}. Chọn ngày đó hoặc sau đó.", "effective_from")
    template = ResultTemplate.objects.create(
        agency_id=draft.agency_id,
        series=draft.series,
        number=last.number + 1 if last else 1,
        effective_from=effective_from,
        made_by=draft.made_by,
        made_at=draft.made_at,
        published_by=by,
        published_at=at,
        **{name: getattr(draft, name) for name in WRITTEN},
    )
    _remove(draft)
    _record("result_template.published", template, by=by, at=at, rows=[template], gone=[draft])
    return template


@transaction.atomic
def withdraw(template: ResultTemplate, *, today: date, by: User, at: datetime) -> ResultTemplate:
    """End a text from today on: a last number that says so. What was drafted from it keeps its words."""
    _check(by)
    if template.agency_id != by.agency_id:
        raise Refused("Mẫu này của đơn vị khác.")
    last = ResultTemplate.objects.filter(agency_id=template.agency_id, series=template.series).order_by("number").last()
    if last is None or last.pk != template.pk or last.withdrawn:
        raise Refused("Mẫu này đã có lần ban hành khác hoặc đã ngừng dùng.")
    words = {name: getattr(last, name) for name in WRITTEN}
    ended = ResultTemplate.objects.create(
        agency_id=last.agency_id,
        series=last.series,
        number=last.number + 1,
        withdrawn=True,
        effective_from=max(today, last.effective_from),
        made_by=by,
        made_at=at,
        published_by=by,
        published_at=at,
        **words,
    )
    _record("result_template.withdrawn", ended, by=by, at=at, rows=[ended])
    return ended


def texts_of(agency_id: int) -> list[ResultTemplate]:
    """The latest number of each text of the agency, ended ones included, by name."""
    rows = ResultTemplate.objects.filter(agency_id=agency_id).select_related("procedure", "published_by").order_by("series", "number")
    return sorted({row.series: row for row in rows}.values(), key=lambda row: (row.withdrawn, row.name, row.series))


def drafts_of(agency_id: int) -> list[ResultTemplateDraft]:
    return list(ResultTemplateDraft.objects.filter(Q(agency_id=agency_id)).select_related("procedure", "made_by"))


def _check(by: User) -> None:
    if not by.has_role(*EDITORS):
        raise Refused("Chỉ quản trị hoặc người quản lý bộ phận được soạn mẫu kết quả.")


def _locked(draft: ResultTemplateDraft, by: User) -> ResultTemplateDraft:
    """The draft as it is now, held until the act is done."""
    rows = ResultTemplateDraft.objects.select_for_update(of=("self",)).select_related("procedure", "made_by")
    found = rows.filter(pk=draft.pk, agency_id=by.agency_id).first()
    if found is None:
        raise Refused(GONE)
    return found


def _check_revision(draft: ResultTemplateDraft, revision: int | None) -> None:
    if revision is not None and revision != draft.revision:
        raise Refused(f"{draft.made_by.full_name} đã lưu dự thảo này sau khi ông/bà mở. Xem bản đó trước khi làm tiếp.")


def _remove(draft: ResultTemplateDraft) -> None:
    """The row goes, its key stays on the object for the history."""
    ResultTemplateDraft.objects.filter(pk=draft.pk).delete()


def _record(act: str, text: ResultTemplate | ResultTemplateDraft, *, by: User, at: datetime, **touched: Any) -> None:
    data = {"series": text.series, "number": getattr(text, "number", None), "procedure": text.procedure_id}
    record(agency_id=text.agency_id, act=act, subject=f"result_template:{text.series}", at=at, by=by, data=data, **touched)
