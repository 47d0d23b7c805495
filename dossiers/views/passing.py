"""Passing dossiers on: several with one list, the receiver's word line by line, and reassignment of what lies with somebody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.forms.passing import BulkHandOverForm, BulkReassignForm, HandOverForm, ReassignForm, TakenForm
from dossiers.lifecycle.passing import MOST_AT_ONCE, Passed
from dossiers.listing import Lines, work_rows
from dossiers.models import Dossier, HandOver, HandOverList
from dossiers.passing_papers import list_pdf
from dossiers.passings import (
    OVERSEERS,
    held_now,
    holders_of,
    lists_seen_by,
    missed,
    missed_by,
    papers_with,
    reassignable,
    rows_of_lists,
    sheet_of,
    word_of,
)
from dossiers.querysets import DossierQuerySet
from dossiers.statuses import DESK, MOVES, Act, NotAllowed
from dossiers.views.acting import ActPage, read_revision, said_before
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.papers.showing import shown_pdf
from onestop.reading import Unreadable
from onestop.reading.names import clean_text
from onestop.staff.absence import away_on, say_away
from onestop.staff.access import role_required
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.worktime.store import calendar_in_force

GIVERS = MOVES[Act.HAND_OVER].roles
READERS = tuple(dict.fromkeys((*DESK, Role.SPECIALIST, *OVERSEERS)))
REASSIGNERS = MOVES[Act.REASSIGN].roles
NOTHING_TICKED = "Đánh dấu ít nhất một hồ sơ"


# -- one dossier -----------------------------------------------------------------------------
@role_required(*GIVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """Pass the dossier to a colleague; `?den=` names one beforehand."""
    page = ActPage(request, code, Act.HAND_OVER, HandOverForm)
    if page.is_ready():
        with page.trying():
            to = page.values["to"]
            lifecycle.hand_over(page.dossier, to=to, note=page.values["note"], **page.signature)
            return page.done(f"Đã bàn giao hồ sơ cho {to.full_name}.")
    if not page.is_sent and page.form is not None:
        page.form.initial["to"] = request.GET.get("den", "")
    return page.show("dossiers/hand_over.html")


@role_required(*REASSIGNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HttpRequest, code: str) -> HttpResponse:
    """Give one dossier that lies with somebody to a colleague."""
    page = ActPage(request, code, Act.REASSIGN, ReassignForm)
    if page.is_ready():
        with page.trying():
            to = page.values["to"]
            lifecycle.reassign(page.dossier, to=to, reason=page.values["reason"], **page.signature)
            return page.done(f"Đã phân công lại hồ sơ cho {to.full_name}; chờ xác nhận nhận.")
    return page.show("dossiers/reassign.html")


# -- several at once -------------------------------------------------------------------------
@dataclass
class Tick:
    """One dossier that could be passed on: its row, and whether it is ticked."""

    row: tuple
    field: str
    papers_with: str
    revision: int
    chosen: bool = False

    @property
    def code(self) -> str:
        return self.row[1]


def _ticks(dossiers: DossierQuerySet, user: User, now: datetime, chosen: set[str]) -> list[Tick]:
    """By field of work, since one colleague has a field; in each the oldest due first. One query."""
    lines = Lines(now, calendar_in_force(user.agency_id))
    dossiers = dossiers.annotate(papers_with=papers_with())
    in_order = dossiers.order_by("procedure__sector__position", "procedure__sector__name", F("due_at").asc(nulls_last=True), "id")
    rows = work_rows(in_order[:MOST_AT_ONCE], lines, "procedure__sector__name", "papers_with", "revision")
    return [Tick(row[:-3], row[-3], row[-2] or "", row[-1], chosen=row[1] in chosen) for row in rows]


def _chosen(request: HttpRequest) -> list[str]:
    return list(dict.fromkeys(request.POST.getlist("code")))[:MOST_AT_ONCE]


def _dossiers(request: HttpRequest, codes: list[str]) -> tuple[list[Dossier], dict[str, int | None]]:
    """The dossiers of these codes and the states that were on the screen; Http404 when one is not there, or not his."""
    found = list(Dossier.objects.visible_to(request.user).with_codes(codes).order_by("id"))
    if len(found) != len(codes):
        raise Http404
    return found, {code: read_revision(request.POST.get(f"revision-{code}", "")) for code in codes}


def _refusals(request: HttpRequest, act: Act, passed: Passed, dossiers: list[Dossier]) -> dict[str, str]:
    """Why some were not passed on: that it was done a moment ago, or the sentence of the rules."""
    by_code = {dossier.code: dossier for dossier in dossiers}
    return {code: said_before(request.user, act, by_code[code]) or str(refusal) for code, refusal in passed.refused.items()}


@role_required(*GIVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_many(request: HttpRequest) -> HttpResponse:
    """Tick what lies with oneself, choose one receiver, pass it on with a list; what was refused says why and stays ticked.

    The first button of the page ticks all, so that Enter passes nothing on by accident.
    """
    now, user = timezone.now(), request.user
    tick_all = request.POST.get("all") == "1"
    initial = {name: request.POST.get(name, "") for name in ("to", "note")} if tick_all else None
    form = BulkHandOverForm(request.POST if request.method == "POST" and not tick_all else None, user=user, now=now, initial=initial)
    chosen, refused, problem = _chosen(request), {}, ""
    if form.is_bound and form.is_valid() and chosen:
        dossiers, revisions = _dossiers(request, chosen)
        values = {"to": form.cleaned_data["to"], "note": form.cleaned_data["note"]}
        passed = lifecycle.hand_over_list(dossiers, **values, by=user, at=now, revisions=revisions)
        refused = _refusals(request, Act.HAND_OVER, passed, dossiers)
        if passed.done:
            _say_passed(request, "Đã bàn giao", passed, values["to"])
        if not refused:
            return see_other(_after(passed))
    ticks = _ticks(held_now(user), user, now, set(chosen))
    for tick in ticks if tick_all else ():
        tick.chosen = True
    if form.is_bound and not chosen:
        problem = NOTHING_TICKED
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Bàn giao: {len(ticks)} dòng")
    context = {
        "form": form,
        "ticks": ticks,
        "problem": problem,
        "refused": refused,
        "has_errors": bool(problem or refused),
        "word": word_of(user),
    }
    return render(request, "dossiers/hand_over_many.html", context, status=409 if refused else 422 if form.is_bound else 200)


def _say_passed(request: HttpRequest, words: str, passed: Passed, to: User) -> None:
    codes = ", ".join(dossier.code for dossier in passed.done)
    numbers = ", ".join(each.say_number() for each in passed.lists)
    lists = f" Danh sách số {numbers}: in hai liên, ký khi giao giấy tờ." if numbers else ""
    messages.success(request, f"{words} {len(passed.done)} hồ sơ cho {to.full_name}: {codes}.{lists}")


def _after(passed: Passed) -> str:
    return passed.lists[0].get_absolute_url() if len(passed.lists) == 1 else reverse("dossiers:hand_over_lists")


# -- lists -----------------------------------------------------------------------------------
@role_required(*READERS)
@require_safe
def hand_over_lists(request: HttpRequest) -> HttpResponse:
    """The lists that the person receives and gave, what came without a list, and what was missed; with ?xem=tat-ca the office's."""
    user, now = request.user, timezone.now()
    oversees = user.has_role(*OVERSEERS)
    shows_all = oversees and (request.GET.get("xem") == "tat-ca" or not user.has_role(*GIVERS))
    seen = lists_seen_by(user)
    lines = Lines(now, calendar_in_force(user.agency_id))
    held = Dossier.objects.held_by(user).order_by(F("due_at").asc(nulls_last=True), "id")
    word = word_of(user)
    context = {
        "all": rows_of_lists(seen) if shows_all else [],
        "received": [] if shows_all else rows_of_lists(seen.filter(receiver=user)),
        "given": [] if shows_all else rows_of_lists(seen.filter(giver=user)),
        "loose": [] if shows_all or not word.to_confirm else _loose(held, lines),
        "given_loose": [] if shows_all else _given_loose(user, lines),
        "missed": [] if shows_all or not word.missed else _missed(held, lines),
        "shows_all": shows_all,
        "oversees": oversees and user.has_role(*GIVERS),
        "gives": user.has_role(*GIVERS),
    }
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", "Danh sách bàn giao")
    return render(request, "dossiers/hand_over_lists.html", context)


