import pytest

from dossiers.statuses import Status
from dossiers.tests.makers import local, make_dossier
from onestop.history.verify import first_problem

pytestmark = pytest.mark.django_db


def test_a_received_dossier_has_code_register_line_promise_slip_and_event():
    dossier = make_dossier()
    assert dossier.code == "H61.26-261120-0001"
    assert dossier.due_at == local("2026-11-26 17:00")
    assert (dossier.register_entry.book_no, dossier.register_entry.entry_no) == ("2026", 1)
    assert [a.due_at for a in dossier.appointments.all()] == [dossier.due_at]
    assert dossier.issued_papers.count() == 1


def test_the_whole_way_ends_returned_and_verifies():
    dossier = make_dossier(status=Status.RETURNED)
    assert dossier.status == Status.RETURNED
    assert first_problem() is None
