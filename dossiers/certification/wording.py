"""The certification clause of one entry: the agency's own text before the shipped one, filled with the line's figures."""

from dataclasses import dataclass

from django.utils import timezone

from dossiers.certification.catalogue import catalogue
from dossiers.certification.clauses import fill
from dossiers.models import AttestationClause, CertificationEntry
from onestop.staff.models import Agency

OWN = "agency"


@dataclass(frozen=True)
class Clause:
    """A clause as printed, or its text with places; `mark` says how far it was verified, "agency": their own text."""

    form: str
    name: str
    text: str
    source: str
    mark: str


def clause_text(agency: Agency, form: str) -> Clause:
    """The text in force for the form; raises KeyError for an unknown one."""
    shipped = catalogue().forms[form]
    own = AttestationClause.objects.filter(agency=agency, form=form).order_by("-version").first()
    if own is not None:
        return Clause(form, shipped.name, own.text, own.source, OWN)
    return Clause(form, shipped.name, shipped.text, shipped.source, shipped.mark)


def clause_of(entry: CertificationEntry, form: str = "") -> Clause:
    """The filled clause; `form` "": the first form of the kind of work. An empty text: nobody has entered one yet."""
    blank = clause_text(entry.agency, form or catalogue().rules_of(entry.work).forms[0])
    return Clause(blank.form, blank.name, fill(blank.text, _values(entry)), blank.source, blank.mark)


def _values(entry: CertificationEntry) -> dict[str, str]:
    moment = timezone.localtime(entry.signed_at or entry.entered_at)
    signer = entry.signer
    return {
        "number": f"{entry.number:02d}",
        "volume": entry.volume_words,
        "day": f"{moment:%d}",
        "month": f"{moment:%m}",
        "year": f"{moment:%Y}",
        "hour": f"{moment:%H}",
        "minute": f"{moment:%M}",
        "place": entry.off_site_place or entry.agency.desk_name,
        "signer": (signer.signing_name or signer.full_name) if signer else "",
        "title": signer.job_title if signer else "",
        "block": entry.signing_block,
        "applicant": entry.applicant_name,
        "identity": entry.identity,
        "others": entry.others,
        "paper": entry.paper_name,
        "languages": f"tiếng {entry.language_from} sang tiếng {entry.language_to}" if entry.language_from else "",
        "interpreter": entry.interpreter,
        "witnesses": entry.witnesses,
        "authority": entry.agency.authority_name,
    }
