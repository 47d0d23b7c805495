"""The result by post: handed to the post, delivered, come back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle
from dossiers.forms.posting import DeliveredForm, ParcelBackForm, PostForm
from dossiers.models import PaidBy
from dossiers.statuses import MOVES, Act
from dossiers.views.acting import ActPage
from onestop.reading.dates import say_moment
from onestop.reading.money import show_money
from onestop.staff.access import role_required

ANY = ["GET", "HEAD", "POST"]


@role_required(*MOVES[Act.POST_RESULT].roles)
@require_http_methods(ANY)
def post(request: HttpRequest, code: str) -> HttpResponse:
    """Hand the result to the post under its number; the citizen is told it."""
    page = ActPage(request, code, Act.POST_RESULT, PostForm)
    if page.is_ready():
        with page.trying():
            lifecycle.post_result(page.dossier, **page.values, **page.signature)
            return page.done("Đã ghi gửi bưu điện. Khi bưu điện phát xong hoặc chuyển hoàn, ghi lại ở hồ sơ này.")
    owed = [fee.amount for fee in page.dossier.fees.all() if fee.paid_by == PaidBy.LATER and fee.amount]
    return page.show("dossiers/posting/post.html", owed=show_money(sum(owed)) if owed else "")


@role_required(*MOVES[Act.CONFIRM_DELIVERY].roles)
@require_http_methods(ANY)
def delivered(request: HttpRequest, code: str) -> HttpResponse:
    """The post has delivered it."""
    page = ActPage(request, code, Act.CONFIRM_DELIVERY, DeliveredForm)
    if page.is_ready():
        with page.trying():
            lifecycle.confirm_delivery(page.dossier, **page.values, **page.signature)
            return page.done("Đã ghi bưu điện phát xong.")
    return page.show("dossiers/posting/ended.html", **_parcel(page))


@role_required(*MOVES[Act.PARCEL_BACK].roles)
@require_http_methods(ANY)
def back(request: HttpRequest, code: str) -> HttpResponse:
    """The parcel has come back."""
    page = ActPage(request, code, Act.PARCEL_BACK, ParcelBackForm)
    if page.is_ready():
        with page.trying():
            lifecycle.parcel_back(page.dossier, **page.values, **page.signature)
            return page.done("Kết quả đã về lại quầy. Gọi người dân: mời đến nhận, hoặc sửa nơi gửi rồi gửi lại.")
    return page.show("dossiers/posting/ended.html", **_parcel(page))


def _parcel(page: ActPage) -> dict[str, Any]:
    parcel = page.dossier.parcels.filter(ended_at__isnull=True).select_related("posted_by").first()
    return {"parcel": parcel, "posted": say_moment(parcel.posted_at) if parcel else ""}
