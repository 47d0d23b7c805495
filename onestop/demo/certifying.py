"""Certification sessions of the demonstration: what most people come to the counter for."""

from datetime import datetime
from random import Random

from dossiers import lifecycle
from dossiers.certification.session import CertificationLine, CertificationSession
from dossiers.models import Basis
from dossiers.printing import file_of
from onestop.demo.matters import ADULT, filer_line, key
from onestop.demo.tales import Office
from onestop.staff.roles import Role

# Kind of paper, name on it, pages.
PAPERS = (
    ("cc", "Căn cước", 1),
    ("bt", "Bằng tốt nghiệp trung học phổ thông", 1),
    ("hb", "Học bạ trung học phổ thông", 14),
    ("ks", "Giấy khai sinh", 1),
    ("sd", "Giấy chứng nhận quyền sử dụng đất", 4),
    ("kd", "Giấy chứng nhận đăng ký hộ kinh doanh", 2),
)
# Of a hundred sessions so many are signed and given back at once; the others wait for the signer.
ON_THE_SPOT = 80


def certify(office: Office, rng: Random, moment: datetime) -> None:
    """One visit: one to three papers, a few copies each."""
    person = office.residents.relative(ages=ADULT)
    chosen = rng.sample(PAPERS, rng.choice((1, 1, 2, 3)))
    lines = tuple(CertificationLine("copy", name, kind, pages=pages, copies=rng.randrange(1, 6)) for kind, name, pages in chosen)
    session = CertificationSession(submission_key=key(rng), lines=lines, people=(filer_line(person, Basis.SELF),))
    clerk = rng.choice(office.with_role(Role.CLERK))
    signers = [signer for signer in office.with_role(Role.HEAD, Role.LEADER) if signer.pk != clerk.pk]
    if rng.randrange(100) < ON_THE_SPOT:
        signer = rng.choice(signers)
        lifecycle.certify_on_the_spot(session, signer=signer, by=clerk, at=moment, no_interest=True, namesake_checked=True)
    else:
        dossier = lifecycle.certify(session, by=clerk, at=moment)
        for paper in dossier.issued_papers.all():
            file_of(paper, at=moment)
