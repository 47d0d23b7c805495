"""What stands on the slips of made dossiers: secrets for the tests of the public side."""
from dossiers import lifecycle, secrets
from dossiers.intake import Guidance
from dossiers.issuing import supplement_subject
from dossiers.models import Dossier, SupplementRequest
from dossiers.tests.makers import RECEIVED, make_clerk, make_intake


def secret_of(dossier: Dossier) -> str:
    return secrets.lookup_code(dossier.code, dossier.secret_version)


def wrong_secret_of(dossier: Dossier) -> str:
    """Eight digits that do not open the dossier."""
    return f"{(int(secret_of(dossier)) + 1) % 10**8:08d}"


def token_of(dossier: Dossier) -> str:
    return secrets.token(dossier.code, dossier.secret_version)


def make_supplement(*items: str) -> SupplementRequest:
    """A supplement slip made before acceptance."""
    intake = make_intake()
    guidance = Guidance(intake.submission_key, intake.version, intake.filer, items or ("Giấy chứng sinh",), "Thiếu giấy", {})
    return lifecycle.request_supplement(guidance, by=make_clerk(), at=RECEIVED)


def token_of_slip(slip: SupplementRequest) -> str:
    return secrets.token(supplement_subject(slip.agency_id, slip.year, slip.number), 1)
