"""Who may see and do what with a dossier; one function per question, asked by every view."""
from django.http import Http404

from dossiers.certification.kinds import LANE
from dossiers.models import Dossier, SupplementRequest
from dossiers.places import why_not_here
from dossiers.standing import Standing, hindrance
from dossiers.statuses import BY_RIGHT, MOVES, ORDINARY_ON_SESSIONS, SESSION_MOVES, SIGNERS, Act, NotAllowed, check_move
from onestop.reading import Unreadable
from onestop.reading.codes import canonical_dossier_code
from onestop.staff.roles import Role

# The desk's own people; a province officer reads without personal data, an admin not at all.
READERS = (Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.MANAGER, Role.ARCHIVIST, Role.AUDITOR, Role.PROVINCE)


def get_dossier_for(user, code: str) -> Dossier:
    """The dossier of this code if the person may see it, else Http404.

    One query whether it exists elsewhere or nowhere, so the two cannot be told apart.
    """
    if not user.has_role(*READERS):
        raise Http404
    try:
        canonical = canonical_dossier_code(code)
    except Unreadable:
        canonical = ""
    dossier = (
        Dossier.objects.visible_to(user)
        .select_related("agency", "procedure", "version", "case", "workflow", "holder", "received_by", "changed_by")
        .filter(code=canonical)
        .first()
    )
    if dossier is None:
        raise Http404
    return dossier


def get_supplement_for(user, digest: str) -> SupplementRequest | None:
    """The supplement slip behind a scanned token, inside the person's own agency only; with its dossier once there is one."""
    own = SupplementRequest.objects.filter(agency_id=user.agency_id, token_digest=digest)
    return own.select_related("version__procedure", "dossier").first()


def sees_personal_data(user, dossier: Dossier) -> bool:
    """Names, numbers and addresses are for the three agencies; the province reads without them."""
    own = user.agency_id in {dossier.agency_id, dossier.filed_at_agency_id, dossier.competent_agency_id}
    return own and not (user.has_role(Role.PROVINCE) and len(user.roles) == 1)


def check_may_act(user, dossier: Dossier, act: Act | None = None) -> None:
    """Raises NotAllowed unless the person works in the agency that does this act on the dossier, now (places.py).

    Without an act: unless his agency has any part in it.
    """
    if user.agency_id not in {dossier.agency_id, dossier.competent_agency_id}:
        raise NotAllowed("Hồ sơ này do đơn vị khác giải quyết.")
    if act is not None and (refusal := why_not_here(user.agency_id, act, dossier)):
        raise NotAllowed(refusal)


def may(user, act: Act, dossier: Dossier, standing: Standing | None = None, *, delegated: bool = False) -> bool:
    """Whether a page should offer the act; the lifecycle asks again when it is done.

    Without `standing` the dossier counts as having no pauses, requests, consents and extensions. `delegated`: a written
    decision lets this person, who is no leader, sign the result today.
    """
    if act in BY_RIGHT and not (is_signer(user) or delegated or (act != Act.SEND_BACK and user.has_role(Role.ARCHIVIST))):
        return False
    try:
        check_move(act, dossier.status, by=user, holder_id=dossier.holder_id)
        check_may_act(user, dossier, act)
    except NotAllowed:
        return False
    if dossier.voided_at is not None:
        return False
    return not hindrance(act, dossier, standing or Standing(), decides=is_signer(user))


def acts_for(user, dossier: Dossier, standing: Standing | None = None, *, delegated: bool = False) -> list[Act]:
    """The acts to offer on the dossier's page, in the order of the work."""
    possible = ORDINARY_ON_SESSIONS if is_session(dossier) else MOVES
    return [act for act in MOVES if act in possible and may(user, act, dossier, standing, delegated=delegated)]


def is_session(dossier: Dossier) -> bool:
    """Whether the dossier is a certification session: it has lines in the books. Asks the database only in that lane."""
    return dossier.lane == LANE and dossier.certification_entries.exists()


def session_acts_for(user, dossier: Dossier) -> list[Act]:
    """The acts to offer on a certification session's page."""
    return [act for act in (*SESSION_MOVES, Act.RETURN_RESULT) if may(user, act, dossier)]


def is_signer(user) -> bool:
    return user.has_role(*SIGNERS)
