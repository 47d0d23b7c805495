"""Many counters of one commune at once, and power cuts: every book is whole."""

import os
import subprocess
import sys
import threading

import pytest
from django.db import connection, transaction

from dossiers import lifecycle, numbering
from dossiers.certification.kinds import Book
from dossiers.certification.tests.makers import MORNING, contract, copy, make_catalogue, make_head, make_session, signature
from dossiers.models import BookClosing, CertificationEntry, CertificationReceipt, Dossier, NumberCounter
from dossiers.statuses import NotAllowed
from dossiers.tests.makers import local, make_clerk
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_user
from tests.crowd import at_once

pytestmark = [pytest.mark.stress, pytest.mark.django_db(transaction=True)]
MONTHS_END = local("2026-11-30 17:00")


def hands(full_size: bool) -> int:
    """SQLite has one writer at a time: four counters are what a commune has."""
    return 4 if connection.vendor == "sqlite" else 20 if full_size else 8


def assert_books_are_whole() -> None:
    for book in Book:
        numbers = list(CertificationEntry.objects.filter(book=book).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        counter = NumberCounter.objects.filter(book=f"cert:{book}:2026").first()
        assert (counter.last if counter else 0) == len(numbers)
    receipts = sorted(int(number) for number in CertificationReceipt.objects.values_list("number", flat=True))
    assert receipts == list(range(1, len(receipts) + 1))
    assert first_problem() is None


def test_counters_that_certify_at_once_leave_no_gap_and_no_double(full_size):
    make_catalogue()
    count, times = hands(full_size), 25 if full_size else 3
    head, clerks = make_head(), [make_user(Role.CLERK) for _ in range(count)]

    def work(which: int) -> None:
        for turn in range(times):
            # Each counter brings its papers in another order.
            lines = [copy(copies=3), signature(), contract()]
            session = make_session(*lines[which % 3 :], *lines[: which % 3])
            if turn % 3:
                lifecycle.certify_on_the_spot(session, signer=head, by=clerks[which], at=MORNING, no_interest=True)
            else:
                dossier = lifecycle.certify(session, by=clerks[which], at=MORNING)
                lifecycle.void_entry(dossier.certification_entries.all()[0], reason="ghi nhầm", by=clerks[which], at=MORNING)
                lifecycle.sign_certifications(dossier, signer=head, by=clerks[which], at=MORNING, no_interest=True)

    at_once(count, work)
    assert CertificationEntry.objects.count() == count * times * 3
    assert_books_are_whole()


def test_one_form_sent_by_many_at_once_is_one_session(full_size):
    make_catalogue()
    head, clerk, session = make_head(), make_clerk(), make_session(copy(), signature())
    made: list[int] = []

    def work(which: int) -> None:
        if which % 2:
            made.append(lifecycle.certify_on_the_spot(session, signer=head, by=clerk, at=MORNING, no_interest=True).pk)
        else:
            made.append(lifecycle.certify(session, by=clerk, at=MORNING).pk)

    at_once(hands(full_size), work)
    assert len(set(made)) == 1
    assert (Dossier.objects.count(), CertificationEntry.objects.count()) == (1, 2)
    assert_books_are_whole()


def test_a_month_closed_while_counters_certify_counts_every_line_in_it(full_size):
    make_catalogue()
    count, head = hands(full_size), make_head()
    clerks = [make_user(Role.CLERK) for _ in range(count)]
    refused: list[int] = []

    def work(which: int) -> None:
        if which == 0:
            lifecycle.close_book(head.agency, "BS", 2026, 11, by=head, at=MONTHS_END)
            return
        for _ in range(5):
            try:
                lifecycle.certify_on_the_spot(make_session(), signer=head, by=clerks[which], at=MONTHS_END, no_interest=True)
            except NotAllowed:
                refused.append(which)

    at_once(count, work)
    assert BookClosing.objects.get().numbers == CertificationEntry.objects.count() == (count - 1) * 5 - len(refused)
    assert_books_are_whole()


def test_a_line_waits_for_the_closing_that_began_before_it():
    """The counter is held from the count until the closing stands; a line that comes meanwhile finds the month closed."""
    if connection.vendor == "sqlite":
        return  # one writer at a time: nothing can come meanwhile
    make_catalogue()
    head, clerk = make_head(), make_clerk()
    waiting, outcome = threading.Event(), []

    def certify() -> None:
        waiting.set()
        try:
            lifecycle.certify(make_session(), by=clerk, at=MONTHS_END)
        except NotAllowed as fault:
            outcome.append(str(fault))
        finally:
            connection.close()

    thread = threading.Thread(target=certify)
    with transaction.atomic():
        numbering.hold_book(head.agency_id, "cert:BS:2026")
        thread.start()
        waiting.wait()
        lifecycle.close_book(head.agency, "BS", 2026, 11, by=head, at=MONTHS_END)
    thread.join()
    assert outcome == ["Sổ chứng thực bản sao từ bản chính: tháng 11/2026 đã khóa, không ghi thêm được."]
    assert_books_are_whole()


_CLERK = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from dossiers import lifecycle
from dossiers.certification.tests.makers import MORNING, copy, make_session, signature
from onestop.staff.models import User
clerk, head = (User.objects.get(pk=int(key)) for key in sys.argv[2:])
while True:
    session = make_session(copy(), signature())
    print(lifecycle.certify_on_the_spot(session, signer=head, by=clerk, at=MORNING, no_interest=True).code, flush=True)
"""


def test_a_counter_that_is_killed_leaves_neither_half(full_size):
    make_catalogue()
    clerk, head = make_clerk(), make_head()
    name = str(connection.settings_dict["NAME"])
    connection.close()
    answered: list[str] = []
    for _ in range(20 if full_size else 2):
        command = [sys.executable, "-c", _CLERK, name, str(clerk.pk), str(head.pk)]
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "onestop.settings"}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as counter:
            answered += [counter.stdout.readline().strip() for _ in range(5)]
            counter.kill()
            answered += [line.strip() for line in counter.stdout if line.endswith("\n")]
        assert_books_are_whole()
    assert "" not in answered
    assert set(answered) <= set(Dossier.objects.values_list("code", flat=True))
    assert CertificationEntry.objects.count() == 2 * Dossier.objects.count() == 2 * CertificationReceipt.objects.count()
