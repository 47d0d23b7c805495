"""Dossiers between two communes: lists to send, lists that came, and what the other side says of each line."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.forms.transferring import ConfirmForm
from dossiers.lifecycle.transferring import why_not_confirm
from dossiers.listing import Lines
from dossiers.models import Arrival, Dossier, TransferList
from dossiers.rules import READERS
from dossiers.statuses import DESK, NotAllowed
from dossiers.transfer_papers import transfer_pdf
from dossiers.transfers import (
    HOME,
    LATER,
    OUT,
    WAYS,
    bundles_of,
    get_transfer_for,
    line_rows,
    lists_of,
    say_confirmed,
    settled_elsewhere,
    way_of,
)
from dossiers.views.acting import CONFLICT, UNPROCESSABLE, read_revision
from dossiers.views.reception import read_key, see_other
from onestop.history.access import AccessKind, note_access
from onestop.papers.showing import shown_pdf
from onestop.staff.access import role_required
from onestop.staff.models import Agency
from onestop.worktime.store import calendar_in_force


@role_required(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def transfers(request: HttpRequest) -> HttpResponse:
    """What can be sent to which commune, what was sent, what came. POST: one list to one commune."""
    now, user = timezone.now(), request.user
    refused: dict[str, str] = {}
    problem, status = "", 200
    chosen = list(dict.fromkeys(request.POST.getlist("code")))
    tick_all = request.POST.get("all", "")
    if request.method == "POST" and not tick_all:
        try:
            transfer = _send(request, chosen, now)
        except lifecycle.NotSent as refusal:
            problem, refused, status = str(refusal), refusal.refused, CONFLICT
        except NotAllowed as refusal:
            problem, status = str(refusal), UNPROCESSABLE
        else:
            messages.success(request, f"Đã lập danh sách chuyển số {transfer.say_number()}. In 2 liên, gửi kèm giấy tờ.")
            return see_other(transfer.get_absolute_url())
    lines = Lines(now, calendar_in_force(user.agency_id))
    bundles = bundles_of(user, lines, chosen=[code for code in chosen if code not in refused])
    for bundle in bundles:
        for tick in bundle.ticks if bundle.name == tick_all else ():
            tick.chosen = True
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Chuyển hồ sơ: {sum(len(b.ticks) for b in bundles)} dòng")
    context = {
        "bundles": [(bundle, bundle.way == HOME, bundle.way == LATER) for bundle in bundles],
        "key": uuid4(),
        "arrived": lists_of(user.agency_id, sent=False),
        "sent": lists_of(user.agency_id, sent=True),
        "elsewhere": settled_elsewhere(user.agency_id, lines),
        "problem": problem,
        "refused": refused,
        "has_errors": bool(problem),
    }
    return render(request, "dossiers/transfers.html", context, status=status)


def _send(request: HttpRequest, codes: list[str], now) -> TransferList:
    """Send what was ticked; Http404 when a dossier or the commune is not there, or not for this person."""
    sends = {OUT: lifecycle.send_elsewhere, LATER: lifecycle.send_supplements, HOME: lifecycle.send_home}.get(request.POST.get("way", ""))
    wanted = request.POST.get("to", "").replace("\x00", "")
    to = Agency.objects.filter(code=wanted, parent_id=request.user.agency.parent_id, parent__isnull=False).first()
    dossiers = list(Dossier.objects.visible_to(request.user).with_codes(codes).order_by("id"))
    if sends is None or to is None or len(dossiers) != len(codes):
        raise Http404
    key = read_key(request.POST.get("key", ""))
    revisions = {code: read_revision(request.POST.get(f"revision-{code}", "")) for code in codes}
    # A damaged key only loses the protection against a double click.
    return sends(dossiers, to=to, key=key if key != UUID(int=0) else uuid4(), by=request.user, at=now, revisions=revisions)


def _transfer_of(request: HttpRequest, pk: int) -> TransferList:
    transfer = get_transfer_for(request.user, pk)
    if transfer is None:
        raise Http404
    return transfer


@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """One list; the desk that it went to says of each line whether it came."""
    listing, user = _transfer_of(request, pk), request.user
    rows = line_rows(listing)
    blocked = why_not_confirm(listing, user) or ("Danh sách này đã được xác nhận." if listing.confirmed_at else "")
    form, problem, status = None, "", 200
    if request.method == "POST" and blocked:
        problem, status = blocked, CONFLICT if listing.confirmed_at else UNPROCESSABLE
    elif not blocked:
        tick_all = request.POST.get("all") == "1"
        bound = request.method == "POST" and not tick_all
        initial = {f"{row.pk}-taken": True for row in rows} if tick_all else {}
        form = ConfirmForm(request.POST if bound else None, initial=initial, transfer=listing, rows=rows, user=user)
        if bound and form.is_valid():
            try:
                lifecycle.confirm_transfer(listing, form.told(), by=user, at=timezone.now(), to=form.cleaned_data.get("to"))
            except NotAllowed as refusal:
                problem, status = str(refusal), CONFLICT if isinstance(refusal, lifecycle.AlreadyDone) else UNPROCESSABLE
            else:
                messages.success(request, f"Đã nhận {len(form.told().took)}/{len(rows)} hồ sơ của danh sách số {listing.say_number()}.")
                return see_other(listing.get_absolute_url())
        elif bound:
            status = UNPROCESSABLE
    note_access(request, AccessKind.LIST, f"transfer:{listing.pk}", f"Danh sách chuyển: {len(rows)} dòng")
    context = {
        "transfer": listing,
        "rows": rows,
        "form": form,
        "problem": problem,
        "way": WAYS[way_of(listing, later=any(row.brought for row in rows))],
        "said": say_confirmed(listing, sum(row.state == Arrival.TAKEN for row in rows), len(rows)),
        "has_errors": bool(problem) or status == UNPROCESSABLE,
    }
    return render(request, "dossiers/transfer.html", context, status=status)


@role_required(*READERS)
@require_safe
@xframe_options_sameorigin
def transfer_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The list in two copies."""
    listing = _transfer_of(request, pk)
    content = transfer_pdf(listing, made_at=timezone.now())
    note_access(request, AccessKind.PRINT, f"transfer:{listing.pk}", "Danh sách chuyển")
    return shown_pdf(content, f"chuyen-ho-so-{listing.number}-{listing.year}.pdf")