def _loose(held: DossierQuerySet, lines: Lines) -> list[tuple]:
    """What waits for the person's word and came without a list."""
    from_whom = held.annotate(papers_with=papers_with()).filter(papers_with__isnull=False)
    alone = from_whom.filter(hand_overs__list__isnull=True, hand_overs__taken_at__isnull=True, hand_overs__missing_at__isnull=True)
    return work_rows(alone[:MOST_AT_ONCE], lines, "papers_with")


def _given_loose(user: User, lines: Lines) -> list[tuple]:
    """What the person gave without a list, and the receiver has not confirmed."""
    given = HandOver.objects.filter(giver=user, list__isnull=True, taken_at__isnull=True, missing_at__isnull=True)
    waiting = Dossier.objects.open().filter(pk__in=given.filter(receiver=F("dossier__holder")).values("dossier_id"))
    return work_rows(waiting.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_AT_ONCE], lines)


def _missed(held: DossierQuerySet, lines: Lines) -> list[tuple]:
    """What a receiver did not find in the pile: its papers are still somewhere with the person."""
    return work_rows(held.filter(missed()).annotate(missed_by=missed_by())[:MOST_AT_ONCE], lines, "missed_by")


def get_list_for(user: User, pk: int) -> HandOverList:
    """Http404 for a list of others."""
    listing = lists_seen_by(user).select_related("agency", "giver", "receiver", "ordered_by").filter(pk=pk).first()
    if listing is None:
        raise Http404
    return listing


