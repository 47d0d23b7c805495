"""Log-in, log-out, "Đổi người", the own password, and the way to one's own work."""
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onestop.staff import accounts, recent
from onestop.staff.access import RETURN_KEY
from onestop.staff.forms import SPENT, ChangePasswordForm, LogInForm
from onestop.staff.middleware import open_to_first_password
from onestop.staff.roles import Role
from onestop.staff.sign_in import note_failed_sign_in, sign_in, sign_out

# Where each role's day begins; the first that fits.
STARTS: tuple[tuple[frozenset[Role], str], ...] = (
    (frozenset({Role.CLERK, Role.MANAGER}), "dossiers:desk"),
    (frozenset({Role.SPECIALIST}), "dossiers:work"),
    (frozenset({Role.LEADER, Role.HEAD, Role.ARCHIVIST}), "dossiers:sign_queue"),
    (frozenset({Role.ADMIN}), "staff:people"),
    (frozenset({Role.HELPER}), "procedures:list"),
)


@sensitive_post_parameters("password")
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; after it, the page that was asked for."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(return_address(request))
    people = recent.people_here(request)
    if request.method != "POST":
        form = LogInForm(request, people=people, initial={"quen": people[0].username} if people else {})
        return render(request, "staff/log_in.html", _log_in_context(request, form))
    form = LogInForm(request, request.POST, people=people)
    if form.is_valid() and not sign_in(request, form.user, at=timezone.now()):
        form.add_error(None, SPENT)
    if not form.is_valid():
        if form.attempted:
            note_failed_sign_in(request, form.attempted)
        return render(request, "staff/log_in.html", _log_in_context(request, form), status=422)
    response = see_other(return_address(request))
    recent.remember(request, response, form.user.username)
    return response


def _log_in_context(request: HttpRequest, form: LogInForm) -> dict:
    return {
        "form": form,
        "return_key": RETURN_KEY,
        "back": return_address(request, default=""),
        "session_ended": "het-phien" in request.GET and not form.is_bound,
    }


@login_not_required
@never_cache
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session and show the log-in page."""
    sign_out(request)
    return see_other(reverse(settings.LOGOUT_REDIRECT_URL))


@login_not_required
@never_cache
@require_POST
def switch_person(request: HttpRequest) -> HttpResponse:
    """"Đổi người": end this session and offer the names of this PC. Choosing one and its password is the second action."""
    sign_out(request)
    return see_other(reverse("staff:log_in"))


@sensitive_post_parameters("current_password", "new_password", "new_password_again")
@open_to_first_password
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Replace the own password; whoever has a first password gets no further than here."""
    form = ChangePasswordForm(request, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "return_key": RETURN_KEY, "back": return_address(request, default="")}
        return render(request, "staff/change_password.html", context, status=422 if form.is_bound else 200)
    accounts.change_password(form.user, form.cleaned_data["new_password"], at=timezone.now())
    update_session_auth_hash(request, form.user)
    messages.success(request, "Đã đổi mật khẩu. Từ lần sau đăng nhập bằng mật khẩu mới.")
    return see_other(return_address(request))


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The page where this person's day begins."""
    return redirect(start_address(request.user))


def start_address(user) -> str:
    """The start page of the person's first role that has one, else the list of dossiers, else the public home page."""
    names = [name for roles, name in STARTS if user.has_role(*roles)]
    for name in (*names, "dossiers:list"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return "/"


def return_address(request: HttpRequest, default: str | None = None) -> str:
    """Where to go next: the wanted address when it lies on this host, else the start page (or `default`)."""
    wanted = request.POST.get(RETURN_KEY) or request.GET.get(RETURN_KEY) or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("staff:start") if default is None else default


def see_other(address: str) -> HttpResponseRedirect:
    """After a POST, always to a page that is read: sending the form again is never the answer to F5."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
