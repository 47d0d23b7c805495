"""A certification session that has its numbers: signed by hand, given back, a number or a receipt struck out; the day's list."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.certification.kinds import Book
from dossiers.certification.setting import setting_of
from dossiers.certification.wording import clause_of
from dossiers.filters import day_end, day_start
from dossiers.forms.certifying import CancelReceiptForm, GiveBackForm, OnTheSpotForm, SignForm, StrikeForm
from dossiers.listing import Lines
from dossiers.models import CertificationEntry, CertificationReceipt, CertificationSetting, Dossier, PaidBy, PaperKind
from dossiers.printing import prints_of
from dossiers.rules import session_acts_for
from dossiers.signers import Signer, signers_on
from dossiers.statuses import DESK, MOVES, SESSION_MOVES, Act, NotAllowed
from dossiers.views.acting import ActPage, read_revision, said_before
from dossiers.views.papers import dossier_with_names
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.reading.dates import say_moment, short_moment
from onestop.reading.money import show_money
from onestop.staff.access import role_required
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.worktime.store import calendar_in_force

SIGN_ROLES = SESSION_MOVES[Act.SIGN_CERTIFICATIONS].roles
LAST_SIGNER = "certification_signer"
MOST_ROWS = 200
READERS = (Role.CLERK, Role.MANAGER, Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.ARCHIVIST, Role.AUDITOR)


@dataclass(frozen=True)
class Shown:
    """One entry of the session as the page prints it."""

    entry: CertificationEntry
    fee: str
    stand: str
    may_strike: bool


def entries_shown(dossier: Dossier, *, may_strike: bool = False) -> list[Shown]:
    """The session's lines in their order, with the words for fee and state. One query."""
    found = dossier.certification_entries.select_related("signer", "refusal", "voided_by")
    return [Shown(entry, _fee_words(entry), _stand(entry), may_strike and entry.is_live and entry.signed_at is None) for entry in found]


def _fee_words(entry: CertificationEntry) -> str:
    if entry.exempt_ground:
        return f"Miễn ({show_money(entry.fee_full)})"
    return show_money(entry.fee + entry.print_cost)


def _stand(entry: CertificationEntry) -> str:
    if entry.voided_at is not None:
        return f"Đã hủy {short_moment(entry.voided_at)}: {entry.void_reason}"
    if entry.signer is None:
        return "Chưa ký"
    return f"{entry.signer.full_name} ký {short_moment(entry.signed_at)}"


def _session(request: HttpRequest, code: str) -> Dossier:
    """The session of this code; another dossier's page is its own."""
    dossier = dossier_with_names(request, code)
    if not dossier.certification_entries.exists():
        raise Http404
    return dossier


def _address(dossier: Dossier) -> str:
    return reverse("dossiers:certified", args=[dossier.code])


def _signers(request: HttpRequest, dossier: Dossier, setting: CertificationSetting, now: datetime) -> list[Signer]:
    """Who may sign all that is not signed yet; whoever may sign and looks at it himself stands first."""
    books = [Book(book) for book in dossier.certification_entries.unsigned().order_by().values_list("book", flat=True).distinct()]
    found = signers_on(setting, books, timezone.localdate(now), received_by=dossier.received_by_id)
    return sorted(found, key=lambda signer: signer.pk != request.user.pk)


def _chosen(request: HttpRequest, signers: list[Signer]) -> int | None:
    """Himself, or else whom he chose last time on this device."""
    if any(signer.pk == request.user.pk for signer in signers):
        return request.user.pk
    return request.session.get(LAST_SIGNER)