@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: the receiver ticks what he got and what was not in the pile; the rest waits."""
    user, now = request.user, timezone.now()
    listing = get_list_for(user, pk)
    closed_for = lifecycle.why_not_confirm(listing, user)
    tick_all = request.POST.get("all") == "1"
    data = request.POST if request.method == "POST" and not tick_all else None
    form = TakenForm(data, now=now, initial={name: request.POST.get(name, "") for name in ("taken_time", "taken_on")} if tick_all else None)
    taken, lost = _numbers(request, "taken"), _numbers(request, "missing")
    problem, refused, status = "", {}, 200
    if form.is_bound:
        problem, status = _problem(taken, lost), 422
        if form.is_valid() and not problem:
            try:
                notes = {key: clean_text(request.POST.get(f"note-{key}", ""), limit=300) for key in lost}
                said = lifecycle.confirm_list(listing, taken=taken, missing=notes, by=user, at=now, taken_at=form.taken_at)
            except (NotAllowed, Unreadable) as refusal:
                problem = str(refusal)
            else:
                refused, status = said.refused, 409
                _say_settled(request, said)
                if not refused:
                    return see_other(listing.get_absolute_url())
        listing = get_list_for(user, pk)
    sheet = sheet_of(listing)
    note_access(request, AccessKind.LIST, f"agency:{listing.agency_id}", f"Danh sách bàn giao số {listing.say_number()}")
    context = {
        "listing": listing,
        "sheet": sheet,
        "rows": [
            (line, _is_ticked(line.pk, taken, lost, tick_all), line.pk in lost, request.POST.get(f"note-{line.pk}", ""))
            for line in sheet.lines
        ],
        "form": form,
        "confirms": not closed_for and bool(sheet.waiting),
        "in_place": not closed_for and user.pk != listing.receiver_id,
        "closed_for": closed_for if sheet.waiting and user.pk != listing.giver_id else "",
        "problem": problem,
        "refused": refused,
        "has_errors": bool(problem or refused) or (form.is_bound and not form.is_valid()),
    }
    return render(request, "dossiers/hand_over_list.html", context, status=status)


def _numbers(request: HttpRequest, name: str) -> set[int]:
    return {int(text) for text in request.POST.getlist(name)[:MOST_AT_ONCE] if text.isascii() and text.isdigit() and len(text) < 19}


def _problem(taken: set[int], lost: set[int]) -> str:
    if not taken and not lost:
        return NOTHING_TICKED
    return "Một hồ sơ chỉ chọn một: đã nhận, hoặc không có trong xấp" if taken & lost else ""


def _is_ticked(pk: int, taken: set[int], lost: set[int], tick_all: bool) -> bool:
    return pk in taken or (tick_all and pk not in lost)


def _say_settled(request: HttpRequest, said: lifecycle.Settled) -> None:
    parts = [f"Đã nhận {len(said.took)} hồ sơ."] if said.took else []
    if said.missed:
        parts.append(f"Đã báo {len(said.missed)} hồ sơ không có trong xấp, trả về người giao: {', '.join(said.missed)}.")
    if parts:
        messages.success(request, " ".join(parts))


@role_required(*READERS)
@require_safe
@xframe_options_sameorigin
def hand_over_list_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The list on paper, once for the giver and once for the receiver, as it stands now."""
    listing, now = get_list_for(request.user, pk), timezone.localtime()
    note_access(request, AccessKind.PRINT, f"agency:{listing.agency_id}", f"Danh sách bàn giao số {listing.say_number()}")
    return shown_pdf(list_pdf(sheet_of(listing), made_at=now), f"ban-giao-{listing.number}-{listing.year}.pdf")


