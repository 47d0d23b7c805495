"""Scans and one digitally signed result for the demonstration: small files, made here, that say what they are."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from dossiers import lifecycle
from dossiers.models import Dossier, DossierComponent, PaperState
from dossiers.signed_files import SignedFile
from onestop.demo.signing import new_authority, sign_pdf
from onestop.inspection import Checked, Report, Signature, Verdict
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.vault import files

if TYPE_CHECKING:
    from onestop.demo.tales import Office

LAST_DAYS, SCANNED_AT_ONCE = 3, 3
SHEET = (620, 877)  # A4 at 75 dots an inch
NO_ROOTS = "chữ ký khớp với tệp, nhưng không kiểm tra được gốc chứng thư"


def scanning_events(office: Office, now: datetime, rng: Random, *, asks: bool) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    """On its last days the desk scans what came in lately; where the agency `asks` for scans it begins to do so now."""
    days = office.hours.days(now.date() - timedelta(days=7), now.date())[-LAST_DAYS:]
    for moment in sorted(office.hours.arrival(day, rng) for day in days):
        if moment < now:
            yield moment, lambda at: _scan_some(office, at)
    if asks:
        # The last of all: whatever was issued before had nobody asking.
        yield now, lambda at: _ask_for_scans(office, at)


def _scan_some(office: Office, at: datetime) -> None:
    lately = Dossier.objects.of_agency(office.agency.pk).without_certification().open().order_by("-received_at", "-id")
    for dossier in lately.filter(scans__isnull=True)[:SCANNED_AT_ONCE]:
        scan_papers(dossier, by=office.with_role(Role.CLERK)[0], at=at, rng=Random(dossier.code))


def _ask_for_scans(office: Office, at: datetime) -> None:
    lifecycle.require_scans(office.agency, True, by=office.with_role(Role.MANAGER, Role.HEAD)[0], at=at)


def scan_papers(dossier: Dossier, *, by: User, at: datetime, rng: Random) -> None:
    """Scan what was submitted, most of it; the desk comes to the rest later."""
    for number, paper in enumerate(DossierComponent.objects.filter(dossier=dossier, state=PaperState.SUBMITTED).order_by("position", "id")):
        if number and rng.random() < 0.3:
            continue
        content = sheet(f"{dossier.code}/{number + 1}")
        digest = files.store(content)
        lifecycle.add_scan(
            dossier,
            paper=paper,
            checked=Checked("jpeg", 1, SHEET[0] * SHEET[1], content),
            sha256=digest,
            # Small and made by ourselves: it is its own picture.
            preview_sha256=digest,
            byte_count=len(content),
            name=f"giay-to-{number + 1}.jpg",
            by=by,
            at=at,
        )


def sheet(mark: str) -> bytes:
    """A picture of a page with lines instead of words, and a mark that makes it unlike the others."""
    page = Image.new("L", SHEET, 250)
    pen = ImageDraw.Draw(page)
    pen.text((60, 40), f"BAN QUET MINH HOA {mark}", fill=60)
    for line in range(14):
        end = SHEET[0] - 60 - (line * 37) % 160
        pen.rectangle((60, 110 + line * 44, end, 118 + line * 44), fill=190)
    made = io.BytesIO()
    page.save(made, "JPEG", quality=40)
    return made.getvalue()


def sign_with_own_certificate(dossier: Dossier, draft: bytes, *, signer: User, at: datetime) -> Dossier:
    """The leader signs the draft on his own computer, with a certificate that nobody outside knows."""
    person = new_authority(at=at).certify(signer.full_name, dossier.agency.authority_name, at=at)
    content = sign_pdf(draft, person, at=at)
    one = Signature(
        signer=signer.full_name,
        organisation=dossier.agency.authority_name,
        issuer="Chứng thực chữ ký số minh họa",
        signed_at=at.isoformat(),
        verdict=Verdict.UNKNOWN,
        words=NO_ROOTS,
        whole=True,
    )
    report = Report(Verdict.UNKNOWN, NO_ROOTS[0].upper() + NO_ROOTS[1:], True, (one,))
    signed = SignedFile(files.store(content), f"{dossier.code}-da-ky.pdf", report, files.digest_of(draft))
    return lifecycle.sign_off(dossier, kind="digital", signer=signer, by=signer, at=at, signed_file=signed)
