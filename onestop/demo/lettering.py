"""Letters of its own in the demonstration: the texts that the first commune published, one being written, and letters drafted from them."""

from contextlib import suppress
from datetime import datetime

from django.utils import timezone

from dossiers import issuing, lifecycle
from dossiers.models import Dossier, SignOffKind
from dossiers.sign_rights import signers_of
from dossiers.statuses import NotAllowed, Status
from onestop.demo.tales import Office
from onestop.staff.roles import Role
from onestop.vault import files
from procedures import result_templates as texts
from procedures.models import ResultMedium, ResultTemplate
from procedures.result_text import BLANK, fill

PUBLISHED = 4
"""Of the shipped suggestions, in their order; the next one lies there as a draft."""
FILLED_IN = "(nội dung minh họa)"
LETTERS = 3


def write_letters(office: Office, *, now: datetime) -> None:
    """Texts are published; of the letters drafted from them one is issued and the others wait for the leader. Nothing without a manager."""
    managers = office.with_role(Role.MANAGER)
    if not managers:
        return
    today = timezone.localdate(now)
    published = 0
    for suggestion in texts.suggestions():
        try:
            draft = texts.start(by=managers[0], at=now, suggestion=suggestion)
        except texts.Refused:
            continue  # a catalogue without its procedure
        if published < PUBLISHED:
            texts.publish(draft, effective_from=today, today=today, by=managers[0], at=now, revision=None)
            published += 1
    own = Dossier.objects.settled_by(office.agency.pk).without_certification().filter(status=Status.PROCESSING, signed_at=None)
    # Whose promise was broken tells a story of its own.
    ready = own.filter(version__result_medium=ResultMedium.OWN_LETTER, holder__isnull=False, pauses__isnull=True, letters__isnull=True)
    drafted = 0
    for dossier in ready.select_related("holder", "procedure", "version", "competent_agency").order_by("received_at", "id"):
        offered = texts.in_force(office.agency.pk, today, procedure_id=dossier.procedure_id)
        if drafted == LETTERS or not offered or not dossier.holder.has_role(Role.SPECIALIST):
            continue
        with suppress(NotAllowed):  # what has not been taken over yet, or waits for somebody else, is left alone
            waiting = _draft(dossier, offered[0], now)
            drafted += 1
            if drafted == 1:
                _sign_and_issue(waiting, office, now)


def _draft(dossier: Dossier, template: ResultTemplate, now: datetime) -> Dossier:
    words = issuing.words_for(dossier, at=now)
    filled = {name: fill(getattr(template, name), words).replace(BLANK, FILLED_IN) for name in ("abstract", "addressee", "body")}
    text = issuing.ResultText(document_type=template.document_type, symbol=template.symbol, granted=template.granted, **filled)
    slip = issuing.draft_slip(dossier, text, at=now)
    return lifecycle.submit_for_sign_off(
        dossier,
        by=dossier.holder,
        at=now,
        granted=slip.granted,
        summary=slip.abstract,
        sha256=files.store(issuing.draft_file(slip)),
        file_name=f"du-thao-{dossier.code}.pdf",
        doc_symbol=slip.symbol,
        snapshot=slip.as_json(),
        template=template,
    )


def _sign_and_issue(dossier: Dossier, office: Office, now: datetime) -> None:
    draft = dossier.results.latest("version")
    signers = [
        person
        for person, _ in signers_of(dossier, timezone.localdate(now))
        if person.pk not in {draft.drafted_by_id, dossier.received_by_id}
    ]
    archivists = office.with_role(Role.ARCHIVIST)
    if not signers or not archivists:
        return
    signed = lifecycle.sign_off(dossier, kind=SignOffKind.IN_SYSTEM, signer=signers[0], by=signers[0], at=now, sha256=draft.sha256)
    lifecycle.issue_result(signed, by=archivists[0], at=now)
