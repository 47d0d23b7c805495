"""What the office keeps beside the books: the day's cash, counts of a period, its choices, clauses and delegations.

All of it is the person's own agency's; a row of another one is answered like a row that is not there.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.certification.catalogue import catalogue
from dossiers.certification.clauses import PLACES
from dossiers.certification.counting import cash_of_day, counts, dossiers_in_report
from dossiers.certification.kinds import Book
from dossiers.certification.setting import rates_of, setting_of
from dossiers.certification.wording import OWN, clause_text
from dossiers.forms.certification_books import (
    CERTIFICATION_KINDS,
    ClauseForm,
    DayForm,
    DelegationForm,
    PeriodForm,
    RevokeForm,
    SettingForm,
    signing_kinds,
)
from dossiers.models import AttestationClause, CertificationEntry, CertificationReceipt
from dossiers.sign_rights import say_kinds
from dossiers.statuses import NotAllowed
from dossiers.views.certification_books import CASH_READERS, READERS, SETTERS, links_for
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.reading.days import end_of, start_of
from onestop.reading.money import show_money
from onestop.staff.access import role_required
from onestop.staff.models import Delegation
from onestop.staff.roles import Role
from onestop.staff.signing import CannotDelegate, delegate, giver_is_head, revoke

CLAUSE_WRITERS = (Role.MANAGER, Role.HEAD)
MOST_RECEIPTS = 1000  # on one page; the sums above them hold all


@role_required(*CASH_READERS)
@require_safe
def cash(request: HttpRequest) -> HttpResponse:
    """What each clerk took and gave back on one day, with the receipts behind it."""
    today = timezone.localdate()
    form = DayForm(request.GET if "ngay" in request.GET else None, initial={"ngay": today})
    wrong = form.is_bound and not form.is_valid()
    day = form.cleaned_data["ngay"] if form.is_bound and not wrong else today
    lines, receipts = [], []
    if not wrong:
        lines = cash_of_day(request.user.agency_id, day)
        of_day = CertificationReceipt.objects.filter(
            agency_id=request.user.agency_id, taken_at__gte=start_of(day), taken_at__lt=end_of(day)
        )
        receipts = [
            (row, show_money(row.total))
            for row in of_day.select_related("dossier", "taken_by").order_by("series", "number")[:MOST_RECEIPTS]
        ]
        note_access(
            request, AccessKind.LIST, f"agency:{request.user.agency_id}", f"Tiền chứng thực ngày {day:%d/%m/%Y}: {len(receipts)} biên lai"
        )
    sums = {name: sum(getattr(line, name) for line in lines) for name in ("receipts", "cash", "transfer", "online", "given_back", "net")}
    context = {
        "links": links_for(request.user),
        "form": form,
        "day": day,
        "lines": lines,
        "sums": sums,
        "receipts": receipts,
        "wrong": wrong,
    }
    return render(request, "dossiers/certification/cash.html", context, status=422 if wrong else 200)


@role_required(*READERS)
@require_safe
def counting(request: HttpRequest) -> HttpResponse:
    """Visits, numbers and copies of a free period, and how many dossiers these are in the report."""
    today = timezone.localdate()
    sent = "tu" in request.GET or "den" in request.GET
    form = PeriodForm(request.GET if sent else None, initial={"tu": today.replace(day=1), "den": today})
    wrong = sent and not form.is_valid()
    start, end = (form.cleaned_data["tu"], form.cleaned_data["den"]) if sent and not wrong else (today.replace(day=1), today)
    context = {"links": links_for(request.user), "form": form, "start": start, "end": end, "wrong": wrong}
    if not wrong:
        agency_id, since, until = request.user.agency_id, start_of(start), end_of(end)
        setting, total = setting_of(agency_id), counts(agency_id, since, until)
        entered = CertificationEntry.objects.of_agency(agency_id).entered_between(since, until)
        by_book = [(book.label, entered.filter(book=book).counts()) for book in Book]
        context |= {
            "total": total,
            "by_book": [(label, row, show_money(row.fees)) for label, row in by_book],
            "fees": show_money(total.fees),
            "in_report": dossiers_in_report(setting, total),
            "counts_as": setting.get_counts_as_display(),
        }
        note_access(request, AccessKind.LIST, f"agency:{agency_id}", f"Số lượng chứng thực {start:%d/%m/%Y} – {end:%d/%m/%Y}")
    return render(request, "dossiers/certification/counting.html", context, status=422 if wrong else 200)


@role_required(*SETTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: HttpRequest) -> HttpResponse:
    """The agency's choices where the law leaves one, or where a rule could not be verified."""
    agency, now = request.user.agency, timezone.now()
    today = timezone.localdate(now)
    stored = setting_of(agency.pk)
    form = SettingForm(request.POST if request.method == "POST" else None, setting=stored, year=today.year)
    problem = ""
    if form.is_bound and form.is_valid():
        changes = form.changes()
        try:
            if changes:
                lifecycle.change_certification_setting(agency, changes, by=request.user, at=now)
        except NotAllowed as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "Đã lưu thiết lập chứng thực." if changes else "Không có gì thay đổi.")
            return see_other(reverse("dossiers:certification_setting"))
    note_access(request, AccessKind.VIEW, f"certification:{agency.pk}", "Thiết lập chứng thực")
    context = {
        "links": links_for(request.user),
        "form": form,
        "setting": stored,
        "problem": problem,
        "has_errors": form.is_bound,
        "rates": [(rate, show_money(rate.amount), show_money(rate.cap) if rate.cap else "") for rate in rates_of(stored, today).values()],
    }
    return render(request, "dossiers/certification/setting.html", context, status=422 if form.is_bound else 200)


