"""Asking another agency: sending a question, its own page (answer, reminder, giving up), and what is out everywhere."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import consultations, lifecycle
from dossiers.desks import desk_of
from dossiers.documents import LETTER_STYLES, committee_lines
from dossiers.forms.acts import ActForm
from dossiers.forms.consulting import AnswerForm, CancelForm, ConsultForm, RemindForm
from dossiers.models import Consultation, Dossier
from dossiers.rules import READERS, may
from dossiers.standing import standing_of
from dossiers.statuses import DESK, MOVES, SIGNERS, Act
from dossiers.views.acting import UNPROCESSABLE, ActPage, facts_of
from dossiers.views.outside import outside_file
from dossiers.views.papers import dossier_with_names
from onestop.history.access import AccessKind, note_access
from onestop.papers import pdf
from onestop.papers.showing import shown_pdf
from onestop.reading.dates import say_long_date, say_moment
from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.vault import files
from onestop.worktime.limits import TimeLimit, say_limit
from procedures.models import ConsultationClock

ANY = ["GET", "HEAD", "POST"]
MOST_ROWS = 200
FORMS: dict[str, tuple[Act, type[ActForm]]] = {
    "answer": (Act.RECORD_ANSWER, AnswerForm),
    "remind": (Act.REMIND, RemindForm),
    "cancel": (Act.CANCEL_CONSULTATION, CancelForm),
}


@role_required(*MOVES[Act.CONSULT].roles)
@require_http_methods(ANY)
def consult(request: HttpRequest, code: str) -> HttpResponse:
    """Send a question; what becomes of the date stands above the form."""
    page = ActPage(request, code, Act.CONSULT, ConsultForm)
    if page.is_ready():
        with page.trying():
            row = lifecycle.consult(page.dossier, lifecycle.Sent(**page.values), **page.signature)
            return page.done(f"Đã ghi việc gửi {row.other_name}. Hạn trả lời {say_moment(row.answer_due_at)}.", _address(page.dossier, row))
    return page.show("dossiers/consulting/consult.html", effect=_effect(page), asked=list(page.dossier.consultations.all()))


def _effect(page: ActPage) -> str:
    dossier = page.dossier
    if dossier.version.consultation_clock != ConsultationClock.OUTSIDE:
        return "Thời gian chờ cơ quan khác trả lời vẫn tính trong thời hạn giải quyết: hẹn trả không đổi."
    if dossier.due_at is not None and page.now > dossier.due_at:
        return "Hồ sơ đã quá hạn: chờ trả lời không dừng thời hạn và không xóa được việc quá hạn."
    ground = dossier.version.consultation_ground
    return f"Thời gian từ lúc gửi đến lúc có trả lời không tính vào thời hạn giải quyết ({ground})."


def _address(dossier: Dossier, row: Consultation) -> str:
    return reverse("dossiers:consultation", args=[dossier.code, row.seq])


@role_required(*READERS)
@require_http_methods(ANY)
def consultation(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """One question: what was asked, how often they were reminded, and what came back."""
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    act, form_class = FORMS.get(chosen, FORMS["answer"])
    page = ActPage(request, code, act, form_class)
    row = _row(page.dossier, seq)
    if chosen in FORMS and page.is_ready():
        with page.trying():
            if chosen == "answer":
                return _answer(page, row)
            if chosen == "remind":
                lifecycle.remind(row, **page.values, **page.signature)
                return page.done(f"Đã ghi lần nhắc {row.other_name}.", _address(page.dossier, row))
            lifecycle.cancel_consultation(row, reason=page.values["reason"], **page.signature)
            return page.done(f"Đã rút yêu cầu gửi {row.other_name}.")
    elif chosen == "answer" and page.form is not None and page.form.has_error("file", "refused"):
        note_access(request, AccessKind.REFUSED, f"dossier:{page.dossier.pk}", "tệp trả lời không nhận")
    return _show(page, seq, chosen)


def _answer(page: ActPage, row: Consultation) -> HttpResponse:
    values, sent = page.values, page.values["file"]
    content, checked, name = sent or (b"", None, "")
    came = lifecycle.Came(
        answered_at=values["answered_at"],
        summary=values["summary"],
        agrees=page.form.agreed,
        document=values["answer_document"],
        document_date=values["answer_date"],
        sha256=files.store(content) if sent else "",
        file_name=name,
        file_kind=checked.kind if checked else "",
    )
    lifecycle.record_answer(row, came, **page.signature)
    return page.done(f"Đã ghi trả lời của {row.other_name}.")


def _row(dossier: Dossier, seq: int) -> Consultation:
    people = ("sent_by", "recorded_by", "cancelled_by", "pause", "other_agency")
    row = dossier.consultations.select_related(*people).filter(seq=seq).first()
    if row is None:
        raise Http404
    row.dossier = dossier
    return row


def _show(page: ActPage, seq: int, chosen: str) -> HttpResponse:
    """The page, with what was typed in the form that was sent; only what this person may do now is offered."""
    dossier = page.dossier = dossier_with_names(page.request, page.dossier.code)
    row, now, user = _row(dossier, seq), page.now, page.request.user
    standing = standing_of(dossier, now)
    forms: dict[str, Any] = {}
    for name, (act, form_class) in FORMS.items():
        if row.is_open and may(user, act, dossier, standing):
            forms[name] = page.form if name == chosen else page.make(form_class, bound=False)
    note_access(page.request, AccessKind.VIEW, f"dossier:{dossier.pk}", f"lấy ý kiến lần {seq}")
    context = {
        "dossier": dossier,
        "row": row,
        "lines": consultations.facts(row, now, desk_of(dossier.competent_agency_id)),
        "tag": consultations.tag_of(row.answer_due_at, row.answered_at, row.cancelled_at is not None, now),
        "reminders": list(consultations.reminder_lines(row.reminders.select_related("reminded_by"))),
        "forms": forms,
        "form": page.form,
        "facts": facts_of(dossier, now),
        "revision": page.revision if page.status == UNPROCESSABLE and page.revision is not None else dossier.revision,
        "problem": page.problem,
        "has_errors": bool(page.problem) or page.status == UNPROCESSABLE,
    }
    return render(page.request, "dossiers/consulting/consultation.html", context, status=page.status)


@role_required(*READERS)
@require_safe
def answer_file(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """The scan of the answer, byte for byte."""
    dossier = dossier_with_names(request, code)
    row = _row(dossier, seq)
    if not row.sha256:
        raise Http404
    note_access(request, AccessKind.DOWNLOAD, f"dossier:{dossier.pk}", f"trả lời lần {seq}")
    return outside_file(row.sha256, row.file_kind, row.file_name)


@role_required(*READERS)
@require_safe
@xframe_options_sameorigin
def letter(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """The question as a letter to print and sign by hand (NĐ 30/2020, Phụ lục I); made anew each time, it is no issued paper."""
    dossier = dossier_with_names(request, code)
    row, agency = _row(dossier, seq), dossier.competent_agency
    dated = row.doc_date or timezone.localdate(row.sent_at)
    context = {
        "agency": agency,
        "superior": committee_lines(agency.superior_name.upper()),
        "authority": committee_lines(agency.authority_name),
        "dossier": dossier,
        "row": row,
        "number": f"Số: {row.document_words}" if row.document_words else "Số: ......./.......",
        "dated": say_long_date(dated),
        "limit": say_limit(TimeLimit(row.limit_value, row.limit_unit)),
        "due": say_moment(row.answer_due_at),
    }
    note_access(request, AccessKind.PRINT, f"dossier:{dossier.pk}", f"văn bản lấy ý kiến lần {seq}")
    figures = {
        "kind": "consultation",
        "code": dossier.code,
        "number": row.document_words,
        "to": row.other_name,
        "question": row.question,
        "answer_due": row.answer_due_at.isoformat(),
    }
    content = pdf.render(
        "pdf/consultation.html",
        context,
        title=f"Văn bản {row.get_kind_display().lower()} hồ sơ {dossier.code}",
        made_at=row.sent_at,
        styles=LETTER_STYLES,
        figures=figures,
    )
    return shown_pdf(content, f"lay-y-kien-{dossier.code}-{seq}.pdf")


@role_required(*DESK, *SIGNERS, Role.SPECIALIST)
@require_safe
def consultation_list(request: HttpRequest) -> HttpResponse:
    """Everything that is out at other agencies, what should have come back first."""
    now, agency_id = timezone.now(), request.user.agency_id
    rows = consultations.list_rows(consultations.of_agency(agency_id), desk_of(agency_id), now, MOST_ROWS)
    more, rows = len(rows) > MOST_ROWS, rows[:MOST_ROWS]
    note_access(request, AccessKind.LIST, f"agency:{agency_id}", f"Đang ở cơ quan khác: {len(rows)} dòng")
    late = sum(bool(row["late"]) for row in rows)
    return render(request, "dossiers/consulting/list.html", {"rows": rows, "late": late, "more": MOST_ROWS if more else 0})
