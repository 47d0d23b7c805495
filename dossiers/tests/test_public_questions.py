"""What a citizen is told while another office is asked about his dossier."""

import pytest
from django.utils.translation import override

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.public_facts import facts_of
from dossiers.public_status import page_of
from dossiers.tests.makers import local, make_dossier, make_version
from onestop.worktime import store

pytestmark = pytest.mark.django_db

# Received Friday 20/11/2026 09:00; Tuesday 24/11 is a public holiday.
MONDAY = local("2026-11-23 10:00")


@pytest.fixture(autouse=True)
def calendar_at_hand(monkeypatch):
    """Nobody asks for the calendar again in the middle of a count of queries."""
    monkeypatch.setattr(store, "FRESH_SECONDS", 3600)


def page(dossier: Dossier, now=MONDAY):
    return page_of(facts_of(dossier.pk, 1), now)


def ask(dossier: Dossier, name: str = "Công an xã", days: int = 2):
    sent = lifecycle.Sent("consult", "Việc riêng của người khác?", days, "working_day", other_name=name)
    return lifecycle.consult(dossier, sent, by=dossier.holder, at=MONDAY)


def hear(row):
    came = lifecycle.Came(local("2026-11-25 10:00"), "Điều không ai ngoài cơ quan đọc.")
    return lifecycle.record_answer(row, came, by=row.sent_by, at=local("2026-11-25 10:00"))


def test_the_page_names_the_other_office_and_the_day_of_its_answer():
    dossier = make_dossier()
    ask(dossier)

    shown = page(dossier)

    assert (shown.tag, shown.sentence) == ("Đang ở cơ quan khác", "Hồ sơ đang ở cơ quan khác: Công an xã")
    assert shown.answers == ["Công an xã trả lời chậm nhất 17:00 thứ Năm, 26/11/2026."]
    assert shown.promised == "17:00 thứ Năm, 26/11/2026"
    assert [(step.label, step.state, step.note) for step in shown.steps][1:4] == [
        ("Hỏi cơ quan khác", "done", "Công an xã"),
        ("Đang ở cơ quan khác", "current", "Công an xã"),
        ("Giải quyết hồ sơ", "", ""),
    ]


def test_an_answer_that_should_be_there_is_called_late_and_nothing_more():
    dossier = make_dossier()
    ask(dossier, days=1)
    assert page(dossier, local("2026-11-26 08:00")).answers == ["Công an xã chưa trả lời; hạn trả lời là 17:00 thứ Tư, 25/11/2026."]


def test_every_office_is_named_until_it_has_answered():
    dossier = make_dossier()
    police, _land = ask(dossier), ask(dossier, "Đất đai")
    assert page(dossier).sentence.endswith(": Công an xã, Đất đai")

    hear(police)

    assert page(dossier).sentence.endswith(": Đất đai")
    assert ("Cơ quan khác trả lời", "done", "Công an xã") in [(step.label, step.state, step.note) for step in page(dossier).steps]


def test_what_was_asked_and_answered_stays_between_the_offices():
    dossier = make_dossier()
    hear(ask(dossier))
    ask(dossier, "Đất đai")
    assert "Việc riêng" not in repr(page(dossier))
    assert "Điều không ai" not in repr(page(dossier))


def test_a_clock_that_stands_still_says_so_and_then_the_new_date():
    version = make_version("1.000777", consultation_clock="outside", consultation_ground="Điều 12")
    dossier = make_dossier(version=version)
    row = ask(dossier)
    assert (page(dossier).promised, page(dossier).asked) == ("", "")
    assert page(dossier).paused.startswith("Tạm dừng từ 10:00 thứ Hai, 23/11/2026.")

    hear(row)

    assert page(dossier).dates[-1].why == "Chờ cơ quan khác trả lời: thời hạn tính tiếp"
    assert page(dossier).promised == "17:00 thứ Sáu, 27/11/2026"


def test_it_is_said_in_english_too():
    dossier = make_dossier()
    ask(dossier)
    with override("en"):
        shown = page(dossier)
    assert shown.sentence == "Your dossier is with another office: Công an xã"
    assert shown.answers == ["Công an xã should answer by 17:00 Thursday, 26/11/2026."]


def test_it_costs_one_query_more_and_nothing_where_nobody_was_asked(django_assert_num_queries):
    quiet, dossier = make_dossier(), make_dossier()
    ask(dossier)
    for one, queries in ((quiet, 1), (dossier, 2)):
        page(one)
        with django_assert_num_queries(queries):
            page(one)
