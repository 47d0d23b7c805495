"""Days away: who is not at work, until when, and who looks after it. One page to read, write down, and come back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from onestop.history.access import AccessKind, note_access
from onestop.reading.fields import FullDateField, TextLineField
from onestop.roster.forms import PersonField
from onestop.staff import absence
from onestop.staff.absence import CannotEnter
from onestop.staff.access import role_required
from onestop.staff.models import Absence, User
from onestop.staff.roles import Role
from onestop.staff.views.session import see_other

WORKERS = absence.MISSED
OFFICE = (Role.MANAGER, Role.HEAD)


class AbsenceForm(forms.Form):
    """One absence. Field names are a contract (docs/forms.md)."""

    person = PersonField(label="Người nghỉ", empty_label="Chọn người nghỉ")
    first_day = FullDateField(label="Nghỉ từ ngày", widget=forms.TextInput(attrs={"class": "short"}))
    last_day = FullDateField(label="Đến hết ngày", widget=forms.TextInput(attrs={"class": "short"}))
    substitute = PersonField(label="Người thay", empty_label="Chưa có người thay")
    reason = TextLineField(label="Lý do", limit=200, required_message="Ghi lý do nghỉ")

    def __init__(self, data: Any = None, *, user: User, people: list[User]) -> None:
        super().__init__(data)
        self.user = user
        if user.has_role(*OFFICE):
            self.fields["person"].offer(people)
            self.fields["substitute"].offer(people)
        else:
            del self.fields["person"]
            self.fields["substitute"].offer([person for person in people if absence.can_stand_in(person, user)])

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "person" in self.fields and values.get("person") is None and "person" not in self.errors:
            self.add_error("person", "Chọn người nghỉ")
        return values

    @property
    def whose(self) -> User:
        return self.cleaned_data.get("person") or self.user


@role_required(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away now and later; the manager writes down anybody's days, everybody else his own."""
    user, now = request.user, timezone.now()
    form = AbsenceForm(request.POST if request.method == "POST" else None, user=user, people=absence.people_of(user.agency_id))
    if form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("first_day", "last_day", "substitute", "reason")}
        try:
            entered = absence.enter(form.whose, by=user, at=now, **values)
        except CannotEnter as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, f"Đã ghi: {entered.person.full_name} {absence.say_away(entered)}.")
            return see_other(reverse("roster:absences"))
    today = timezone.localdate(now)
    rows = [_row(each, user, today) for each in absence.absences_of(user.agency_id, today)]
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", "Ngày nghỉ")
    context = {"form": form, "rows": rows, "reassigns": user.has_role(*OFFICE)}
    return render(request, "roster/absences.html", context, status=422 if form.is_bound else 200)


def _row(each: Absence, user: User, today: Any) -> dict[str, Any]:
    """Why somebody is away is for himself and for whoever runs the office."""
    own = absence.may_enter(user, each.person)
    return {
        "absence": each,
        "is_now": each.covers(today),
        "substitute": each.substitute.full_name if each.substitute else "",
        "reason": each.reason if own else "",
        "may_end": own,
    }


@role_required(*WORKERS)
@require_POST
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """ "Đã trở lại", for oneself or by whoever runs the office."""
    row = Absence.objects.filter(pk=pk, agency_id=request.user.agency_id).select_related("person").first()
    if row is None or not absence.may_enter(request.user, row.person):
        raise Http404
    try:
        ended = absence.come_back(row, by=request.user, at=timezone.now())
    except CannotEnter as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{ended.person.full_name} làm việc trở lại từ ngày {ended.back_on:%d/%m/%Y}.")
    return see_other(reverse("roster:absences"))
