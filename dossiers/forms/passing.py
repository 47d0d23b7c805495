"""The forms of passing dossiers on: by list, by reassignment, and the receiver's word. lifecycle/passing.py decides.

Field names are a contract (docs/forms.md). Of a colleague who is away, the lists of receivers say until when and who
stands in.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from dossiers.forms.acts import ActForm, ClockField, ColleagueField, colleagues
from dossiers.lifecycle.passing import PASSES_ON
from dossiers.places import place_of
from dossiers.timeliness import LOCAL
from onestop.reading.fields import FullDateField, TextLineField
from onestop.staff.absence import away_on, say_away
from onestop.staff.models import User

REASON_MISSING = "Ghi lý do phân công lại"


class ReceiverField(ColleagueField):
    """A colleague who may have dossiers on his desk."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label="Người nhận",
            queryset=User.objects.none(),
            empty_label="Chọn người nhận",
            error_messages={"required": "Chọn người nhận", "invalid_choice": "Chọn người nhận trong danh sách"},
            **options,
        )
        self.away: dict[int, str] = {}

    def offer(self, agency_id: int, now: datetime, *, but: int | None) -> None:
        """The people of the agency, without the one of this key. One query for who is away."""
        people = colleagues(agency_id, *PASSES_ON)
        self.queryset = people.exclude(pk=but) if but else people
        self.away = {pk: say_away(row) for pk, row in away_on([agency_id], timezone.localdate(now)).items()}

    def label_from_instance(self, person: User) -> str:
        label = super().label_from_instance(person)
        return f"{label} ({self.away[person.pk]})" if person.pk in self.away else label


class HandOverForm(ActForm):
    to = ReceiverField()
    note = TextLineField(label="Ghi chú", limit=300, required=False)

    def prepare(self) -> None:
        self.fields["to"].offer(place_of(self.dossier), self.now, but=self.dossier.holder_id)


class ReassignForm(ActForm):
    to = ReceiverField()
    reason = TextLineField(label="Lý do phân công lại", limit=300, required_message=REASON_MISSING)

    def prepare(self) -> None:
        self.fields["to"].offer(place_of(self.dossier), self.now, but=self.dossier.holder_id)


class BulkHandOverForm(forms.Form):
    """One receiver for several dossiers of the person's own agency."""

    to = ReceiverField()
    note = TextLineField(label="Ghi chú", limit=300, required=False)

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(user.agency_id, now, but=user.pk)


class BulkReassignForm(forms.Form):
    """One receiver for several dossiers that lie with somebody else."""

    to = ReceiverField()
    reason = TextLineField(label="Lý do phân công lại", limit=300, required_message=REASON_MISSING)

    def __init__(self, *args: Any, person: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(person.agency_id, now, but=person.pk)


class TakenForm(forms.Form):
    """When the papers were taken, where that is keyed later; empty for now."""

    taken_time = ClockField(label="Giờ nhận", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    taken_on = FullDateField(label="Ngày nhận", required=False, widget=forms.TextInput(attrs={"class": "short"}))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate(now)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("taken_on") and not values.get("taken_time") and "taken_time" not in self.errors:
            self.add_error("taken_time", "Nhập cả giờ nhận, ví dụ 08:30")
        return values

    @property
    def taken_at(self) -> datetime | None:
        """The moment that was typed; today when no day was."""
        clock = self.cleaned_data.get("taken_time")
        return datetime.combine(self.cleaned_data.get("taken_on") or self.today, clock, LOCAL) if clock else None
