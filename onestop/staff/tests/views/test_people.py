"""Accounts kept by the administrator of an agency."""
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from onestop.history.models import Event
from onestop.staff import accounts
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import cast, make_agency, make_province, make_user

pytestmark = pytest.mark.django_db
NAMES = ("people", "person_create", "person_edit", "person_disable", "person_enable", "person_new_password", "person_first_password")


@pytest.fixture
def people():
    return cast()


@pytest.fixture
def admin(client, people):
    client.force_login(people.admin)
    return client


def url(name, *args):
    return reverse(f"staff:{name}", args=args)


def typed(**values):
    return {"submission_key": uuid4(), "username": "moi", "full_name": "Kim Văn Mới", "roles": ["clerk"]} | values


def changed(person, **values):
    names = ("full_name", "job_title", "signing_name", "counter_no", "roles")
    return {name: getattr(person, name) for name in names} | values


def text_of(response):
    return response.content.decode()


def last_act_on(person):
    event = Event.objects.filter(subject=f"user:{person.pk}").latest("seq")
    return event.act, event.actor_id, event.agency_id


def page_without(response, pk):
    """The page without the number that was asked for and without its form tokens."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text_of(response))
    return text.replace(f"/nguoi-dung/{pk}/", "/nguoi-dung/N/")


# -- who may ------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
@pytest.mark.parametrize("name", NAMES)
def test_only_administrators_keep_accounts(client, people, role, name):
    client.force_login(getattr(people, role.value))
    args = [people.clerk.pk] if name not in {"people", "person_create"} else []
    method = client.post if name in {"person_disable", "person_enable", "person_new_password"} else client.get
    assert method(url(name, *args)).status_code == 403


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"people", "person_create"}])
def test_account_of_another_commune_looks_like_none_at_all(admin, people, name):
    method = admin.post if name in {"person_disable", "person_enable", "person_new_password"} else admin.get
    there, nowhere = method(url(name, people.stranger.pk)), method(url(name, 999_999))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert page_without(there, people.stranger.pk) == page_without(nowhere, 999_999)
    assert User.objects.get(pk=people.stranger.pk).is_active


def test_other_commune_is_neither_listed_nor_offered(admin, people):
    for response in (admin.get(url("people")), admin.get(url("people"), {"don-vi": "H61.27"}), admin.get(url("person_create"))):
        assert people.stranger.full_name not in text_of(response)
        assert "Phú Tân An" not in text_of(response)


def test_hidden_field_does_not_carry_an_account_into_another_commune(admin, people):
    admin.post(url("person_create"), typed(agency=people.other_agency.pk))
    assert User.objects.get(username="moi").agency == people.agency


def test_province_administrator_keeps_its_communes(client, people):
    client.force_login(make_user(Role.ADMIN, agency=make_province()))
    assert people.stranger.full_name in text_of(client.get(url("people"), {"don-vi": "H61.27"}))
    client.post(url("person_create"), typed(agency=people.other_agency.pk))
    assert User.objects.get(username="moi").agency == people.other_agency


def test_province_administrator_does_not_reach_another_province(client, people):
    elsewhere = make_agency("H99.01", "Nơi khác", parent=make_province("H99", "Nơi khác"))
    client.force_login(make_user(Role.ADMIN, agency=make_province()))
    response = client.post(url("person_create"), typed(agency=elsewhere.pk))
    assert response.status_code == 422
    assert "Chọn cơ quan trong danh sách" in text_of(response)


# -- the list -----------------------------------------------------------------------------
def test_list_is_in_the_order_of_given_names_with_closed_accounts_last(client):
    for name, active in (("Lê Thị Ánh", False), ("Trần Văn Bình", True), ("Đặng Thị Ân", True)):
        make_user(Role.CLERK, full_name=name, is_active=active)
    client.force_login(make_user(Role.ADMIN, full_name="Kim Văn Út"))
    text = text_of(client.get(url("people"))).split("<main", 1)[1]
    order = sorted(("Đặng Thị Ân</a>", "Trần Văn Bình</a>", "Kim Văn Út</a>", "Lê Thị Ánh</a>"), key=text.index)
    assert order == ["Đặng Thị Ân</a>", "Trần Văn Bình</a>", "Kim Văn Út</a>", "Lê Thị Ánh</a>"]


def test_list_costs_the_same_for_few_and_many(client, django_assert_num_queries):
    client.force_login(make_user(Role.ADMIN))
    for _ in range(2):
        with django_assert_num_queries(4):
            client.get(url("people"))
        for _ in range(5):
            make_user(Role.CLERK)


def test_names_are_text_and_nothing_else(admin):
    make_user(Role.CLERK, full_name="<b>Đậm</b>", job_title="<script>")
    text = text_of(admin.get(url("people")))
    assert "<b>Đậm" not in text and "<script>" not in text.replace('<script src="/static/js/site.js" defer>', "")


# -- making an account --------------------------------------------------------------------
def test_new_account_shows_its_first_password_exactly_once(admin, people):
    response = admin.post(url("person_create"), typed())
    person = User.objects.get(username="moi")
    password = accounts.first_password(person)
    assert (response.status_code, response["Location"]) == (303, url("person_first_password", person.pk))
    first, second = admin.get(response["Location"]), admin.get(response["Location"])
    assert (password in text_of(first), password in text_of(second)) == (True, False)
    assert last_act_on(person) == ("account.created", people.admin.pk, people.agency.pk)


def test_first_password_is_shown_to_nobody_else(admin, client, people):
    admin.post(url("person_create"), typed())
    person = User.objects.get(username="moi")
    client.force_login(make_user(Role.ADMIN))
    assert accounts.first_password(person) not in text_of(client.get(url("person_first_password", person.pk)))


def test_form_sent_twice_makes_one_account_and_still_shows_the_password(admin):
    form = typed()
    responses = [admin.post(url("person_create"), form) for _ in range(2)]
    person = User.objects.get(username="moi")
    assert [response["Location"] for response in responses] == [url("person_first_password", person.pk)] * 2
    assert accounts.first_password(person) in text_of(admin.get(responses[1]["Location"]))


def test_another_form_with_the_same_user_name_is_refused(admin):
    admin.post(url("person_create"), typed())
    response = admin.post(url("person_create"), typed(full_name="Người Khác"))
    assert response.status_code == 422
    assert "Đã có người dùng tên đăng nhập này" in text_of(response) and 'value="Người Khác"' in text_of(response)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"username": ""}, "Nhập tên đăng nhập"),
        ({"username": "có dấu"}, "Tên đăng nhập chỉ gồm chữ thường không dấu"),
        ({"username": "x" * 61}, "Tên đăng nhập dài nhất 60 ký tự"),
        ({"full_name": ""}, "Nhập họ và tên như trên giấy tờ"),
        ({"full_name": "Kim 2"}, "Họ và tên không có chữ số"),
        ({"job_title": "x" * 101}, "Nhiều nhất 100 ký tự"),
        ({"counter_no": "\u0007"}, "ký tự"),
        ({"roles": []}, "Chọn ít nhất một vai trò"),
        ({"roles": ["king"]}, "Chọn vai trò trong danh sách"),
        ({"roles": ["clerk", "leader"]}, "Người tiếp nhận và người ký phải dùng hai tài khoản khác nhau"),
        ({"roles": ["province"]}, "Vai trò cán bộ tỉnh chỉ dành cho"),
    ],
)
def test_bad_account_is_explained_and_not_made(admin, values, sentence):
    before = User.objects.count()
    response = admin.post(url("person_create"), typed(**values))
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert User.objects.count() == before


def test_broken_submission_key_is_no_error_page(admin):
    assert admin.post(url("person_create"), typed(submission_key="x")).status_code == 422


# -- changing -----------------------------------------------------------------------------
def test_change_is_saved_and_recorded(admin, people):
    response = admin.post(url("person_edit", people.clerk.pk), changed(people.clerk, counter_no="3", roles=["clerk", "specialist"]))
    assert response.status_code == 303
    people.clerk.refresh_from_db()
    assert (people.clerk.counter_no, people.clerk.roles) == ("3", ["clerk", "specialist"])
    assert last_act_on(people.clerk) == ("account.changed", people.admin.pk, people.agency.pk)


@pytest.mark.parametrize("extra", [{"agency": "2"}, {"username": "khac"}, {"is_active": ""}, {"password": "x"}, {"is_demo": "on"}])
def test_extra_fields_have_no_effect(admin, people, extra):
    before = User.objects.filter(pk=people.clerk.pk).values().get()
    admin.post(url("person_edit", people.clerk.pk), changed(people.clerk, **extra))
    assert User.objects.filter(pk=people.clerk.pk).values().get() == before


def test_administrator_does_not_set_his_own_roles(admin, people):
    admin.post(url("person_edit", people.admin.pk), changed(people.admin, roles=["admin", "head"], counter_no="9"))
    people.admin.refresh_from_db()
    assert (people.admin.roles, people.admin.counter_no) == (["admin"], "9")
    assert 'name="roles"' not in text_of(admin.get(url("person_edit", people.admin.pk)))


# -- closing, opening, new password -------------------------------------------------------
def test_closing_twice_closes_once(admin, people):
    for sentence in ("Đã khóa tài khoản của", "Tài khoản này đã khóa từ trước."):
        response = admin.post(url("person_disable", people.clerk.pk), follow=True)
        assert sentence in text_of(response)
    assert Event.objects.filter(act="account.disabled").count() == 1


def test_administrator_does_not_close_his_own_account(admin, people):
    admin.post(url("person_disable", people.admin.pk))
    assert User.objects.get(pk=people.admin.pk).is_active


def test_closed_account_can_be_opened_again(admin, people):
    admin.post(url("person_disable", people.clerk.pk))
    admin.post(url("person_enable", people.clerk.pk))
    assert User.objects.get(pk=people.clerk.pk).is_active


def test_new_first_password_is_shown_once_and_the_form_sent_twice_gives_one(admin, people):
    form = {"submission_key": str(uuid4())}
    responses = [admin.post(url("person_new_password", people.clerk.pk), form) for _ in range(2)]
    person = User.objects.get(pk=people.clerk.pk)
    password = accounts.first_password(person)
    assert person.check_password(password) and person.must_change_password
    shown = [password in text_of(admin.get(responses[0]["Location"])) for _ in range(2)]
    assert shown == [True, False]
    assert Event.objects.filter(act="account.first_password_given").count() == 1


def test_old_form_does_not_show_the_password_again(admin, people):
    form = {"submission_key": str(uuid4())}
    shown = admin.get(admin.post(url("person_new_password", people.clerk.pk), form)["Location"])
    again = admin.get(admin.post(url("person_new_password", people.clerk.pk), form)["Location"])
    password = accounts.first_password(User.objects.get(pk=people.clerk.pk))
    assert (password in text_of(shown), password in text_of(again)) == (True, False)


def test_own_password_is_changed_on_its_own_page(admin, people):
    assert admin.post(url("person_new_password", people.admin.pk))["Location"] == "/doi-mat-khau/"
    assert not User.objects.get(pk=people.admin.pk).must_change_password


@pytest.mark.parametrize("name", ["person_disable", "person_enable", "person_new_password"])
def test_nothing_changes_by_a_link(admin, people, name):
    assert admin.get(url(name, people.clerk.pk)).status_code == 405


# -- two administrators at once -----------------------------------------------------------
def seen_by(client, person):
    return re.search(r'name="seen" value="(\w+)"', text_of(client.get(url("person_edit", person.pk))))[1]


def test_a_role_that_another_administrator_took_away_does_not_come_back_with_a_new_title(admin, people):
    person, colleague = people.clerk, make_user(Role.ADMIN, agency=people.clerk.agency)
    stale = changed(person, job_title="Trưởng quầy", seen=seen_by(admin, person))
    accounts.change_account(person, by=colleague, at=timezone.now(), roles=[Role.SPECIALIST])

    answer = admin.post(url("person_edit", person.pk), stale)

    person.refresh_from_db()
    assert answer.status_code == 409
    assert "Quản trị khác vừa sửa tài khoản này" in text_of(answer)
    assert (person.roles, person.job_title == "Trưởng quầy") == (["specialist"], False)
    assert f'name="seen" value="{accounts.state_of(person)}"' in text_of(answer)


def test_the_same_form_sent_twice_is_no_quarrel(admin, people):
    form = changed(people.clerk, job_title="Trưởng quầy", seen=seen_by(admin, people.clerk))

    answers = [admin.post(url("person_edit", people.clerk.pk), form).status_code for _ in range(2)]

    people.clerk.refresh_from_db()
    assert answers == [303, 303]
    assert people.clerk.job_title == "Trưởng quầy"