@role_required(*READERS)
@require_safe
def certified(request: HttpRequest, code: str) -> HttpResponse:
    """The session: numbers for the papers, the sum and its receipt, and the next act: sign, then give back."""
    dossier, now = _session(request, code), timezone.now()
    acts = set(session_acts_for(request.user, dossier))
    shown = entries_shown(dossier, may_strike=Act.VOID_ENTRY in acts)
    receipts = list(dossier.certification_receipts.select_related("taken_by", "cancelled_by"))
    live = next((receipt for receipt in receipts if receipt.cancelled_at is None), None)
    valid = [row.entry for row in shown if row.entry.is_live]
    total = sum(entry.fee + entry.print_cost for entry in valid)
    paper = dossier.issued_papers.filter(kind=PaperKind.RECEIPT, voided_at__isnull=True).last()
    signers: list[Signer] = []
    sign_form = None
    if Act.SIGN_CERTIFICATIONS in acts and any(entry.signed_at is None for entry in valid):
        books = [Book(entry.book) for entry in valid if entry.signed_at is None]
        signers = signers_on(setting_of(dossier.agency_id), books, timezone.localdate(now), received_by=dossier.received_by_id)
        sign_form = OnTheSpotForm(initial={"signer": _chosen(request, signers)}, signers=signers)
        sign_form.fields["no_interest"].widget.attrs["autofocus"] = True
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}", "lượt chứng thực")
    context = {
        "dossier": dossier,
        "tags": _tags(dossier, now),
        "shown": shown,
        "total": show_money(total) if total else "Không thu",
        "owed": live is None and total > 0 and dossier.voided_at is None,
        "ways": GiveBackForm.WAYS,
        "receipts": receipts,
        "live": live,
        "due": say_moment(dossier.due_at) if dossier.due_at else "",
        "paper": paper,
        "prints": prints_of(paper) if paper else 0,
        "print_now": paper is not None and request.GET.get("in") == "1",
        "sign_form": sign_form,
        "signers": signers,
        "may_return": Act.RETURN_RESULT in acts,
        "may_cancel": Act.CANCEL_RECEIPT in acts and live is not None,
        "is_desk": request.user.has_role(*DESK),
    }
    return render(request, "dossiers/certification/certified.html", context)


def _tags(dossier: Dossier, now: datetime) -> list[tuple[str, str]]:
    lines = Lines(now, calendar_in_force(dossier.agency_id))
    status, colour, time, time_colour = lines.tags(
        dossier.status, dossier.due_at, dossier.finished_at, dossier.overdue_since, dossier.signed_at, dossier.voided_at
    )
    return [(status, colour), *([(time, time_colour)] if time else [])]


@role_required(*READERS)
@require_safe
def clauses(request: HttpRequest, code: str) -> HttpResponse:
    """The clause of every paper that counts, to print or to copy from when stamping."""
    dossier = _session(request, code)
    entries = list(dossier.certification_entries.valid().select_related("signer", "agency"))
    note_access(request, AccessKind.PRINT, f"dossier:{dossier.pk}", "lời chứng")
    context = {"dossier": dossier, "clauses": [(entry, clause_of(entry)) for entry in entries]}
    return render(request, "dossiers/certification/clauses.html", context)


