"""What citizens read: leaders by name and title, counters only where the agency shows names, and the rules."""

import gzip
import re

import pytest
from django.utils import timezone, translation

from onestop.roster.tests.makers import FRIDAY, MONDAY, make_office, on, signing, sitting
from onestop.staff import duty
from onestop.testing import make_agency

pytestmark = pytest.mark.django_db
NEXT_FRIDAY = FRIDAY.replace(day=27)


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: on(MONDAY, "09:00"))


@pytest.fixture
def office():
    return make_office()


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()).replace(" ,", ",")


def publish(office, text="Điều 1. Phục vụ"):
    values = {"decision_number": "12/QĐ-UBND", "decided_on": MONDAY, "decided_by": "UBND xã", "valid_from": MONDAY}
    duty.publish_rules(office.agency, text=text, by=office.manager, at=on(MONDAY, "08:00"), **values)


def test_the_leaders_of_this_week_and_the_next_are_named_with_their_titles(office, client):
    office.put(signing(office.leader))
    office.put(signing(office.head), day=NEXT_FRIDAY)

    page = text_of(client.get("/lich-truc/"))

    assert "Tuần này, 16/11 – 22/11/2026" in page
    assert "Tuần sau, 23/11 – 29/11/2026" in page
    assert "Thứ Hai, 16/11/2026 Hôm nay Sáng: Lê Hoàng Phúc, Phó Chủ tịch Chiều: Đang phân công" in page
    assert "Nguyễn Văn Đặng, Chủ tịch" in page
    assert "Thứ Ba, 24/11/2026 Nghỉ" in page


def test_counter_staff_are_named_only_where_the_agency_shows_names(office, client):
    office.put(signing(office.leader), sitting(office.clerk))
    assert office.clerk.full_name not in text_of(client.get("/lich-truc/"))

    office.agency.show_officer_names = True
    office.agency.save()

    assert "Quầy 1: Thạch Thị Mỹ Duyên" in text_of(client.get("/lich-truc/"))


def test_neither_absences_nor_their_reasons_are_public(office, client):
    office.agency.show_officer_names = True
    office.agency.save()
    office.put(signing(office.leader, substitute=office.head, reason="Khám bệnh"), sitting(office.clerk, reason="Ốm"))

    page = text_of(client.get("/lich-truc/"))

    assert "Nguyễn Văn Đặng, Chủ tịch" in page
    assert [word for word in ("Lê Hoàng Phúc", "Khám bệnh", "Ốm", "Thạch Thị Mỹ Duyên") if word in page] == []


def test_the_rules_in_force_are_shown(office, client):
    assert "Quy chế" not in text_of(client.get("/lich-truc/"))
    publish(office)

    page = text_of(client.get("/lich-truc/"))

    assert "Quyết định số 12/QĐ-UBND ngày 16/11/2026 của UBND xã, có hiệu lực từ 16/11/2026." in page
    assert "Điều 1. Phục vụ" in page


def test_the_rules_are_text_and_never_markup(office, client):
    publish(office, "<script>alert(1)</script>")

    assert "<script>alert" not in client.get("/lich-truc/").content.decode()


def test_without_a_roster_the_page_says_whom_to_ask(office, client):
    assert "Chưa có lịch trực của tuần này và tuần sau. Xin hỏi tại quầy hoặc gọi điện thoại." in text_of(client.get("/lich-truc/"))


def test_with_several_communes_the_visitor_chooses(office, client):
    make_agency("H61.27", "Phú Tân An")
    office.put(signing(office.leader))

    assert "Xã, phường nào? Xã Nghĩa Giang Xã Phú Tân An" in text_of(client.get("/lich-truc/"))
    page = text_of(client.get("/lich-truc/?don-vi=H61.26"))
    assert "Lê Hoàng Phúc, Phó Chủ tịch" in page
    assert "Trung tâm Phục vụ hành chính công xã Nghĩa Giang" in page
    assert "Lê Hoàng Phúc" not in text_of(client.get("/lich-truc/?don-vi=H61.27"))


@pytest.mark.parametrize("code", ["H61", "X", "X%00", "H61.28"])
def test_an_unknown_commune_leads_to_the_choice(office, client, code):
    make_agency("H61.28", "Xóm Cũ", is_active=False)

    assert "Xã, phường nào?" in text_of(client.get(f"/lich-truc/?don-vi={code}"))


def test_three_queries_and_twelve_kilobytes_suffice(office, client, django_assert_max_num_queries):
    office.agency.show_officer_names = True
    office.agency.save()
    for day in (MONDAY, FRIDAY, NEXT_FRIDAY):
        office.put(signing(office.leader), sitting(office.clerk), sitting(office.other, "2"), day=day)
    publish(office, "Điều 1. Người dân được tiếp theo thứ tự. " * 400)
    client.get("/lich-truc/")

    with django_assert_max_num_queries(3):
        page = client.get("/lich-truc/").content

    assert len(gzip.compress(page, 9)) <= 12_000


def test_the_page_speaks_english(office, client):
    office.put(signing(office.leader))
    client.cookies["hien-thi"] = "en-100-thuong"

    with translation.override("en"):
        page = text_of(client.get("/lich-truc/"))

    assert "Duty roster" in page
    assert "Morning: Lê Hoàng Phúc, Phó Chủ tịch" in page


def test_home_names_the_leader_on_duty(office, client):
    assert "Lãnh đạo trực" not in text_of(client.get("/"))
    office.put(signing(office.leader))

    assert "Lãnh đạo trực : Lê Hoàng Phúc, Phó Chủ tịch" in text_of(client.get("/")).replace("trực:", "trực :")
