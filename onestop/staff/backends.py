"""How a password is checked: guessing is bounded before, and the account is loaded with its agency."""
from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q, Sum
from django.http import HttpRequest

from onestop.logs import limited_address
from onestop.staff.models import User
from onestop.staff.recent import usernames_here


class GuessingGuard(AxesStandaloneBackend):
    """Refuse a log-in after too many failures.

    Axes counts failures of one account from one address. On top: failures of one account
    from anywhere and of one address at any account, which a guesser with many addresses or
    many names would stay below. These two never bind a person at a PC where he has logged in
    before, so nobody can lock him out from elsewhere.
    """

    def authenticate(self, request: HttpRequest, username: str | None = None, password: str | None = None, **more: Any) -> None:
        super().authenticate(request, username=username, password=password, **more)
        if username not in usernames_here(request) and too_many_failures(request, username or ""):
            request.axes_locked_out = True
            raise AxesBackendPermissionDenied


def too_many_failures(request: HttpRequest, username: str) -> bool:
    """Whether the account or the address has used up its failures of the last AXES_COOLOFF_TIME; one query."""
    lately = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
    counted = lately.aggregate(
        account=Sum("failures_since_start", filter=Q(username=username), default=0),
        # All who have no address (a socket without a trusted proxy) count as one visitor.
        address=Sum("failures_since_start", filter=Q(ip_address=address_for_limits(request)), default=0),
    )
    return counted["account"] >= settings.LOGIN_FAILURES_PER_ACCOUNT or counted["address"] >= settings.LOGIN_FAILURES_PER_ADDRESS


def address_for_limits(request: HttpRequest) -> str | None:
    """AXES_CLIENT_IP_CALLABLE: an IPv6 network is one visitor, and no address at all is none."""
    return limited_address(request) or None


class StaffBackend(ModelBackend):
    """Django's own check of the password; the account comes with its agency in the one query of each request."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("agency").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        # Demo passwords are public: they open nothing in production, whatever the start-up check saw.
        return user.is_active and not (settings.PRODUCTION and user.is_demo)
