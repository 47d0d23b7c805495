"""At the counter again: giving the result out, taking back a faulty one, mending and replacing what was written."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle
from dossiers.forms.acts import AmendForm, CorrectionForm, ReissueForm, ReturnForm, VoidForm
from dossiers.models import PaidBy, PaperKind
from dossiers.statuses import MOVES, Act, Status
from dossiers.views.acting import CONFLICT, ActPage
from onestop.reading.money import show_money
from onestop.staff.access import role_required

RETURNED = "Đã trả kết quả. Người dân có thể đánh giá việc phục vụ bằng mã QR trên giấy hẹn."


@role_required(*MOVES[Act.RETURN_RESULT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """Give the result to its owner, or to somebody with a paper of authority."""
    page = ActPage(request, code, Act.RETURN_RESULT, ReturnForm)
    if page.is_ready():
        with page.trying():
            lifecycle.return_result(page.dossier, **page.values, **page.signature)
            return page.done(RETURNED)
    owed = [fee.amount for fee in page.dossier.fees.all() if fee.paid_by == PaidBy.LATER and fee.amount]
    return page.show("dossiers/give_back.html", owed=show_money(sum(owed)) if owed else "")


@role_required(*MOVES[Act.RETURN_FOR_CORRECTION].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Take back a result with a fault of ours; whoever drafted it has it again."""
    page = ActPage(request, code, Act.RETURN_FOR_CORRECTION, CorrectionForm)
    if page.is_ready():
        with page.trying():
            lifecycle.return_for_correction(page.dossier, words=page.values["words"], **page.signature)
            return page.done("Đã nhận lại để sửa. Người dân không phải nộp thêm phí.")
    return page.show("dossiers/correct.html")


@role_required(*MOVES[Act.AMEND].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """Mend how to reach the filer and how he gets his result; who comes second sees both versions."""
    page = ActPage(request, code, Act.AMEND, AmendForm)
    if page.is_ready():
        with page.trying():
            lifecycle.amend(page.dossier, changes=page.form.changes(), reason=page.values["reason"], **page.signature)
            return page.done("Đã sửa thông tin hồ sơ.")
    if page.status == CONFLICT:
        page.form.show_stored()
    return page.show("dossiers/amend.html", needs_reason=page.dossier.status != Status.RECEIVED)


@role_required(*MOVES[Act.VOID].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, code: str) -> HttpResponse:
    """Strike out a dossier that was entered by mistake."""
    page = ActPage(request, code, Act.VOID, VoidForm)
    if page.is_ready():
        with page.trying():
            lifecycle.void(page.dossier, reason=page.values["reason"], **page.signature)
            return page.done("Đã hủy hồ sơ.")
    return page.show("dossiers/void.html")


@role_required(*MOVES[Act.NEW_SECRET].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def new_secret(request: HttpRequest, code: str) -> HttpResponse:
    """A new slip in place of a lost one, or the first one where none was printed; it goes to the printer at once."""
    page = ActPage(request, code, Act.NEW_SECRET, ReissueForm)
    if page.is_ready():
        with page.trying():
            lifecycle.new_secret(page.dossier, **page.signature)
            return page.done("Đã lập giấy hẹn mới.", f"{page.dossier.get_absolute_url()}?in=1")
    has_slip = page.dossier.issued_papers.filter(kind=PaperKind.RECEIPT, voided_at__isnull=True).exists()
    return page.show("dossiers/new_secret.html", title="Cấp lại giấy hẹn" if has_slip else "Cấp giấy hẹn", has_slip=has_slip)
