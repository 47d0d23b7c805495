"""The demonstration as a whole: what is refused, what is made, and that it could have happened."""
import io
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dossiers.models import (
    ApologyLetter,
    CertificationEntry,
    Dossier,
    IntakeDraft,
    IssuedPaper,
    Party,
    Refusal,
    RegisterEntry,
    ResultDocument,
    SupplementRequest,
    TransferList,
)
from onestop.demo import seeding
from onestop.demo.offices import PASSWORD, demo_logins, invented_commune
from onestop.demo.showing import examples, sample_cards
from onestop.demo.tales import Tale
from onestop.history.models import Event
from onestop.history.verify import verify
from onestop.reading.card import Card, read_scan
from onestop.staff import duty
from onestop.staff.models import Agency, DutySession, User
from onestop.staff.roles import Role, contradiction
from onestop.testing import make_agency
from onestop.vault import files
from onestop.worktime.store import calendar_in_force, opening_hours
from surveys.models import Ballot, SpentMark

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 20, 10, 15, tzinfo=LOCAL)  # a Friday morning
DOSSIERS = 70


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """A database with catalogue and calendar, rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_catalogue", stdout=io.StringIO())
        call_command("load_calendar", stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def seeded(loaded, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = seeding.seed(communes=2, dossiers=DOSSIERS, now=NOW)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def friday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def seed_demo(**options):
    said = io.StringIO()
    call_command("seed_demo", stdout=said, **options)
    return said.getvalue()


# -- what is refused ----------------------------------------------------------------------
def test_production_is_refused(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production: demo accounts with public passwords are refused"):
        seed_demo()


def test_a_database_with_anything_in_it_is_refused(db):
    make_agency()
    with pytest.raises(CommandError, match="the database is not empty"):
        seed_demo()


@pytest.mark.parametrize("options", [{"communes": 0}, {"communes": 301}, {"dossiers": -1}, {"dossiers": 200_001}])
def test_absurd_sizes_are_refused(db, options):
    with pytest.raises(CommandError, match="expected 1 to 300 communes and 0 to 200000 dossiers"):
        seed_demo(**options)


def test_without_a_calendar_the_command_that_loads_it_is_named(db):
    with pytest.raises(CommandError, match="run manage.py load_calendar first"):
        seed_demo()


def test_without_a_catalogue_the_command_that_loads_it_is_named(db):
    call_command("load_calendar", stdout=io.StringIO())
    with pytest.raises(CommandError, match="run manage.py load_catalogue first"):
        seed_demo()


def test_a_seeding_that_is_interrupted_leaves_nothing(loaded, db, friday, monkeypatch):
    def power_cut(self, at):
        raise KeyboardInterrupt

    before = Event.objects.count()
    monkeypatch.setattr(Tale, "sign_off", power_cut)
    with pytest.raises(KeyboardInterrupt):
        seed_demo(dossiers=20)
    assert (Agency.objects.count(), User.objects.count(), Dossier.objects.count(), Event.objects.count()) == (0, 0, 0, before)


# -- what is printed ----------------------------------------------------------------------
def test_the_command_prints_log_ins_dossiers_and_cards(loaded, db, friday):
    said = seed_demo(communes=1, dossiers=12)
    assert [log_in.username for log_in in demo_logins() if log_in.username not in said] == []
    assert [example.address for example in examples(NOW) if example.address not in said] == []
    assert [card.text for card in sample_cards(NOW.date()) if card.text not in said] == []
    assert said.count(PASSWORD) == 1


def test_offices_alone_are_a_demonstration_too(loaded, db, friday):
    seed_demo(communes=3, dossiers=0)
    assert Dossier.objects.count() == 0
    names = list(Agency.objects.order_by("code").values_list("name", flat=True))
    assert names == ["Tỉnh Minh Họa", "Xã Trà Kha", "Xã Nà Sen", "Xã Minh Họa 3"]


@pytest.mark.thorough
def test_the_same_seed_and_moment_give_the_same_demonstration(loaded, db):
    def told():
        with transaction.atomic():
            seeding.seed(communes=1, dossiers=10, now=NOW)
            rows = list(Dossier.objects.order_by("code").values_list("code", "applicant_name", "status", "due_at", "submission_key"))
            transaction.set_rollback(True)
        return rows

    assert told() == told()


# -- offices and people -------------------------------------------------------------------
def test_every_role_is_held_in_every_office(seeded, db):
    held = defaultdict(set)
    for person in User.objects.select_related("agency"):
        held[person.agency.code] |= set(person.roles)
    everything = set(Role.values)
    assert dict(held) == {
        "H99": {Role.PROVINCE, Role.ADMIN, Role.AUDITOR, Role.LEADER},
        "H99.01": everything - {Role.PROVINCE},
        "H99.02": everything - {Role.PROVINCE},
    }


def test_some_people_hold_two_roles_and_none_that_exclude_each_other(seeded, db):
    people = list(User.objects.select_related("agency"))
    assert [person.username for person in people if contradiction(person.roles, in_province=person.agency.is_province)] == []
    assert {person.username for person in people if len(person.roles) == 2} == {"nasen.tiepnhan", "nasen.hotich", "nasen.phochutich"}


def test_everybody_logs_in_with_the_printed_password(seeded, db):
    people = list(User.objects.select_related("agency"))
    assert len({person.password for person in people}) == 1
    assert check_password(PASSWORD, people[0].password)
    assert [person.username for person in people if not person.is_demo or person.must_change_password] == []
    for person in people:
        validate_password(PASSWORD, person)


def test_the_log_ins_can_be_told_again(seeded, db):
    first = demo_logins()[4]
    expected = ("Xã Trà Kha", "trakha.tiepnhan1", PASSWORD, "Công chức tiếp nhận")
    assert (first.office, first.username, first.password, first.roles) == expected


def test_one_commune_is_open_on_saturday_morning(seeded, db):
    saturday = date(2026, 11, 21)
    sessions = {a.code: len(opening_hours(a.pk).desk_sessions(saturday, calendar_in_force())) for a in Agency.objects.communes()}
    assert sessions == {"H99.01": 1, "H99.02": 0}


def test_bank_accounts_are_left_empty(seeded, db):
    assert set(Agency.objects.values_list("bank_bin", "bank_account", "bank_account_name")) == {("", "", "")}


@pytest.mark.parametrize("number", [2, 7, 299])
def test_further_communes_say_that_they_are_invented(number):
    assert invented_commune(number).name == f"Xã Minh Họa {number + 1}"


# -- the work -----------------------------------------------------------------------------
def test_history_and_tables_agree(seeded, db):
    assert list(verify()) == []


def test_events_stand_in_the_order_of_time_and_before_now(seeded, db):
    for agency in Agency.objects.all():
        moments = list(Event.objects.filter(agency_id=agency.pk).order_by("seq").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[-1] <= NOW


def test_the_duty_roster_reaches_from_last_week_to_the_next(seeded, db):
    for agency in Agency.objects.filter(level="commune"):
        weeks = {row.day.isocalendar().week for row in DutySession.objects.filter(agency=agency)}
        assert duty.leader_on_duty(agency.pk, NOW) is not None
        assert weeks == {46, 47, 48}
        assert DutySession.objects.filter(agency=agency, checked_in_at__isnull=False, substitute_for__isnull=False).exists()
        assert duty.rules_in_force(agency.pk, NOW.date()) is not None


def test_acts_at_the_desk_lie_in_its_hours(seeded, db):
    by_nobody_at_a_desk = ["agency.created", "account.created", "workflow.shipped", "flag_overdue"]
    at_desk = Event.objects.exclude(act__in=by_nobody_at_a_desk).exclude(act__startswith="duty.")
    outside = []
    for event in at_desk:
        moment = timezone.localtime(event.at)
        sessions = opening_hours(event.agency_id).desk_sessions(moment.date(), calendar_in_force())
        if not any(opens <= moment.time().replace(microsecond=0) <= closes for opens, closes in sessions):
            outside.append(event)
    online = set(Dossier.objects.filter(channel="online").values_list("pk", flat=True))
    papers = {f"paper:{pk}" for pk in IssuedPaper.objects.filter(dossier__in=online).values_list("pk", flat=True)}
    assert {event.subject for event in outside} <= {f"dossier:{pk}" for pk in online} | papers
    assert {event.act for event in outside} <= {"receive", "make_paper"}
    assert outside != []


def test_numbers_have_no_gap(seeded, db):
    days = defaultdict(list)
    for code in Dossier.objects.values_list("code", flat=True):
        day, number = code.rsplit("-", 1)
        days[day].append(int(number))
    assert {day: sorted(numbers) for day, numbers in days.items()} == {day: list(range(1, len(n) + 1)) for day, n in days.items()}
    for agency in Agency.objects.communes():
        entries = sorted(RegisterEntry.objects.filter(agency=agency).values_list("entry_no", flat=True))
        assert entries == list(range(1, len(entries) + 1))


def test_each_commune_has_its_share(seeded, db):
    ordinary = Dossier.objects.without_certification().filter(competent_agency=F("agency"))
    assert Counter(ordinary.values_list("agency__code", flat=True)) == {"H99.01": DOSSIERS // 2, "H99.02": DOSSIERS // 2}


def test_the_two_communes_settle_for_each_other_and_every_page_of_it_has_something_to_show(seeded, db):
    between = Dossier.objects.for_another_agency()
    lists = TransferList.objects.order_by("sent_at").select_related("sender", "agency")

    assert Counter(between.values_list("agency__code", "status")) == {
        ("H99.01", "received"): 1,
        ("H99.02", "received"): 1,
        ("H99.01", "processing"): 1,
        ("H99.01", "result_ready"): 1,
    }
    assert [(each.sender.code, each.agency.code, each.confirmed_at is None) for each in lists] == [
        ("H99.01", "H99.01", False),
        ("H99.02", "H99.01", True),
        ("H99.01", "H99.01", False),
        ("H99.02", "H99.02", True),
    ]


def test_each_commune_certifies_and_its_books_have_no_gap(seeded, db):
    for code in ("H99.01", "H99.02"):
        numbers = CertificationEntry.objects.filter(agency__code=code).order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1)) != []


def test_every_interesting_state_is_there(seeded, db):
    assert [example.what for example in examples(NOW)] == [
        "received, at the counter",
        "handed over, not yet taken",
        "being settled",
        "waiting for the signature",
        "sent back by the leader",
        "signed, not yet issued",
        "signed with the leader's own certificate",
        "with scans of its papers",
        "late",
        "apologised for, with a new date",
        "a letter waiting for the signature",
        "due today",
        "suspended",
        "waiting for papers",
        "waiting for a payment",
        "with another agency, its answer late",
        "with the answer of another agency",
        "going on after a pause",
        "extended",
        "never answered",
        "asked back by the citizen",
        "stopped, with its notice",
        "moved to the right procedure",
        "ready to collect",
        "ready for more than 15 days",
        "returned",
        "returned late",
        "taken back to mend a mistake",
        "lost slip, new lookup code",
        "voided",
        "filed online after hours",
    ]


def test_something_is_due_today_and_on_the_next_working_day(seeded, db):
    due = {timezone.localtime(moment).date() for moment in Dossier.objects.open().filter(due_at__gte=NOW).values_list("due_at", flat=True)}
    assert {date(2026, 11, 20), date(2026, 11, 23)} <= due


def test_whatever_is_late_is_marked_with_its_due_moment(seeded, db):
    late = list(Dossier.objects.overdue(NOW))
    assert late != []
    assert [dossier.code for dossier in late if dossier.overdue_since != dossier.due_at] == []


def test_letters_of_apology_went_every_way(seeded, db):
    states = set(ApologyLetter.objects.values_list("state", flat=True))
    assert {"drafted", "issued", "sent", "waived"} <= states
    for agency in Agency.objects.communes():
        numbers = ApologyLetter.objects.filter(agency=agency, number__isnull=False).order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1))
    for letter in ApologyLetter.objects.filter(issued_at__isnull=False):
        assert files.read(letter.paper.sha256)[:5] == b"%PDF-"


def test_results_were_collected_by_owners_and_by_others(seeded, db):
    assert set(Dossier.objects.values_list("returns__collected_by", flat=True)) == {None, "owner", "authorised"}


def test_slips_before_acceptance_are_open_and_answered_and_there_are_refusals_and_drafts(seeded, db):
    assert SupplementRequest.objects.filter(dossier__isnull=True).count() >= 2
    assert Refusal.objects.count() >= 2
    assert IntakeDraft.objects.count() >= 2


def test_recent_slips_have_their_files(seeded, db):
    recent = IssuedPaper.objects.filter(kind="receipt", voided_at__isnull=True, issued_at__gt=NOW - timedelta(days=3), version=1)
    assert recent.count() > 0
    assert {files.read(paper.sha256)[:5] for paper in recent.exclude(sha256="")} == {b"%PDF-"}
    assert recent.filter(sha256="").count() == 0


def test_results_that_are_signed_in_the_system_have_their_bytes(seeded, db):
    digests = set(ResultDocument.objects.exclude(sha256="").values_list("sha256", flat=True))
    assert {files.read(digest)[:5] for digest in digests} == {b"%PDF-"}


def test_some_of_those_who_have_their_result_said_how_it_was(seeded, db):
    returned = Dossier.objects.returned().count()
    assert 0 < Ballot.objects.count() == SpentMark.objects.count() < returned


def test_each_example_opens_to_its_citizen(seeded, db, client, friday):
    closed = [example.what for example in examples(NOW) if not example.address]
    assert closed == ["voided"]
    for example in examples(NOW):
        if example.what in closed:
            continue
        page = client.get(urlsplit(example.address).path, follow=True)
        assert (page.status_code, example.code in page.content.decode()) == (200, True), example.what


@pytest.mark.parametrize("username", ["trakha.tiepnhan1", "trakha.vanhoa", "trakha.phochutich", "nasen.tiepnhan", "nasen.phochutich"])
def test_the_pages_of_everybody_who_works_with_dossiers_open(seeded, db, client, friday, username):
    user = User.objects.get(username=username)
    client.force_login(user)
    codes = [example.code for example in examples(NOW) if example.code.startswith(user.agency.code)]
    pages = ["/bat-dau/", "/ho-so/", *(f"/ho-so/{code}/" for code in codes)]
    assert {page: client.get(page, follow=True).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_everybody_in_a_dossier_is_plainly_invented(seeded, db):
    numbers = set(Party.objects.exclude(personal_id="").values_list("personal_id", flat=True))
    phones = set(Party.objects.exclude(phone="").values_list("phone", flat=True))
    assert {number[:3] for number in numbers} == {"000"}
    assert {phone[:7] for phone in phones} == {"0900000"}


def test_some_citizens_come_back(seeded, db):
    filers = Counter(Party.objects.filter(role="filer").values_list("agency", "personal_id"))
    assert max(filers.values()) > 1


def test_the_cards_are_read_as_whole_cards(seeded, db):
    cards = sample_cards(NOW.date())
    assert [card.what for card in cards] == ["known", "known", "new", "new"]
    read = [read_scan(card.text) for card in cards]
    assert [type(card) for card in read] == [Card] * 4
    known = {person.personal_id: Party.objects.filter(personal_id=person.personal_id).exists() for person in read}
    assert list(known.values()) == [True, True, False, False]