@role_required(*SIGN_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """“Đã ký, đóng dấu”: by the signer himself, or by the desk for the signer on duty."""
    dossier, now = _session(request, code), timezone.now()
    signers = _signers(request, dossier, setting_of(dossier.agency_id), now)
    page = ActPage(request, code, Act.SIGN_CERTIFICATIONS)
    page.form = page.make(SignForm, bound=page.is_sent, signers=signers)
    page.form.initial.setdefault("signer", _chosen(request, signers))
    if page.is_ready():
        with page.trying():
            values = page.values
            signer = User.objects.get(pk=values["signer"])
            lifecycle.sign_certifications(
                page.dossier,
                signer=signer,
                no_interest=values["no_interest"],
                namesake_checked=values["namesake_checked"],
                **page.signature,
            )
            request.session[LAST_SIGNER] = signer.pk
            return page.done(f"Đã ghi: {signer.full_name} ký, đã đóng dấu.", _address(dossier))
    return page.show("dossiers/certification/sign.html", signers=signers)


@role_required(*MOVES[Act.RETURN_RESULT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """“Đã trả”: papers and originals into the citizen's hands; then the page for the next visitor."""
    dossier = _session(request, code)
    owed = _owed(dossier)
    page = ActPage(request, code, Act.RETURN_RESULT)
    page.form = page.make(GiveBackForm, bound=page.is_sent, owed=owed)
    if page.is_ready():
        with page.trying():
            lifecycle.return_certifications(page.dossier, **page.form.handed_out(), **page.signature)
            return page.done(f"Đã trả {dossier.code} cho {page.values['name']}.", reverse("dossiers:certify"))
    return page.show("dossiers/certification/give_back.html", owed=show_money(owed) if owed else "")


def _owed(dossier: Dossier) -> int:
    """What is still to be paid; whole đồng."""
    if dossier.certification_receipts.filter(cancelled_at__isnull=True).exists():
        return 0
    return sum(fee + cost for fee, cost in dossier.certification_entries.valid().values_list("fee", "print_cost"))


@role_required(*SESSION_MOVES[Act.VOID_ENTRY].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Strike out one number: spoilt, or refused in writing. It stays visible in its book."""
    dossier = _session(request, code)
    entry = get_object_or_404(dossier.certification_entries, pk=pk)
    page = ActPage(request, code, Act.VOID_ENTRY)
    page.form = page.make(StrikeForm, bound=page.is_sent, entry=entry)
    if page.is_ready():
        with page.trying():
            values = page.values
            payment = page.form.payment_by(_paid_by(dossier))
            if not values["ground"]:
                lifecycle.void_entry(entry, reason=values["reason"], payment=payment, **page.signature)
                return page.done(f"Đã hủy số {entry.number_words}.", _address(dossier))
            refusal = lifecycle.refuse_entry(
                entry,
                ground=values["ground"],
                words=values["ground_words"],
                guidance=values["ground_guidance"],
                payment=payment,
                **page.signature,
            )
            slip = reverse("dossiers:slip", args=[refusal.issued_papers.latest("version").pk])
            return page.done(f"Đã hủy số {entry.number_words} và lập phiếu từ chối.", f"{slip}?in=1")
    return page.show("dossiers/certification/strike.html", entry=entry)


def _paid_by(dossier: Dossier) -> str:
    receipt = dossier.certification_receipts.filter(cancelled_at__isnull=True).first()
    return receipt.paid_by if receipt else PaidBy.CASH


@role_required(*SESSION_MOVES[Act.CANCEL_RECEIPT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_receipt(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Cancel a wrong receipt; its number stays and another takes its place."""
    dossier = _session(request, code)
    receipt: CertificationReceipt = get_object_or_404(dossier.certification_receipts, pk=pk)
    page = ActPage(request, code, Act.CANCEL_RECEIPT)
    page.form = page.make(CancelReceiptForm, bound=page.is_sent)
    page.form.initial.setdefault("paid_by", receipt.paid_by)
    if page.is_ready():
        with page.trying():
            taken = lifecycle.cancel_receipt(receipt, reason=page.values["reason"], payment=page.form.payment(), **page.signature)
            return page.done(f"Đã hủy biên lai {receipt}; biên lai thay thế: {taken}.", _address(dossier))
    return page.show("dossiers/certification/cancel_receipt.html", receipt=receipt, amount=show_money(receipt.total))


# -- the day ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One session of the day's list."""

    address: str
    code: str
    name: str
    what: str
    numbers: str
    received: str
    tags: tuple[tuple[str, str], ...]
    revision: int
    may_sign: bool
    chosen: bool


@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def today(request: HttpRequest) -> HttpResponse:
    """Today's sessions and the older ones still open; several signed at once, each by itself.

    The first button of the page ticks all, so that Enter signs nothing by accident.
    """
    now, agency_id = timezone.now(), request.user.agency_id
    signs = request.user.has_role(*SIGN_ROLES)
    if request.method == "POST" and not signs:
        raise Http404
    setting = setting_of(agency_id)
    refused: dict[str, str] = {}
    signers = _signers_on_any(setting, agency_id, now) if signs else []
    tick_all = request.POST.get("all") == "1"
    bound = request.method == "POST" and not tick_all
    form = OnTheSpotForm(request.POST if bound else None, signers=signers, initial={"signer": _chosen(request, signers)})
    codes = request.POST.getlist("code")[:MOST_ROWS]
    if bound and form.is_valid() and codes:
        refused = _sign_several(request, codes, form.cleaned_data, now)
        if not refused:
            return see_other(reverse("dossiers:certifications_today"))
    lines = _lines(agency_id, now, codes if not refused else list(refused), tick_all=tick_all)
    counted = CertificationEntry.objects.of_agency(agency_id).entered_between(day_start(now), day_end(now)).counts()
    nothing = bound and not codes
    note_access(request, AccessKind.LIST, f"agency:{agency_id}", f"Chứng thực hôm nay: {len(lines)} lượt")
    context = {
        "lines": lines,
        "counted": counted,
        "fees": show_money(counted.fees) if counted.fees else "0 đồng",
        "form": form if any(line.may_sign for line in lines) and signers else None,
        "refused": refused,
        "problem": "Đánh dấu ít nhất một lượt" if nothing else "",
        "has_errors": nothing or bool(refused),
    }
    return render(request, "dossiers/certification/today.html", context, status=409 if refused else 422 if bound else 200)


def _signers_on_any(setting: CertificationSetting, agency_id: int, now: datetime) -> list[Signer]:
    """Who may sign in any of the books that wait for a signature; the act looks at each session."""
    waiting = CertificationEntry.objects.of_agency(agency_id).unsigned().order_by().values_list("book", flat=True).distinct()
    found: dict[int, Signer] = {}
    for book in waiting:
        for signer in signers_on(setting, [Book(book)], timezone.localdate(now)):
            found.setdefault(signer.pk, signer)
    return list(found.values())


def _sign_several(request: HttpRequest, codes: list[str], values: dict, now: datetime) -> dict[str, str]:
    """Sign each of these sessions; the sentence of each that was refused, by code."""
    signer = User.objects.get(pk=values["signer"])
    request.session[LAST_SIGNER] = signer.pk
    wanted = list(dict.fromkeys(codes))
    found = list(Dossier.objects.certification().visible_to(request.user).with_codes(wanted).order_by("id"))
    if len(found) != len(wanted):
        raise Http404  # before anything is signed: one of them is not there, or not his
    refused, done = {}, []
    for dossier in found:
        try:
            lifecycle.sign_certifications(
                dossier,
                signer=signer,
                by=request.user,
                at=now,
                no_interest=values["no_interest"],
                namesake_checked=values["namesake_checked"],
                revision=read_revision(request.POST.get(f"revision-{dossier.code}", "")),
            )
        except NotAllowed as refusal:
            refused[dossier.code] = said_before(request.user, Act.SIGN_CERTIFICATIONS, dossier) or str(refusal)
        else:
            done.append(dossier.code)
    if done:
        messages.success(request, f"Đã ghi {signer.full_name} ký {len(done)} lượt chứng thực.")
    return refused


def _lines(agency_id: int, now: datetime, chosen: list[str], *, tick_all: bool) -> list[Line]:
    """What is left of earlier days, then today, latest first; four queries. What came in this lane by the intake page has none."""
    own = Dossier.objects.of_agency(agency_id).certification()
    before = own.filter(received_at__lt=day_start(now))
    of_today = own.filter(received_at__gte=day_start(now)).newest_first()[:MOST_ROWS]
    dossiers = [*before.open()[:MOST_ROWS], *before.ready_to_collect()[:MOST_ROWS], *of_today]
    numbers: dict[int, dict[str, list[str]]] = {}
    entries = CertificationEntry.objects.filter(dossier__in=[dossier.pk for dossier in dossiers], voided_at__isnull=True)
    for pk, symbol, number in entries.order_by("dossier_id", "position").values_list("dossier_id", "symbol", "number"):
        numbers.setdefault(pk, {}).setdefault(symbol, []).append(f"{number:02d}")
    return [_line(dossier, now, numbers.get(dossier.pk, {}), tick_all or dossier.code in chosen) for dossier in dossiers]


def _line(dossier: Dossier, now: datetime, numbers: dict[str, list[str]], chosen: bool) -> Line:
    return Line(
        address=_address(dossier) if numbers else dossier.get_absolute_url(),
        code=dossier.code,
        name=dossier.applicant_name,
        what=dossier.request_text,
        numbers="; ".join(f"{', '.join(found)}-{symbol}" for symbol, found in numbers.items()),
        received=short_moment(dossier.received_at),
        tags=tuple(_tags(dossier, now)),
        revision=dossier.revision,
        may_sign=bool(numbers) and dossier.is_open and dossier.signed_at is None,
        chosen=chosen,
    )
