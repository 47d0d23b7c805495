"""Results drafted here from a template: choosing the text, going over it, looking at it, putting it before the leader."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import issuing, lifecycle
from dossiers.forms.results import OwnResultForm
from dossiers.models import Dossier, ResultDocument
from dossiers.rules import READERS
from dossiers.sign_rights import signers_of
from dossiers.slips import ResultSlip
from dossiers.statuses import MOVES, Act
from dossiers.views.acting import ActPage
from dossiers.views.papers import dossier_with_names
from onestop.history.access import AccessKind, note_access
from onestop.papers.showing import shown_pdf
from onestop.staff.access import role_required
from onestop.vault import files
from procedures.models import ResultTemplate
from procedures.result_templates import in_force
from procedures.result_text import fill

LOOK, SUBMIT = "xem", "trinh"
# Our own paper in a tab of its own: it may load nothing.


def texts_for(dossier: Dossier) -> list[ResultTemplate]:
    """The texts that the competent agency has in force for this procedure."""
    return in_force(dossier.competent_agency_id, timezone.localdate(), procedure_id=dossier.procedure_id)


@role_required(*MOVES[Act.SUBMIT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_result(request: HttpRequest, code: str) -> HttpResponse:
    """Go over the words of a text of the office, look at the draft, and put it before the leader."""
    page = ActPage(request, code, Act.SUBMIT)
    last = page.dossier.results.exclude(snapshot=None).order_by("version").last()
    texts = texts_for(page.dossier)
    template = _chosen(request, texts, last)
    if template is None:
        return page.show("dossiers/result_texts.html", texts=texts, last=last)
    looks = request.POST.get("act") == LOOK
    page.form = page.make(OwnResultForm, bound=page.is_sent, template=template, to_submit=not looks)
    if page.is_ready():
        slip = issuing.draft_slip(page.dossier, page.form.text(), at=page.now)
        if looks:
            note_access(request, AccessKind.VIEW, f"dossier:{page.dossier.pk}", "xem thử văn bản kết quả")
            return shown_pdf(issuing.draft_file(slip), f"xem-thu-{page.dossier.code}.pdf")
        response = _submit(page, slip, template)
        if response is not None:
            return response
    if not page.is_sent:
        page.form.initial.update(_first_words(page, template, last))
    return page.show("dossiers/result_draft.html", chosen=template, is_old=template not in texts, look=LOOK, submit=SUBMIT)


def _chosen(request: HttpRequest, texts: list[ResultTemplate], last: ResultDocument | None) -> ResultTemplate | None:
    """The text named by `mau`: one in force, or the one that the last draft was written from."""
    known = {str(text.pk): text for text in texts}
    if last is not None and last.template is not None:
        known.setdefault(str(last.template_id), last.template)
    return known.get(request.POST.get("mau", "") or request.GET.get("mau", ""))


def _first_words(page: ActPage, template: ResultTemplate, last: ResultDocument | None) -> dict[str, str]:
    """The draft that was sent back, where it is asked for; else the text with its places filled."""
    if last is not None and page.request.GET.get("tu") == str(last.version) and last.template_id == template.pk:
        written = issuing.text_of(ResultSlip.from_json(last.snapshot or {}))
        return {"abstract": written.abstract, "addressee": written.addressee, "body": written.body}
    words = issuing.words_for(page.dossier, at=page.now)
    return {name: fill(getattr(template, name), words) for name in ("abstract", "addressee", "body")}


def _submit(page: ActPage, slip: ResultSlip, template: ResultTemplate) -> HttpResponse | None:
    """The draft's file is safe on disk before the row that names it."""
    with page.trying():
        lifecycle.submit_for_sign_off(
            page.dossier,
            granted=slip.granted,
            summary=slip.abstract,
            sha256=files.store(issuing.draft_file(slip)),
            file_name=f"du-thao-{page.dossier.code}.pdf",
            doc_symbol=slip.symbol,
            snapshot=slip.as_json(),
            template=template,
            **page.signature,
        )
        return page.done("Đã trình ký.")
    return None


@role_required(*READERS)
@require_safe
def print_for_ink(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """A draft of ours without its mark, to be numbered and signed by hand: by this person where he may, else by the head.

    `?ky=<id>` names another who may sign today.
    """
    dossier = dossier_with_names(request, code)
    result = dossier.results.filter(version=version).exclude(snapshot=None).first()
    if result is None or result.sign_offs.exists():
        raise Http404
    rights = {str(person.pk): right for person, right in signers_of(dossier, timezone.localdate())}
    wanted = (request.GET.get("ky", ""), str(request.user.pk), *rights)
    right = next((rights[key] for key in wanted if key in rights), None)
    note_access(request, AccessKind.PRINT, f"dossier:{dossier.pk}", f"bản in để ký tay, bản {version}")
    return shown_pdf(issuing.for_ink(ResultSlip.from_json(result.snapshot or {}), right), f"ban-in-{dossier.code}.pdf")
