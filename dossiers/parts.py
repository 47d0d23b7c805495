"""The parts of an internal process: with whom the paper lies while its steps are done. Pure.

A part is what the rows of the acts can tell; a step belongs to one. So each row of the control slip is named after the
steps of its part, and has their time.
"""

from collections.abc import Sequence

from dossiers.statuses import Status
from procedures.steps import Step, groups_of, minutes_of

DESK, OFFICE, SIGNATURE, SEAL = "clerk", "specialist", "leader", "archivist"
# The part of another agency; when none was asked, its share is the specialist's.
OTHER = "other_agency"
PART_OF = {"clerk": DESK, "manager": DESK, "leader": SIGNATURE, "head": SIGNATURE, "archivist": SEAL}
# Where a dossier of this status stands; one that has its result waits at the desk for its owner.
PART_OF_STATUS = {
    Status.RECEIVED: DESK,
    Status.PROCESSING: OFFICE,
    Status.AWAITING_SUPPLEMENT: OFFICE,
    Status.AWAITING_PAYMENT: OFFICE,
    Status.WITH_OTHER_AGENCY: OTHER,
    Status.AWAITING_SIGNATURE: SIGNATURE,
    Status.RESULT_READY: DESK,
    Status.IN_POST: DESK,
}


def part_of(step: Step) -> str:
    """The part in which this step is done; a unit in words works while the paper lies with the specialist."""
    if step.kind == "consultation" and not step.role:
        return OTHER
    return PART_OF.get(step.role, OFFICE)


def shares_of(steps: Sequence[Step], limit_minutes: int, *, day_minutes: int) -> dict[str, int]:
    """How many working minutes each part may take in all; of its steps that run at once the longest counts.

    Of the desk's only those with which the process begins: when the result lies there, its owner is waited for.
    """
    allowed: dict[str, int] = {}
    at_first = numbers_of(steps, DESK)
    for group in groups_of(steps):
        longest: dict[str, int] = {}
        for number, step in group:
            part = part_of(step)
            if part == DESK and number not in at_first:
                continue
            longest[part] = max(longest.get(part, 0), minutes_of(step, limit_minutes, day_minutes=day_minutes))
        for part, minutes in longest.items():
            if minutes:
                allowed[part] = allowed.get(part, 0) + minutes
    return allowed


def numbers_of(steps: Sequence[Step], part: str, *, at_the_end: bool = False) -> list[int]:
    """The numbers of the part's steps. Of the desk's either those with which the process begins or those with which it ends."""
    numbers = [number for number, step in enumerate(steps, 1) if part_of(step) == part]
    others = [number for number, step in enumerate(steps, 1) if part_of(step) != DESK]
    if part != DESK or not others:
        return numbers
    return [number for number in numbers if (number > others[-1] if at_the_end else number < others[0])]


def say_steps(steps: Sequence[Step], numbers: Sequence[int]) -> str:
    """ "Bước 1: Tiếp nhận", "Bước 2–4: Thẩm tra; Xác minh; Dự thảo"; "" for none."""
    return f"Bước {say_numbers(numbers)}: {'; '.join(steps[number - 1].name for number in numbers)}" if numbers else ""


def say_numbers(numbers: Sequence[int]) -> str:
    """ "2", "2–4", "2, 5"."""
    if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))


def say_standing(steps: Sequence[Step], status: str, *, is_signed: bool) -> str:
    """Where a dossier stands: "bước 2–4/7: Kiểm tra; Xác minh; Tổng hợp"; "" when it is past its process, or has none."""
    # Signed and not issued yet is still being worked on (statuses.py).
    part = SEAL if is_signed and status == Status.PROCESSING else PART_OF_STATUS.get(Status(status), "")
    numbers = numbers_of(steps, part, at_the_end=status != Status.RECEIVED)
    if not numbers:
        return ""
    words = say_steps(steps, numbers).removeprefix("Bước ")
    first, _, names = words.partition(": ")
    return f"bước {first}/{len(steps)}: {names}"
