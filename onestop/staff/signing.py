"""Who may sign which kind of paper on a day, and with which lines above his name (NĐ 30/2020 Điều 13).

    right = right_to_sign(user, "certification.copy", day)      # None: he may not
    right.block                                                 # "KT. CHỦ TỊCH\\nPHÓ CHỦ TỊCH"

The head signs by his office, a deputy in his place (KT.), anybody else only under a written
decision with its kinds and dates (TUQ., or TL. where the work regulations say so). A kind is a word
that the domain app chooses; this room only compares it. Whoever holds a delegation cannot pass it
on: only the head himself delegates, and a delegation whose giver is no longer the head gives no right.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from onestop.history.record import record
from onestop.reading.names import fold
from onestop.staff.models import Delegation, User
from onestop.staff.roles import Role

HEAD_TITLE = "Chủ tịch"
ACTING = ("quyen ", "q. ")


class CannotDelegate(ValueError):
    """A delegation that the rules refuse; the message is the sentence to show."""


@dataclass(frozen=True)
class SigningRight:
    """The right of one person to sign one kind of paper on one day.

    `mode`: "" for the head, Q for an acting head, KT, TUQ or TL. `lines` stand above the signature.
    """

    mode: str
    lines: tuple[str, ...]
    signer_name: str
    delegation: Delegation | None = None

    @property
    def block(self) -> str:
        """The lines and the name, as they are stored with the signature."""
        return "\n".join((*self.lines, self.signer_name))

    @property
    def words(self) -> str:
        """By which right, in one line for lists."""
        if self.delegation is not None:
            return f"{self.delegation.get_mode_display()}, {self.delegation.say_decision()}"
        return {"": "Thủ trưởng", "Q": "Quyền thủ trưởng"}.get(self.mode, "Cấp phó ký thay")


def is_deputy(user: User) -> bool:
    """A signing leader whose title makes him the head's deputy."""
    return user.has_role(Role.LEADER) and fold(user.job_title).startswith(fold(f"Phó {HEAD_TITLE}"))


@dataclass(frozen=True)
class Rights:
    """What one person may sign on one day, asked for once and then for as many kinds as a list has. See `right_to_sign`."""

    user: User
    on: date
    deputies_by_office: bool
    given: tuple[Delegation, ...]

    def of(self, kinds: str | Collection[str], *, collective: bool = False) -> SigningRight | None:
        """The right to sign a paper that any one of these kinds covers."""
        user, wanted = self.user, {kinds} if isinstance(kinds, str) else set(kinds)
        above = ("TM. ỦY BAN NHÂN DÂN",) if collective else ()
        name = user.signing_name or user.full_name
        if user.has_role(Role.ADMIN):
            return None
        if user.has_role(Role.HEAD):
            acting = fold(user.job_title).startswith(ACTING)
            return SigningRight("Q" if acting else "", (*above, f"{'Q. ' if acting else ''}{HEAD_TITLE.upper()}"), name)
        if not user.is_active:
            return None
        in_force = [row for row in self.given if row.in_force(self.on) and giver_is_head(row)]
        deputy = is_deputy(user)
        for row in in_force:
            if wanted & set(row.kinds) and (row.mode != Delegation.Mode.KT or deputy):
                return SigningRight(row.mode, (*above, f"{row.mode}. {HEAD_TITLE.upper()}", row.title.upper()), name, row)
        assigned = any(row.mode == Delegation.Mode.KT for row in in_force)
        if deputy and self.deputies_by_office and not assigned:
            return SigningRight("KT", (*above, f"KT. {HEAD_TITLE.upper()}", f"PHÓ {HEAD_TITLE.upper()}"), name)
        return None

    def why_not(self, kinds: str | Collection[str]) -> str:
        """Why `of` answers None, in a sentence for the person himself; the delegation that comes closest is named."""
        wanted = {kinds} if isinstance(kinds, str) else set(kinds)
        if self.user.has_role(Role.ADMIN):
            return "Tài khoản quản trị không được ký."
        for row in sorted(self.given, key=lambda row: not wanted & set(row.kinds)):
            if not giver_is_head(row):
                return f"{row.say_decision()} không do thủ trưởng đương nhiệm ký. Người được ủy quyền không được ủy quyền lại."
            if not wanted & set(row.kinds):
                return f"{row.say_decision()} không giao ký loại giấy tờ này."
            if not row.in_force(self.on):
                return f"{row.say_decision()} không có hiệu lực ngày {self.on:%d/%m/%Y}."
        return "Không có thẩm quyền ký: chỉ thủ trưởng, cấp phó và người có quyết định ủy quyền được ký (Nghị định 30/2020, Điều 13)."


def rights_of(user: User, on: date, *, deputies_by_office: bool = True) -> Rights:
    """The person's rights on that day; one query."""
    given = Delegation.objects.filter(delegate=user, agency_id=user.agency_id)
    return Rights(user, on, deputies_by_office, tuple(given.select_related("delegator").order_by("-valid_from", "-id")))


def right_to_sign(
    user: User, kind: str | Collection[str], on: date, *, deputies_by_office: bool = True, collective: bool = False
) -> SigningRight | None:
    """The person's right to sign this kind of paper (or a paper of any of these kinds) on that day, or None.

    `deputies_by_office` False: a deputy, too, needs a written assignment that names the kind. A deputy
    who has one in force is bound by its kinds either way. `collective`: papers of the committee
    itself, which everybody signs on its behalf (TM.). An administrator signs nothing.
    """
    if user.has_role(Role.HEAD):
        return Rights(user, on, deputies_by_office, ()).of(kind, collective=collective)
    return rights_of(user, on, deputies_by_office=deputies_by_office).of(kind, collective=collective)


