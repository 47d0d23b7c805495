"""A signing session: the leader gives his password once and signs for a while, on this device only.

It lives in the log-in session of the device, so it ends with it (log-out, "Đổi người", idle), and it is bound to
the person and his password: whoever changes the password ends it everywhere. What binds the office towards
outside, such as a letter, asks for the password each time; pages decide that.
"""

from datetime import UTC, datetime, timedelta

from django.contrib.auth import authenticate
from django.http import HttpRequest

from onestop.history.access import AccessKind, note_access
from onestop.staff.sign_in import note_failed_sign_in

LASTS = timedelta(minutes=30)
TRY_AGAIN = "Mật khẩu không đúng. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt rồi nhập lại"
_KEY = "signing_session"


def password_is_right(request: HttpRequest, password: str) -> bool:
    """Whether this is the password of the person who is logged in.

    It goes the way of a log-in, so that guessing is bounded here as it is there, and on record.
    """
    username = request.user.username
    if authenticate(request, username=username, password=password) is not None:
        return True
    note_failed_sign_in(request, username)
    return False


def open_session(request: HttpRequest, *, at: datetime) -> datetime:
    """Begin (or begin anew) a session whose password was given just now; returns its end."""
    until = at + LASTS
    request.session[_KEY] = [request.user.pk, int(until.timestamp()), request.user.get_session_auth_hash()]
    note_access(request, AccessKind.LOG_IN, subject=f"user:{request.user.pk}", detail="mở phiên ký")
    return until


def session_end(request: HttpRequest, *, now: datetime) -> datetime | None:
    """When the open session of this person on this device ends; None when there is none.

    A clock that was set back prolongs nothing: a session never lasts longer than LASTS from now.
    """
    person, until, mark = request.session.get(_KEY) or (None, 0, "")
    end = datetime.fromtimestamp(until, UTC)
    is_his = person == request.user.pk and mark == request.user.get_session_auth_hash()
    return end if is_his and now < end <= now + LASTS else None


def close_session(request: HttpRequest) -> None:
    """End it before its time."""
    if request.session.pop(_KEY, None) is not None:
        note_access(request, AccessKind.LOG_OUT, subject=f"user:{request.user.pk}", detail="đóng phiên ký")