@role_required(*READERS)
@require_safe
def clauses(request: HttpRequest) -> HttpResponse:
    """The certification clauses in force, each with its source and how far that was verified."""
    agency = request.user.agency
    own = _own_clauses(agency.pk)
    rows = []
    for key, form in catalogue().forms.items():
        shown = own.get(key)
        rows.append(
            {
                "form": form,
                "works": ", ".join(work.label for work in form.works),
                "text": shown.text if shown else form.text,
                "source": shown.source if shown else form.source,
                "mark": OWN if shown else form.mark,
                "own": shown,
            }
        )
    note_access(request, AccessKind.LIST, f"agency:{agency.pk}", "Lời chứng")
    context = {
        "links": links_for(request.user),
        "rows": rows,
        "may_edit": request.user.has_role(*CLAUSE_WRITERS),
    }
    return render(request, "dossiers/certification/clause_forms.html", context)


def _own_clauses(agency_id: int) -> dict[str, AttestationClause]:
    """The newest own text of each form; one query."""
    rows = AttestationClause.objects.filter(agency_id=agency_id).select_related("changed_by").order_by("version")
    return {row.form: row for row in rows}


@role_required(*CLAUSE_WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def clause(request: HttpRequest, form: str) -> HttpResponse:
    """The agency's own text of one clause, saved as a further version."""
    agency, now = request.user.agency, timezone.now()
    if form not in catalogue().forms:
        raise Http404
    shown = clause_text(agency, form)
    # What was typed for the shipped text has to be the person's own source, so that box starts empty.
    initial = {"text": shown.text, "source": shown.source if shown.mark == OWN else ""}
    typed = ClauseForm(request.POST if request.method == "POST" else None, initial=initial)
    problem = ""
    if typed.is_bound and typed.is_valid():
        try:
            lifecycle.save_clause(agency, form, by=request.user, at=now, **typed.cleaned_data)
        except NotAllowed as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"Đã lưu lời chứng: {shown.name}.")
            return see_other(reverse("dossiers:certification_clauses"))
    note_access(request, AccessKind.VIEW, f"clause:{agency.pk}:{form}", "Sửa lời chứng")
    context = {
        "form": typed,
        "clause": shown,
        "shipped": catalogue().forms[form],
        "places": [f"{{{place}}}" for place in sorted(PLACES)],
        "versions": AttestationClause.objects.filter(agency=agency, form=form).select_related("changed_by").order_by("-version")[:20],
        "problem": problem,
        "has_errors": typed.is_bound,
    }
    return render(request, "dossiers/certification/clause.html", context, status=422 if typed.is_bound else 200)


