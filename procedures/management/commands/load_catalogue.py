"""Load the catalogue of procedures: validate everything, show the difference, write all or nothing."""

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from procedures.loading import Plan, Refused, load
from procedures.workflows import left_behind

SHIPPED = Path(__file__).resolve().parents[2] / "data"
SHIPPED_FILES = ("procedures.json", "desk_procedures.json")


class Command(BaseCommand):
    help = (
        "Load procedures from catalogue files (procedures.json) and desk layer files (desk_procedures.json); without "
        "files the shipped ones. Everything is validated first; any problem refuses the whole load and names entry and "
        "field. Prints what is new, changed, unchanged and what would expire. A changed procedure gets a new version; "
        "published versions are never edited. Loading the same files again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--on", type=_day, default=None, help="first day of changed versions, ISO (default: today)")
        parser.add_argument("--expire-missing", action="store_true", help="end the procedures that the catalogue no longer names")
        parser.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")

    def handle(self, *args, files, on, expire_missing, dry_run, **options):
        paths = files or [SHIPPED / name for name in SHIPPED_FILES]
        try:
            texts = [(path.name, path.read_bytes()) for path in paths]
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        try:
            plan = load(texts, on=on or timezone.localdate(), expire_missing=expire_missing, dry_run=dry_run)
        except Refused as refusal:
            for problem in refusal.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"refused: {len(refusal.problems)} problems, nothing was written") from refusal
        self._show(plan, expire_missing=expire_missing)
        for code, agency in left_behind(on or timezone.localdate()) if plan.of_kind("changed") else []:
            self.stdout.write(f"process: {code} has a new version, {agency} decided its own process under the one before")
        if dry_run:
            self.stdout.write("dry run: nothing was written")

    def _show(self, plan: Plan, *, expire_missing: bool) -> None:
        for warning in plan.warnings:
            self.stdout.write(f"warning: {warning}")
        if any(change.kind == "changed" for change in plan.changes) or len(plan.of_kind("new")) < len(plan.changes):
            for change in plan.of_kind("new"):
                self.stdout.write(f"new: {change.code} {change.content.name}")
        for change in plan.of_kind("changed"):
            what = ", ".join(change.fields + [f"{word} (no new version)" for word in change.words])
            self.stdout.write(f"changed: {change.code} {change.content.name}: {what}")
        for change in plan.of_kind("expired"):
            self.stdout.write(f"expired from {change.expires_on}: {change.code} {change.content.name}")
        verb = "expired" if expire_missing else "would expire"
        for version in plan.missing:
            self.stdout.write(f"{verb}: {version.procedure.code} {version.name}")
        if plan.shipped:
            self.stdout.write(f"{plan.shipped} internal processes published from their templates")
        receivable = sum(change.content.receivable and not change.expires_on for change in plan.changes)
        self.stdout.write(
            f"{len(plan.of_kind('new'))} new, {len(plan.of_kind('changed'))} changed, {len(plan.of_kind('unchanged'))} unchanged, "
            f"{len(plan.of_kind('expired'))} expired, {len(plan.missing)} {verb if expire_missing else 'would expire'}; "
            f"{receivable} of {len(plan.changes)} receivable"
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a day such as 2027-01-01, not {text!r}") from None
