"""What is typed about the duty roster and the rules of the desk. onestop.staff.duty decides.

Field names are a contract (docs/forms.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from onestop.reading.fields import FullDateField, TextLineField
from onestop.staff import duty
from onestop.staff.duty import LONGEST_COUNTER, LONGEST_REASON, Plan, Post
from onestop.staff.models import DutySession, User

LONGEST_RULES = 20_000
NEW_COUNTER = "new"


class PersonField(forms.ChoiceField):
    """Somebody of a list that was fetched once for all fields of the page."""

    def __init__(self, *, empty_label: str, **options: Any) -> None:
        super().__init__(required=False, error_messages={"invalid_choice": "Chọn người trong danh sách"}, **options)
        self.empty_label = empty_label
        self.says_optional = False
        self.people: dict[str, User] = {}

    def offer(self, people: Sequence[User], gone: User | None = None) -> None:
        """`gone` is on the roster and could not be put there today: he stays in the list, and is named so."""
        named = [(person, "") for person in people] + ([(gone, " (không còn trực được)")] if gone and gone not in people else [])
        self.people = {str(person.pk): person for person, _ in named}
        self.choices = [("", self.empty_label), *((str(person.pk), f"{_say(person)}{more}") for person, more in named)]

    def clean(self, value: Any) -> User | None:
        return self.people.get(super().clean(value))


def _say(person: User) -> str:
    return f"{person.full_name} – {person.job_title}" if person.job_title else person.full_name


class PostForm(forms.Form):
    """One post of a session: who was assigned; of somebody absent, why and who stands in."""

    counter_no = TextLineField(label="Quầy số", limit=LONGEST_COUNTER, required=False, widget=forms.TextInput(attrs={"class": "short"}))
    assigned = PersonField(label="Người được phân công", empty_label="Chưa phân công")
    reason = TextLineField(label="Lý do vắng", limit=LONGEST_REASON, required=False)
    substitute = PersonField(label="Người thay", empty_label="Chưa có người thay")

    def __init__(self, *args: Any, post: str, counter_no: str, row: DutySession | None, people: Sequence[User], **options: Any) -> None:
        self.post, self.counter_no, self.row = post, counter_no, row
        initial: dict[str, Any] = {"counter_no": counter_no}
        if row is not None:
            initial |= {"assigned": row.assigned_id, "reason": row.absence_reason}
            initial |= {"substitute": row.person_id} if row.substitute_for_id else {}
        super().__init__(*args, initial=initial, **options)
        is_absent = row is not None and row.substitute_for is not None
        self.fields["assigned"].offer(people, row.substitute_for if is_absent else row.person if row else None)
        self.fields["substitute"].offer(people, row.person if is_absent else None)
        if post == Post.LEADER or counter_no:
            del self.fields["counter_no"]
        else:
            self.fields["counter_no"].says_optional = False
            for name in ("reason", "substitute"):
                del self.fields[name]
        if "reason" in self.fields:
            self.fields["reason"].says_optional = False

    @property
    def legend(self) -> str:
        if self.post == Post.LEADER:
            return str(Post.LEADER.label)
        return f"Quầy {self.counter_no}" if self.counter_no else "Thêm quầy"

    @property
    def is_absence_open(self) -> bool:
        """Whether the part about the absence is to be seen at once."""
        names = [name for name in ("reason", "substitute") if name in self.fields]
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if self.is_new and values.get("assigned") and not values.get("counter_no") and "counter_no" not in self.errors:
            self.add_error("counter_no", "Nhập số quầy")
        if self.is_new and values.get("counter_no") and not values.get("assigned") and "assigned" not in self.errors:
            self.add_error("assigned", "Chọn người trực ở quầy này")
        return values

    @property
    def is_new(self) -> bool:
        return "counter_no" in self.fields

    def plan(self) -> Plan | None:
        """What the post is to be; None for the line of another counter that was left empty."""
        values = self.cleaned_data
        counter = values["counter_no"] if self.is_new else self.counter_no
        if self.is_new and not counter:
            return None
        return Plan(self.post, counter, values["assigned"], values.get("substitute"), values.get("reason", ""))


def post_forms(data: Any, *, day: date, rows: Sequence[DutySession], counters: Sequence[str], people: Sequence[User]) -> list[PostForm]:
    """A form for the leader, for every counter, and for one more counter. Names: `leader-assigned`, `desk-1-assigned`, `new-counter_no`."""
    held = {(row.role_on_duty, row.counter_no): row for row in rows}
    posts = [
        (Post.LEADER, "", "leader"),
        *((Post.DESK, counter, f"desk-{_slug(counter)}") for counter in counters),
        (Post.DESK, "", NEW_COUNTER),
    ]
    able = {post: [person for person in people if duty.may_hold(person, post, day)] for post in Post}
    return [
        PostForm(data, prefix=prefix, post=post, counter_no=counter, row=held.get((post, counter)), people=able[post])
        for post, counter, prefix in posts
    ]


def _slug(counter: str) -> str:
    """The counter in names and ids of a page; what is no plain number or word is spelled in figures."""
    return counter if counter.isascii() and counter.isalnum() else f"x{counter.encode().hex()}"


class RulesForm(forms.Form):
    """The rules of the desk as they were decided."""

    text = TextLineField(
        label="Nội dung quy chế",
        limit=LONGEST_RULES,
        lines=True,
        widget=forms.Textarea(attrs={"rows": "16"}),
        help_text="Chép nguyên văn. Người dân đọc được ở trang Lịch trực.",
        required_message="Nhập nội dung quy chế",
    )
    decision_number = TextLineField(label="Số quyết định", limit=60, help_text="Ví dụ 12/QĐ-UBND", required_message="Ghi số quyết định")
    decided_on = FullDateField(label="Ngày quyết định", widget=forms.TextInput(attrs={"class": "short"}))
    decided_by = TextLineField(label="Cơ quan ban hành", limit=150, required_message="Ghi cơ quan ban hành quyết định")
    valid_from = FullDateField(label="Có hiệu lực từ ngày", widget=forms.TextInput(attrs={"class": "short"}))
