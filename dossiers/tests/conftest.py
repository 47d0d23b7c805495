"""Two communes side by side, with the people of their desks."""

import pytest

from dossiers.tests.makers import make_clerk
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user


@pytest.fixture
def here() -> Agency:
    return make_agency()


@pytest.fixture
def there() -> Agency:
    return make_agency("H61.27", "Phú Tân An")


@pytest.fixture
def clerk(here: Agency) -> User:
    """Of the desk here; the tests of pages have him logged in."""
    return make_clerk(here)


@pytest.fixture
def their_clerk(there: Agency) -> User:
    return make_user(Role.CLERK, agency=there, full_name="Kim Ngọc Ánh")
