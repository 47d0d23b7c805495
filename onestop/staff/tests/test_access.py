"""Who may open a page, whose data a person sees, whom a refusal names."""
import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.urls import reverse

from onestop.history.models import AccessEntry
from onestop.staff.access import agencies_visible_to, public_agency, return_path_of, role_required, whom_to_ask
from onestop.staff.models import Agency
from onestop.staff.roles import Role
from onestop.testing import cast, make_agency, make_province, make_user

pytestmark = pytest.mark.django_db


@role_required(Role.CLERK, Role.MANAGER)
def counter(request):
    return HttpResponse("counter")


def ask_for(rf, user):
    request = rf.get("/quay/?trang=2")
    request.user = user
    return counter(request)


def test_person_with_the_role_gets_in(rf):
    assert ask_for(rf, make_user(Role.MANAGER)).content == b"counter"


def test_person_without_the_role_is_refused_and_told_whom_to_ask(client):
    people = cast()
    client.force_login(people.clerk)
    response = client.get(reverse("staff:people"))
    assert response.status_code == 403
    assert "Sơn Thị Kim Ngân" in response.content.decode()


def test_refusal_is_put_on_record(client):
    person = make_user(Role.CLERK)
    client.force_login(person)
    client.get(reverse("staff:people"))
    entry = AccessEntry.objects.get()
    assert (entry.kind, entry.actor_id, entry.detail) == ("refused", person.pk, "staff:people")


def test_stranger_is_sent_to_log_in_and_back(rf):
    response = ask_for(rf, AnonymousUser())
    assert (response.status_code, response["Location"]) == (302, "/dang-nhap/?tiep=/quay/%3Ftrang%3D2")


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        ("http://testserver/ho-so/H61.26-261121-0001/?trang=2", "/ho-so/H61.26-261121-0001/?trang=2"),
        ("https://evil.example/ho-so/", "/bat-dau/"),
        ("javascript:alert(1)", "/bat-dau/"),
        ("", "/bat-dau/"),
    ],
)
def test_after_a_lost_form_one_comes_back_to_the_page_that_held_it(rf, referer, path):
    assert return_path_of(rf.post("/ho-so/H61.26-261121-0001/chuyen/", HTTP_REFERER=referer)) == path


# -- whom to ask --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("present", "named"),
    [
        ([Role.ADMIN, Role.HEAD, Role.MANAGER], Role.MANAGER),
        ([Role.ADMIN, Role.HEAD], Role.HEAD),
        ([Role.ADMIN], Role.ADMIN),
        ([], None),
    ],
)
def test_manager_is_asked_first_then_the_head_then_the_administrator(present, named):
    clerk = make_user(Role.CLERK)
    for role in present:
        make_user(role)
    make_user(Role.MANAGER, agency=make_agency("H61.27", "Phú Tân An"))
    make_user(Role.MANAGER, is_active=False)
    asked = whom_to_ask(clerk)
    assert (asked.roles if asked else None) == ([named.value] if named else None)


def test_nobody_is_told_to_ask_himself():
    assert whom_to_ask(make_user(Role.MANAGER)) is None


# -- whose data ---------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role for role in Role if role != Role.PROVINCE])
def test_commune_staff_see_their_own_commune_only(role):
    make_agency("H61.27", "Phú Tân An")
    person = make_user(role)
    assert list(agencies_visible_to(person)) == [person.agency]


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.ADMIN, Role.AUDITOR])
def test_province_staff_see_the_communes_below_them_and_no_others(role):
    own = {make_province(), make_agency(), make_agency("H61.27", "Phú Tân An")}
    make_agency("H99.01", "Nơi khác", parent=make_province("H99", "Nơi khác"))
    assert set(agencies_visible_to(make_user(role, agency=make_province()))) == own


def test_clerk_of_a_province_desk_does_not_see_the_communes():
    make_agency()
    person = make_user(Role.CLERK, agency=make_province())
    assert list(agencies_visible_to(person)) == [person.agency]


def test_strangers_and_disabled_people_see_nothing():
    make_agency()
    assert list(agencies_visible_to(AnonymousUser())) == []
    assert list(agencies_visible_to(make_user(Role.CLERK, is_active=False))) == []


def test_scope_joins_the_query_that_uses_it(django_assert_num_queries):
    person = make_user(Role.CLERK)
    with django_assert_num_queries(1):
        assert list(Agency.objects.filter(pk__in=agencies_visible_to(person))) == [person.agency]


# -- who speaks on a public page ----------------------------------------------------------
def test_the_only_commune_speaks(rf, django_assert_num_queries):
    commune = make_agency()
    make_agency("H61.27", "Phú Tân An", is_active=False)
    request = rf.get("/")
    with django_assert_num_queries(1):
        assert (public_agency(request), public_agency(request)) == (commune, commune)


def test_the_province_speaks_for_several_communes(rf):
    make_agency()
    make_agency("H61.27", "Phú Tân An")
    assert public_agency(rf.get("/")) == make_province()


def test_nobody_speaks_on_an_empty_database(rf):
    assert public_agency(rf.get("/")) is None
