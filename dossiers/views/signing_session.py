"""The page on which a leader opens and closes his signing session on this device."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dossiers.forms.acts import SigningSessionForm
from dossiers.rules import is_signer
from dossiers.sign_rights import signs_results
from dossiers.views.acting import UNPROCESSABLE
from dossiers.views.reception import see_other
from dossiers.views.sign_gate import signers_page
from onestop.staff.access import RETURN_KEY, refused
from onestop.staff.signing import rights_of
from onestop.staff.signing_session import TRY_AGAIN, close_session, open_session, password_is_right, session_end
from onestop.staff.views.session import return_address


@sensitive_post_parameters("password")
@signers_page
@require_http_methods(["GET", "HEAD", "POST"])
def signing_session(request: HttpRequest) -> HttpResponse:
    """Open the session with the password, see its end, close it; then back to where the leader came from."""
    now, act = timezone.now(), request.POST.get("act", "")
    if not (is_signer(request.user) or signs_results(rights_of(request.user, timezone.localdate(now)))):
        return refused(request)
    back = return_address(request, default=reverse("dossiers:sign_queue"))
    form = SigningSessionForm(request.POST if act == "open" else None)
    status = 200
    if act == "close":
        close_session(request)
        messages.success(request, "Đã đóng phiên ký trên máy này.")
        return see_other(back)
    if act == "open":
        if form.is_valid() and not password_is_right(request, form.cleaned_data["password"]):
            form.add_error("password", TRY_AGAIN)
        if form.is_valid():
            until = timezone.localtime(open_session(request, at=now))
            messages.success(request, f"Đã mở phiên ký trên máy này đến {until:%H:%M}.")
            return see_other(back)
        status = UNPROCESSABLE
    context = {"form": form, "until": session_end(request, now=now), "back": back, "return_key": RETURN_KEY, "has_errors": status != 200}
    return render(request, "dossiers/signing_session.html", context, status=status)