@role_required(*READERS)
@require_safe
def delegations(request: HttpRequest) -> HttpResponse:
    """Who may sign in the head's place, from when until when, by which decision."""
    today = timezone.localdate()
    found = Delegation.objects.filter(agency_id=request.user.agency_id).select_related("delegate", "delegator")
    words = dict(signing_kinds())
    rows = [
        {
            "row": row,
            "kinds": say_kinds(row.kinds, words),
            "state": _state(row, today),
            "may_end": row.revoked_on is None and today <= row.valid_to,
        }
        for row in found.order_by("-valid_from", "-pk")[:200]
    ]
    note_access(request, AccessKind.LIST, f"agency:{request.user.agency_id}", f"Ủy quyền ký: {len(rows)} dòng")
    context = {"links": links_for(request.user), "rows": rows, "is_head": request.user.has_role(Role.HEAD)}
    return render(request, "dossiers/certification/delegations.html", context)


def _state(row: Delegation, today) -> tuple[str, str]:
    """Words and colour of a delegation's standing on the day."""
    if row.revoked_on is not None and row.revoked_on <= today:
        return f"Đã thu hồi từ {row.revoked_on:%d/%m/%Y}", "grey"
    if today > row.valid_to:
        return "Hết hạn", "grey"
    if not giver_is_head(row):
        return "Không còn được ký: người giao không còn là thủ trưởng", "grey"
    if not row.delegate.is_active:
        return "Không còn được ký: tài khoản đã khóa", "grey"
    if row.revoked_on is not None:
        return f"Được ký đến trước {row.revoked_on:%d/%m/%Y}", "amber"
    return ("Đang được ký", "green") if row.in_force(today) else ("Chưa đến ngày", "blue")


@role_required(Role.HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_new(request: HttpRequest) -> HttpResponse:
    """Put a signed decision on record: the head gives the right to sign."""
    form = DelegationForm(
        request.POST if request.method == "POST" else None,
        agency=request.user.agency,
        head=request.user,
        today=timezone.localdate(),
        initial={"mode": Delegation.Mode.TUQ, "kinds": list(dict(CERTIFICATION_KINDS))},
    )
    problem = ""
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        same = Delegation.objects.filter(
            agency=request.user.agency,
            delegate=given["to"],
            mode=given["mode"],
            decision_number=given["decision_number"],
            decision_date=given["decision_date"],
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            revoked_on__isnull=True,
        )
        if any(sorted(row.kinds) == sorted(given["kinds"]) for row in same):  # the form sent twice
            messages.info(request, "Quyết định này đã ghi.")
            return see_other(reverse("dossiers:delegations"))
        try:
            row = delegate(delegator=request.user, by=request.user, at=timezone.now(), **given)
        except CannotDelegate as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"Đã ghi: {row.delegate.full_name} được ký đến hết ngày {row.valid_to:%d/%m/%Y}.")
            return see_other(reverse("dossiers:delegations"))
    context = {"form": form, "problem": problem, "has_errors": form.is_bound}
    return render(request, "dossiers/certification/delegation.html", context, status=422 if form.is_bound else 200)


@role_required(Role.HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation before its last day."""
    row = get_object_or_404(Delegation.objects.select_related("delegate"), pk=pk, agency_id=request.user.agency_id)
    now = timezone.now()
    form = RevokeForm(request.POST if request.method == "POST" else None, today=timezone.localdate(now))
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            revoke(row, on=form.cleaned_data["on"], by=request.user, at=now)
        except CannotDelegate as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"Đã thu hồi quyền ký của {row.delegate.full_name}.")
            return see_other(reverse("dossiers:delegations"))
    kinds = say_kinds(row.kinds, dict(signing_kinds()))
    context = {"form": form, "row": row, "kinds": kinds, "problem": problem, "has_errors": form.is_bound}
    return render(request, "dossiers/certification/revoke.html", context, status=422 if form.is_bound else 200)
