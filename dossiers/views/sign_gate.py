"""Who gets to the pages of signing, and what a form of theirs may hold."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dossiers.sign_rights import has_to_do_with_signing
from dossiers.statuses import MAY_SIGN
from onestop.staff.access import refused, role_required

# What every form of a page may carry, whatever it is about.
_ALWAYS = frozenset({"csrfmiddlewaretoken", "act", "revision"})
STRAY = "Biểu mẫu có mục lạ nên không nhận: người ký, giờ ký và cách ký không lấy từ biểu mẫu gửi lên. Mở lại trang rồi làm lại"


def signers_page(view: Callable) -> Callable:
    """For leaders, the archivist, and whoever was ever given the right to sign a result; others get the 403 page.

    Whether the right stands today and covers the dossier is asked by the page, which then says why it does not.
    """

    @role_required(*MAY_SIGN)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_to_do_with_signing(request.user, timezone.localdate()):
            return refused(request)
        return view(request, *args, **kwargs)

    return guarded


def has_stray_fields(request: HttpRequest, known: Iterable[str]) -> bool:
    """Whether something was sent that the form does not have: a page of ours never does that."""
    return bool({*request.POST, *request.FILES} - _ALWAYS - set(known))
