import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from onestop.history.models import ChainHead, Event, Salt
from onestop.history.record import BrokenChain, Entry, OutsideTransaction, event_hash, events_of, head_mac, record, record_many, short_hash
from onestop.history.tests.makers import HERE, NOW, THERE, Case, act, sql, vouched_for

pytestmark = pytest.mark.django_db
CLERK = SimpleNamespace(pk=7, roles=["clerk", "helper"])


def test_events_of_an_agency_form_one_chain():
    first, second, third = act("case:1"), act("case:2"), act("case:3")
    assert [event.seq for event in (first, second, third)] == [1, 2, 3]
    assert [event.prev_hash for event in (first, second, third)] == ["", first.hash, second.hash]
    head = ChainHead.objects.get(agency_id=HERE)
    assert (head.seq, head.hash, head.mac) == (3, third.hash, head_mac(head))


def test_each_agency_has_its_own_chain():
    assert [act(agency_id=HERE).seq, act(agency_id=THERE).seq, act(agency_id=HERE).seq] == [1, 1, 2]


def test_an_event_says_who_what_when_and_in_which_role():
    event = act("case:1", name="case.received", by=CLERK, data={"to": 3, "code": "Đ"})
    event.refresh_from_db()
    assert (event.at, event.actor_id, event.role, event.act, event.subject) == (NOW, 7, "clerk,helper", "case.received", "case:1")
    assert event.data == '{"code":"Đ","to":3}'
    assert event.facts == {"to": 3, "code": "Đ"}


def test_a_role_that_is_given_stands_instead_of_those_held():
    assert act(by=CLERK, role="leader").role == "leader"


def test_without_a_person_the_system_acted():
    event = act()
    assert (event.actor_id, event.role) == (None, "")


@pytest.mark.parametrize("at", [datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=UTC), datetime.fromisoformat("2026-11-23T09:30:00+07:00")])
def test_the_hash_is_the_same_when_the_event_is_read_again(at):
    event = act(at=at)
    assert event_hash(Event.objects.get(agency_id=HERE, seq=1)) == event.hash


@pytest.mark.parametrize("column", ["agency_id", "seq", "at", "actor_id", "role", "act", "subject", "data", "prev_hash"])
def test_the_hash_covers_every_column(column):
    event = act()
    changed = {"at": NOW + timedelta(microseconds=1), "agency_id": THERE, "seq": 2, "actor_id": 1}
    setattr(event, column, changed.get(column, "x"))
    assert event_hash(event) != event.hash


def test_slips_print_the_first_eight_characters():
    event = act()
    assert short_hash(event) == event.hash[:8]


def test_an_event_carries_the_digests_of_the_rows_its_act_wrote():
    with vouched_for(Case, personal=("name",)):
        case = Case.objects.create(agency_id=HERE, code="1", name="Kim Ngọc Ánh")
        event = act(f"case:{case.pk}", rows=[case])
    ((label, ((key, version, plain, personal),)),) = json.loads(event.data)["rows"].items()
    assert (label, key, version, len(plain), len(personal)) == ("history.case", case.pk, 1, 43, 43)
    assert "Kim" not in event.data
    assert event.facts == {}


def test_the_rows_of_one_subject_share_a_salt_and_other_subjects_have_their_own():
    with vouched_for(Case, personal=("name",)):
        cases = [Case.objects.create(agency_id=HERE, code="1", name="A") for _ in range(2)]
        act("case:1", rows=cases)
        act("case:1", rows=cases)
        act("case:2", rows=cases)
    assert sorted(Salt.objects.values_list("subject", flat=True)) == ["case:1", "case:2"]
    assert len(set(Salt.objects.values_list("value", flat=True))) == 2


def test_rows_without_personal_columns_need_no_salt():
    with vouched_for(Case):
        act(rows=[Case.objects.create(agency_id=HERE, code="1")])
    assert Salt.objects.count() == 0


def test_several_entries_are_written_in_their_order():
    agencies = [THERE, HERE, THERE]
    events = record_many([Entry(agency, "case.late", f"case:{number}", NOW) for number, agency in enumerate(agencies)])
    written = [(event.agency_id, event.seq, event.subject) for event in events]
    assert written == [(THERE, 1, "case:0"), (HERE, 1, "case:1"), (THERE, 2, "case:2")]
    assert events[2].prev_hash == events[0].hash


def test_nothing_to_write_is_no_fault():
    assert record_many([]) == []


def test_the_number_of_queries_does_not_grow_with_the_entries():
    def queries(count):
        with CaptureQueriesContext(connection) as asked:
            cases = Case.objects.bulk_create(Case(agency_id=HERE + number % 3, code="1", name="A") for number in range(count))
            for_saving = len(asked)
            record_many([Entry(case.agency_id, "case.late", f"case:{case.pk}", NOW, rows=[case]) for case in cases])
        return len(asked) - for_saving

    with vouched_for(Case, personal=("name",)):
        assert queries(3) == queries(60)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"at": datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)}, "time zone"),
        ({"data": {"rows": []}}, "written by the history"),
        ({"act": ""}, "needs an act"),
        ({"subject": ""}, "needs an act and a subject"),
        ({"subject": "x" * 81}, "subject is longer than 80"),
        ({"act": "x" * 41}, "act is longer than 40"),
        ({"role": "x" * 121}, "role is longer than 120"),
    ],
)
def test_an_entry_that_may_not_stand_in_the_history_is_refused(parts, words):
    with pytest.raises(ValueError, match=words):
        record(**{"agency_id": HERE, "act": "case.changed", "subject": "case:1", "at": NOW} | parts)
    assert Event.objects.count() == 0


def test_a_row_that_is_not_saved_is_refused():
    with vouched_for(Case), pytest.raises(ValueError, match="not in the database"):
        act(rows=[Case(pk=1, agency_id=HERE)])


def test_a_row_of_another_agency_is_refused():
    with vouched_for(Case), pytest.raises(ValueError, match="chain of agency 6"):
        act(rows=[Case.objects.create(agency_id=THERE)])


def test_a_row_of_an_untracked_table_is_refused():
    with pytest.raises(LookupError):
        act(rows=[Case(pk=1, agency_id=HERE)])


@pytest.mark.parametrize("change", ["seq = 1", "hash = 'x'", "mac = 'x'"])
def test_a_head_that_was_tampered_with_is_not_built_upon(change):
    act()
    act()
    sql(f"UPDATE history_chainhead SET {change}")
    with pytest.raises(BrokenChain), transaction.atomic():
        act()
    assert Event.objects.count() == 2


def test_an_older_copy_of_the_head_cannot_make_a_fork():
    act()
    head = ChainHead.objects.get()
    act()
    head.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_a_rolled_back_act_leaves_no_event():
    act()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        act()
        raise ZeroDivisionError
    assert act().seq == 2


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(OutsideTransaction):
        act()
    assert Event.objects.count() == 0


def test_a_page_of_events_about_a_subject_newest_first():
    for number in range(5):
        act("case:1", name=f"case.{number}")
        act("case:2")
    act("case:1", agency_id=THERE)
    page = events_of(HERE, "case:1", limit=2)
    assert [event.act for event in page] == ["case.4", "case.3"]
    assert [event.act for event in events_of(HERE, "case:1", limit=2, before=page[1].seq)] == ["case.2", "case.1"]
