"""The way through the office: passing a dossier on, taking it over, putting the result before the leader."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle
from dossiers.forms.acts import SubmitForm, TakeOverForm
from dossiers.statuses import MOVES, Act
from dossiers.views.acting import ActPage
from dossiers.views.own_results import texts_for
from onestop.staff.access import role_required
from onestop.vault import files

MOST_ROWS = 200
RECENTLY = timedelta(days=14)
# What the risk mark of a row is reckoned from.
RECKONED = ("pk", "procedure_id", "received_at", "due_at")
TABS = (("can-lam", "Cần làm"), ("cho-ky", "Chờ ký"), ("da-xong", "Đã xong gần đây"))


@role_required(*MOVES[Act.TAKE_OVER].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm that the papers have arrived, or say that they have not."""
    page = ActPage(request, code, Act.TAKE_OVER, TakeOverForm)
    if page.is_ready():
        with page.trying():
            if page.values["missing"]:
                lifecycle.miss_papers(page.dossier, note=page.values["note"], **page.signature)
                return page.done("Đã báo không có trong xấp. Hồ sơ về lại người giao.")
            lifecycle.take_over(page.dossier, **page.signature)
            return page.done("Đã nhận hồ sơ.")
    return page.show("dossiers/take_over.html")


@role_required(*MOVES[Act.SUBMIT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Put the drafted result before the leader; its file is safe on disk before the row that names it."""
    page = ActPage(request, code, Act.SUBMIT, SubmitForm)
    if page.is_ready():
        with page.trying():
            content, _, name = page.values["file"] or (b"", None, "")
            lifecycle.submit_for_sign_off(
                page.dossier,
                granted=page.values["granted"] == "1",
                summary=page.values["summary"],
                sha256=files.store(content) if content else "",
                file_name=name,
                **page.signature,
            )
            return page.done("Đã trình ký.")
    return page.show("dossiers/submit.html", file_again=page.is_sent and bool(request.FILES), texts=texts_for(page.dossier))