def giver_is_head(row: Delegation) -> bool:
    """Whether it was given by the present head: one who has left, or is head no more, gives no right."""
    giver = row.delegator
    return giver.is_active and giver.agency_id == row.agency_id and giver.has_role(Role.HEAD)


def signers_for(
    agency_id: int, kind: str | Collection[str], on: date, *, deputies_by_office: bool = True
) -> list[tuple[User, SigningRight]]:
    """Everybody of the agency who may sign this kind on that day: the head, deputies, then delegates."""
    people = User.objects.active().filter(agency_id=agency_id)
    leaders = people.holding(Role.HEAD, Role.LEADER) | people.filter(delegations__valid_from__lte=on, delegations__valid_to__gte=on)
    rank = {"": 0, "Q": 0, "KT": 1, "TUQ": 2, "TL": 3}
    found = []
    for user in leaders.select_related("agency").order_by("pk").distinct():
        right = right_to_sign(user, kind, on, deputies_by_office=deputies_by_office)
        if right is not None:
            found.append((user, right))
    return sorted(found, key=lambda pair: rank[pair[1].mode])


@transaction.atomic
def delegate(
    *,
    delegator: User,
    to: User,
    mode: str,
    kinds: Collection[str],
    decision_number: str,
    decision_date: date,
    valid_from: date,
    valid_to: date,
    by: User,
    at: datetime,
    title: str = "",
) -> Delegation:
    """Put a written delegation on record. Raises CannotDelegate.

    Entered by the head himself or, from the signed decision, by the archivist or manager; an administrator, who makes
    the accounts, gives nobody the right to sign.
    """
    _check_delegation(delegator, to, mode, kinds, decision_number, valid_from, valid_to, decision_date)
    if by.agency_id != delegator.agency_id or not by.has_role(Role.HEAD, Role.ARCHIVIST, Role.MANAGER):
        raise CannotDelegate("Vai trò của bạn không được ghi quyết định ủy quyền.")
    row = Delegation.objects.create(
        agency_id=delegator.agency_id,
        delegator=delegator,
        delegate=to,
        mode=mode,
        kinds=sorted(set(kinds)),
        title=title or to.job_title,
        decision_number=decision_number,
        decision_date=decision_date,
        valid_from=valid_from,
        valid_to=valid_to,
        entered_at=at,
        entered_by=by,
    )
    data = {"to": to.pk, "from": delegator.pk, "mode": mode, "kinds": row.kinds, "valid": [valid_from.isoformat(), valid_to.isoformat()]}
    record(agency_id=row.agency_id, act="delegation.given", subject=f"delegation:{row.pk}", at=at, by=by, data=data, rows=[row])
    return row


def _check_delegation(
    delegator: User, to: User, mode: str, kinds: Collection[str], decision_number: str, valid_from: date, valid_to: date, decided: date
) -> None:
    if not delegator.has_role(Role.HEAD):
        # NĐ 30/2020 Điều 13: người được ủy quyền không được ủy quyền lại.
        raise CannotDelegate("Chỉ thủ trưởng ủy quyền ký. Người được ủy quyền không được ủy quyền lại.")
    if to.agency_id != delegator.agency_id or not to.is_active:
        raise CannotDelegate("Chọn người đang làm việc ở cơ quan này.")
    if to.pk == delegator.pk or to.has_role(Role.HEAD):
        raise CannotDelegate("Thủ trưởng ký theo chức vụ, không cần ủy quyền.")
    if to.has_role(Role.ADMIN):
        raise CannotDelegate("Tài khoản quản trị không được ký.")
    if mode not in Delegation.Mode.values:
        raise CannotDelegate("Chọn cách ký: KT., TUQ. hoặc TL.")
    if mode == Delegation.Mode.KT and not is_deputy(to):
        raise CannotDelegate("Chỉ cấp phó ký thay (KT.). Người khác ký thừa ủy quyền (TUQ.).")
    if not kinds:
        raise CannotDelegate("Ghi rõ loại giấy tờ được ký.")
    if not decision_number:
        raise CannotDelegate("Ghi số quyết định. Ủy quyền phải bằng văn bản.")
    if valid_to < valid_from:
        raise CannotDelegate("Ngày hết hạn phải từ ngày bắt đầu trở đi.")
    if decided > valid_from:
        raise CannotDelegate("Ủy quyền không có hiệu lực trước ngày ký quyết định.")


@transaction.atomic
def revoke(row: Delegation, *, on: date, by: User, at: datetime) -> Delegation:
    """End a delegation early: `on` is the first day on which it no longer counts."""
    row = Delegation.objects.select_for_update().get(pk=row.pk)
    if by.agency_id != row.agency_id or not by.has_role(Role.HEAD, Role.ARCHIVIST, Role.MANAGER):
        raise CannotDelegate("Vai trò của bạn không được thu hồi ủy quyền.")
    if row.revoked_on is not None:
        raise CannotDelegate("Ủy quyền này đã thu hồi.")
    row.revoked_on = on
    row.save(update_fields=["revoked_on"])
    data = {"on": on.isoformat()}
    record(agency_id=row.agency_id, act="delegation.revoked", subject=f"delegation:{row.pk}", at=at, by=by, data=data, rows=[row])
    return row
