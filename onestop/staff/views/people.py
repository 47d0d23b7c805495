"""The people of an agency, kept by its administrator."""
from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onestop.reading.names import sort_key
from onestop.staff import accounts
from onestop.staff.access import agencies_visible_to, role_required
from onestop.staff.forms import TAKEN, PersonForm
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.staff.views.session import see_other

SHOW_ONCE = "first_password_of"  # in the session: whose first password the next page may show


def agencies_managed_by(admin: User) -> list[Agency]:
    """The agencies whose accounts the administrator keeps, his own first."""
    return sorted(agencies_visible_to(admin), key=lambda agency: (agency.pk != admin.agency_id, sort_key(agency.name)))


def get_person_for(admin: User, pk: int) -> User:
    """The account, when the administrator keeps it; 404 for one of another agency as for one that does not exist."""
    person = User.objects.select_related("agency").filter(pk=pk, agency__in=agencies_visible_to(admin)).first()
    if person is None:
        raise Http404
    return person


@require_safe
@role_required(Role.ADMIN)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of one agency: those who work now first, by name."""
    agencies = agencies_managed_by(request.user)
    wanted = request.GET.get("don-vi", "")
    agency = next((agency for agency in agencies if agency.code == wanted), agencies[0])
    members = sorted(User.objects.filter(agency=agency), key=lambda person: (not person.is_active, sort_key(person.full_name), person.pk))
    return render(request, "staff/people.html", {"agency": agency, "agencies": agencies, "people": members, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMIN)
def person_create(request: HttpRequest) -> HttpResponse:
    """A new account; its first password is shown on the next page, once."""
    agencies = agencies_managed_by(request.user)
    wanted = next((agency.pk for agency in agencies if agency.code == request.GET.get("don-vi")), agencies[0].pk)
    form = PersonForm(request.POST if request.method == "POST" else None, agencies=agencies, initial={"agency": wanted})
    if form.is_bound and form.is_valid():
        person = _create(request, form)
        if person is not None:
            return see_other(reverse("staff:person_first_password", args=[person.pk]))
        form.add_error("username", TAKEN)
    return render(request, "staff/person_form.html", {"form": form, "person": None}, status=422 if form.is_bound else 200)


def _create(request: HttpRequest, form: PersonForm) -> User | None:
    """Make the account, or find the one that this very form made before; None when somebody else has the user name."""
    values = {name: value for name, value in form.cleaned_data.items() if name not in {"submission_key", "agency"}}
    key = form.cleaned_data["submission_key"]
    person = User.objects.filter(submission_key=key, agency=form.of_agency).first()
    if person is None:
        try:
            person = accounts.create_account(agency=form.of_agency, key=key, at=timezone.now(), by=request.user, **values)
        except IntegrityError:
            return User.objects.filter(submission_key=key, agency=form.of_agency).first()
        request.session[SHOW_ONCE] = person.pk
    return person


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMIN)
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an account: name, title, counter and, except for one's own, roles."""
    person = get_person_for(request.user, pk)
    own = person.pk == request.user.pk
    form = PersonForm(request.POST if request.method == "POST" else None, agencies=[person.agency], person=person, own=own)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            changed = accounts.change_account(person, by=request.user, at=timezone.now(), seen=seen, **form.cleaned_data)
        except accounts.ChangedMeanwhile:
            person.refresh_from_db()
            form, status = PersonForm(agencies=[person.agency], person=person, own=own), 409
            messages.error(request, "Quản trị khác vừa sửa tài khoản này nên chưa lưu gì. Dưới đây là nội dung mới; xem rồi sửa lại.")
        else:
            messages.success(request, "Đã lưu thay đổi." if changed else "Không có gì thay đổi.")
            return see_other(reverse("staff:person_edit", args=[person.pk]))
    context = {"form": form, "person": person, "own": own, "key": accounts.new_key(), "now": timezone.now()}
    return render(request, "staff/person_form.html", context | {"seen": accounts.state_of(person)}, status=status)


@require_POST
@role_required(Role.ADMIN)
def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account; the person is out at the next request."""
    person = get_person_for(request.user, pk)
    if person.pk == request.user.pk:
        messages.error(request, "Không tự khóa tài khoản của mình được. Nhờ quản trị khác.")
    else:
        closed = accounts.disable_account(person, by=request.user, at=timezone.now())
        messages.success(request, f"Đã khóa tài khoản của {person.full_name}." if closed else "Tài khoản này đã khóa từ trước.")
    return see_other(reverse("staff:person_edit", args=[person.pk]))


@require_POST
@role_required(Role.ADMIN)
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    person = get_person_for(request.user, pk)
    opened = accounts.enable_account(person, by=request.user, at=timezone.now())
    messages.success(request, f"Đã mở lại tài khoản của {person.full_name}." if opened else "Tài khoản này đang mở.")
    return see_other(reverse("staff:person_edit", args=[person.pk]))


@require_POST
@role_required(Role.ADMIN)
def person_new_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new first password, shown on the next page, once."""
    person = get_person_for(request.user, pk)
    if person.pk == request.user.pk:
        return see_other(reverse("staff:change_password"))
    try:
        key = UUID(request.POST.get("submission_key", ""))
    except ValueError:
        key = accounts.new_key()
    if accounts.give_first_password(person, key=key, by=request.user, at=timezone.now()):
        request.session[SHOW_ONCE] = person.pk
    return see_other(reverse("staff:person_first_password", args=[person.pk]))


@require_safe
@role_required(Role.ADMIN)
def person_first_password(request: HttpRequest, pk: int) -> HttpResponse:
    """The first password, in words to read out; only right after it was given, and only once."""
    person = get_person_for(request.user, pk)
    shown = request.method == "GET" and request.session.get(SHOW_ONCE) == person.pk and person.must_change_password
    if shown:
        del request.session[SHOW_ONCE]
    password = accounts.first_password(person) if shown else ""
    return render(request, "staff/first_password.html", {"person": person, "password": password})
