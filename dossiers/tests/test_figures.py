"""Several lengths in one query, whatever the lists are."""

import pytest

from dossiers.figures import figures
from dossiers.models import Dossier, HandOver
from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier
from onestop.testing import make_agency

pytestmark = pytest.mark.django_db


def test_each_list_has_its_own_length_in_one_query(django_assert_num_queries):
    here, there = make_clerk(), make_clerk(make_agency("H61.27", "Phú Tân An"))
    make_dossier(by=here), make_dossier(by=here, status=Status.PROCESSING), make_dossier(by=there)
    own, everybodys = Dossier.objects.of_agency(here.agency_id), Dossier.objects.all()

    with django_assert_num_queries(1):
        found = figures(here.agency_id, own, everybodys, own.newest_first(), own.returned(), Dossier.objects.none(), HandOver.objects.all())

    assert found == (2, 3, 2, 0, 0, 1)
