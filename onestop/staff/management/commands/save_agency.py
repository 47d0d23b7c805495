"""`manage.py save_agency`: make a province or a commune, or change what is printed of it."""
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from onestop.history.record import record
from onestop.staff.models import Agency

TEXTS = (
    "name",
    "place",
    "desk_name",
    "authority_name",
    "superior_name",
    "address",
    "hotline",
    "email",
    "feedback_address",
    "feedback_phone",
    "feedback_email",
    "bank_bin",
    "bank_account",
    "bank_account_name",
)
SWITCHES = ("two_liens_per_sheet", "show_officer_names", "is_active")


class Command(BaseCommand):
    help = (
        "Make the agency with this code, or change the named fields of the one there is. "
        "A new one needs --level, --name and --place; a commune also --parent, unless it stands alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="official code, such as H61.26")
        parser.add_argument("--level", choices=Agency.Level.values)
        parser.add_argument("--parent", metavar="CODE", help="code of the province above it")
        for name in TEXTS:
            parser.add_argument(f"--{name.replace('_', '-')}", help=str(Agency._meta.get_field(name).verbose_name))
        for name in SWITCHES:
            parser.add_argument(f"--{name.replace('_', '-')}", choices=("yes", "no"), help=str(Agency._meta.get_field(name).verbose_name))

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(code=options["code"]).first() or Agency(code=options["code"])
        is_new = agency.pk is None
        changed = sorted(name for name, value in self.wanted(options).items() if getattr(agency, name) != value)
        for name, value in self.wanted(options).items():
            setattr(agency, name, value)
        if is_new:
            agency.desk_name = agency.desk_name or f"Trung tâm Phục vụ hành chính công {agency.name[:1].lower()}{agency.name[1:]}"
            agency.authority_name = agency.authority_name or f"ỦY BAN NHÂN DÂN {agency.name.upper()}"
        try:
            agency.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())) from None
        if changed or is_new:
            with transaction.atomic():
                agency.save()
                act = "agency.created" if is_new else "agency.changed"
                record(agency_id=agency.pk, act=act, subject=f"agency:{agency.pk}", at=timezone.now(), data={"changed": changed})
        self.stdout.write(f"{agency.code}: {'made' if is_new else 'changed ' + ', '.join(changed) if changed else 'nothing to change'}")

    def wanted(self, options: dict[str, Any]) -> dict[str, Any]:
        """The fields that were named, as the model holds them."""
        values: dict[str, Any] = {name: options[name].strip() for name in TEXTS if options[name] is not None}
        values |= {name: options[name] == "yes" for name in SWITCHES if options[name] is not None}
        if options["level"] is not None:
            values["level"] = options["level"]
        if options["parent"] is not None:
            values["parent"] = Agency.objects.filter(code=options["parent"], level=Agency.Level.PROVINCE).first()
            if values["parent"] is None:
                raise CommandError(f"no province has the code {options['parent']}")
        return values
