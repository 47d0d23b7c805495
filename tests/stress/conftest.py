"""One prepared place for the whole run, copied for every test; and the figures that a run measured."""
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onestop.demo.offices import PASSWORD
from tests.stress.clients import Desk, Procedure
from tests.stress.portal import Place, log_in

CLERKS = ("trakha.tiepnhan1", "trakha.tiepnhan2")
# A procedure of several days whose checklist "Đủ" answers completely, so a receipt slip is always made.
_CHOOSE = """
import json
import django
django.setup()
from django.utils import timezone
from dossiers.checklist import components_of, missing, unconditional
from procedures.models import ProcedureVersion
found = []
for version in ProcedureVersion.objects.receivable(timezone.localdate()).filter(slip_rule="always").order_by("procedure__code"):
    for case in version.cases.all():
        lines = components_of(case)
        ticked = unconditional(lines)
        plain = not [item for item in case.subjects if item["role"] != "filer" and item["required"]]
        if plain and "self" in case.basis_allowed and len(ticked) >= 2 and not missing(lines, {line.pk: "submitted" for line in ticked}):
            found.append([version.procedure.code, case.key, "self", len(ticked)])
print(json.dumps(found[0]))
"""


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A prepared portal with one commune and no dossier."""
    place = Place(tmp_path_factory.mktemp("stress"), "base")
    try:
        place.create()
        place.prepare()
        for command in (["load_catalogue"], ["load_calendar"], ["seed_demo", "--communes", "1", "--dossiers", "0"]):
            place.manage(*command)
        yield place
    finally:
        place.drop()


@pytest.fixture(scope="session")
def procedure(base: Place) -> Procedure:
    return Procedure(*json.loads(base.run(sys.executable, "-c", _CHOOSE)))


@pytest.fixture
def make_place(base: Place, tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """Makes places that are gone after the test: copies of the base, or empty ones."""
    made: list[Place] = []

    def make(name: str, *, empty: bool = False) -> Place:
        place = Place(tmp_path, name)
        made.append(place)
        place.create(None if empty else base)
        return place

    yield make
    for place in made:
        place.drop()


@pytest.fixture
def place(make_place: Callable[..., Place]) -> Place:
    return make_place("here")


@pytest.fixture
def figures(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say what was measured, also when pytest keeps quiet."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{request.node.name}: {text}", flush=True)

    return say


@pytest.fixture
def clerks() -> Callable[[Place, int], list[Desk]]:
    """So many logged-in counter PCs of the commune's clerks."""
    return lambda place, count: log_in(place, [CLERKS[number % len(CLERKS)] for number in range(count)], PASSWORD)