# -- what lies with somebody else --------------------------------------------------------------
@role_required(*REASSIGNERS)
@require_safe
def reassign_people(request: HttpRequest) -> HttpResponse:
    """Who holds how much, who is away first: where the work of an absent person is given to others."""
    user, now = request.user, timezone.now()
    away = away_on([user.agency_id], timezone.localdate(now))
    rows = []
    for person, number in holders_of(user.agency_id):
        absence = away.get(person.pk)
        words = say_away(absence) if absence else "" if person.is_active else "không còn làm việc"
        rows.append((reverse("dossiers:reassign_person", args=[person.pk]), person, number, words))
    rows.sort(key=lambda row: not row[3])
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", "Hồ sơ theo người giữ")
    return render(request, "dossiers/reassign_people.html", {"rows": rows})


@role_required(*REASSIGNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def reassign_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that one person holds, to be given to a colleague with a reason; all is ticked for somebody who is away."""
    user, now = request.user, timezone.now()
    person = User.objects.filter(pk=pk, agency_id=user.agency_id).first()
    if person is None:
        raise Http404
    absence = away_on([user.agency_id], timezone.localdate(now)).get(person.pk)
    tick_all = request.POST.get("all") == "1"
    initial: dict[str, Any] = {name: request.POST.get(name, "") for name in ("to", "reason")} if tick_all else {}
    if absence is not None and not initial:
        initial = {"to": absence.substitute_id, "reason": f"{person.full_name} nghỉ đến {absence.last_day:%d/%m/%Y}"}
    form = BulkReassignForm(request.POST if request.method == "POST" and not tick_all else None, person=person, now=now, initial=initial)
    chosen, refused = _chosen(request), {}
    if form.is_bound and form.is_valid() and chosen:
        dossiers, revisions = _dossiers(request, chosen)
        refused = {each.code: f"Hồ sơ không còn do {person.full_name} giữ." for each in dossiers if each.holder_id != person.pk}
        own = [each for each in dossiers if each.code not in refused]
        values = {"to": form.cleaned_data["to"], "reason": form.cleaned_data["reason"]}
        passed = lifecycle.reassign_list(own, **values, by=user, at=now, revisions=revisions)
        refused |= _refusals(request, Act.REASSIGN, passed, own)
        if passed.done:
            _say_passed(request, "Đã phân công lại", passed, values["to"])
        if not refused:
            return see_other(reverse("dossiers:reassign_people"))
    ticks = _ticks(reassignable(person.pk), user, now, set(chosen))
    if tick_all or (absence is not None and not form.is_bound):
        for tick in ticks:
            tick.chosen = True
    problem = NOTHING_TICKED if form.is_bound and not chosen else ""
    note_access(request, AccessKind.LIST, f"user:{person.pk}", f"Phân công lại: {len(ticks)} dòng")
    context = {
        "person": person,
        "away": say_away(absence) if absence else "",
        "form": form,
        "ticks": ticks,
        "problem": problem,
        "refused": refused,
        "has_errors": bool(problem or refused),
    }
    return render(request, "dossiers/reassign_person.html", context, status=409 if refused else 422 if form.is_bound else 200)
