"""The suite's own promises: insert-only tables are empty and guarded before every committing test."""
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from onestop.history.models import Event
from onestop.history.record import record
from onestop.history.triggers import triggers_present
from onestop.testing import make_agency


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second", "third"])
def test_a_committing_test_finds_the_history_empty_and_guarded(turn):
    assert (Event.objects.count(), triggers_present()) == (0, True)
    with transaction.atomic():
        record(agency_id=make_agency().pk, act="test", subject="test:1", at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.all().delete()
