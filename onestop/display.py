"""What a visitor chose to see (language, size of letters, contrast) and what every page's frame shows.

The choices live in one plain cookie for a year, never in the session: a page that only reads them
needs no query. The language comes from that cookie alone, never from Accept-Language, because the
same link must show the same page to the citizen and to the officer who explains it.
"""
import base64
import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from datetime import time as clock
from functools import cache, cached_property
from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy, pgettext

from onestop.worktime.calendar import SATURDAY, CannotPromise

COOKIE_NAME = ("" if settings.ON_LOOPBACK else "__Host-") + "hien-thi"
COOKIE_AGE = 365 * 24 * 3600
SIZES = ("100", "125", "150")
CONTRASTS = ("thuong", "cao")


@dataclass(frozen=True)
class Choice:
    """One visitor's display choices; every value is from a fixed list."""

    language: str = "vi"
    size: str = "100"
    contrast: str = "thuong"

    @classmethod
    def from_cookie(cls, text: str) -> "Choice":
        """Read `vi-100-thuong`; whatever is not on the lists is replaced by the default."""
        return cls().changed(*(text.split("-") + ["", "", ""])[:3])

    def changed(self, language: str = "", size: str = "", contrast: str = "") -> "Choice":
        """The same choices with those replaced that are given and known."""
        return replace(
            self,
            language=language if language in dict(settings.LANGUAGES) else self.language,
            size=size if size in SIZES else self.size,
            contrast=contrast if contrast in CONTRASTS else self.contrast,
        )

    def as_cookie(self) -> str:
        return f"{self.language}-{self.size}-{self.contrast}"

    def keep(self, response: HttpResponse) -> None:
        """Remember the choices in the visitor's browser for a year."""
        response.set_cookie(
            COOKIE_NAME, self.as_cookie(), max_age=COOKIE_AGE, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )


def choice_of(request: HttpRequest) -> Choice:
    """The visitor's choices, or the defaults."""
    return Choice.from_cookie(request.COOKIES.get(COOKIE_NAME, ""))


@cache
def language_shown(chosen: str) -> str:
    """The language a page is really written in: a catalogue that is not approved yet falls back to Vietnamese.

    The catalogue answers itself: its entry for this string is its own language code, marked fuzzy until
    a speaker of the language has approved the catalogue.
    """
    with translation.override(chosen):
        return pgettext("mã ngôn ngữ của bản dịch này, chỉ duyệt khi cả bản dịch đã được duyệt", "vi")


def is_closed_page(request: HttpRequest, view_func=None) -> bool:
    """Whether the page is the staff's (pages are closed unless they say otherwise)."""
    match = request.resolver_match
    if match is None:
        return False
    return match.namespace == "staff" or getattr(view_func or match.func, "login_required", True)


class DisplayMiddleware:
    """Speak the language the visitor chose; staff pages are always Vietnamese."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(language_shown(choice_of(request).language)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        if is_closed_page(request, view_func):
            translation.activate("vi")


# -- the frame --------------------------------------------------------------------------
PUBLIC_NAV = (
    ("procedures:list", gettext_lazy("Thủ tục")),
    ("dossiers:lookup", gettext_lazy("Tra cứu hồ sơ")),
    ("roster:public", gettext_lazy("Lịch trực")),
    ("help", gettext_lazy("Trợ giúp")),
)
# Who finds which page useful; the pages themselves decide who may open them. No roles: everybody.
STAFF_NAV: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("dossiers:desk", "Bàn làm việc", ("clerk", "manager")),
    ("dossiers:intake", "Tiếp nhận", ("clerk", "manager")),
    ("dossiers:certify", "Chứng thực", ("clerk", "manager")),
    ("dossiers:work", "Việc của tôi", ("specialist", "manager")),
    ("dossiers:sign_queue", "Ký duyệt", ("leader", "head", "archivist")),
    ("dossiers:apologies", "Xin lỗi", ("clerk", "specialist", "leader", "head", "manager")),
    ("dossiers:overdue", "Quá hạn", ("clerk", "specialist", "leader", "head", "manager")),
    ("dossiers:list", "Hồ sơ", ("clerk", "specialist", "leader", "head", "manager", "archivist", "auditor", "province")),
    ("dossiers:messages", "Tin nhắn", ("clerk", "manager")),
    ("dossiers:certification_books", "Sổ chứng thực", ("clerk", "leader", "head", "manager", "archivist", "auditor")),
    ("dossiers:certification_setting", "Cài đặt chứng thực", ("admin",)),
    ("roster:week", "Trực", ("clerk", "specialist", "archivist", "leader", "head", "manager", "auditor")),
    ("audit", "Kiểm tra lịch sử", ("auditor",)),
    ("worktime:days", "Lịch nghỉ", ("leader", "head", "manager", "admin")),
    ("workflows:list", "Quy trình", ("manager", "admin")),
    ("staff:people", "Người dùng", ("admin",)),
    ("dossiers:result_templates", "Mẫu kết quả", ("manager", "admin")),
    ("procedures:list", "Thủ tục", ()),
    ("shortcuts", "Phím tắt", ()),
)
KEYS = {"dossiers:intake": "F2"}


@dataclass(frozen=True)
class Link:
    """One entry of the navigation; `key` is the shortcut that follows it on staff pages."""

    url: str
    label: str
    is_current: bool
    key: str = ""


class Frame:
    """What the header and the footer show; each part is fetched only when a template asks for it."""

    def __init__(self, request: HttpRequest):
        self._request = request

    @cached_property
    def choice(self) -> Choice:
        return choice_of(self._request)

    @property
    def lang(self) -> str:
        return translation.get_language() or settings.LANGUAGE_CODE

    @property
    def language_is_unfinished(self) -> bool:
        """The visitor chose a language whose texts are not approved yet."""
        return language_shown(self.choice.language) != self.choice.language

    @property
    def languages(self) -> list[tuple[str, str]]:
        return settings.LANGUAGES

    @property
    def html_class(self) -> str:
        """Classes of the root element that carry the size of letters and the contrast."""
        size = "" if self.choice.size == "100" else f"size-{self.choice.size}"
        return f"{size} {'contrast' if self.choice.contrast == 'cao' else ''}".strip()

    @property
    def return_path(self) -> str:
        """Where a change of display choices leads back to; the page of what is not there never repeats its address."""
        return "/" if getattr(self._request, "found_nothing", False) else self._request.get_full_path()

    @property
    def is_closed(self) -> bool:
        return is_closed_page(self._request)

    @property
    def base(self) -> str:
        """The base template of a page that may be met on either side, such as 404."""
        return "staff_base.html" if self.is_closed and self._request.user.is_authenticated else "base.html"

    @cached_property
    def agency(self):
        """The agency that speaks on this page, or None before any is set up."""
        chosen = getattr(self._request, "speaking_agency", None)
        if chosen is not None:
            return chosen
        if self.is_closed and self._request.user.is_authenticated:
            return self._request.user.agency
        from onestop.staff.access import public_agency  # the ground floor loads models, the frame loads before them

        return public_agency(self._request)

    @property
    def unit(self) -> str:
        return self.agency.desk_name if self.agency else "Cổng Một cửa"

    @cached_property
    def opening_hours(self) -> str:
        """The hours of a usual week in words; empty when nothing is known."""
        return usual_hours(self.agency.pk, timezone.localdate()) if self.agency else ""

    @property
    def idle_seconds(self) -> int:
        return int(settings.IDLE_LIMIT.total_seconds())

    @cached_property
    def nav(self) -> list[Link]:
        user = getattr(self._request, "user", None) if self.is_closed else None
        if user is None or not user.is_authenticated:
            return self._links((name, label) for name, label in PUBLIC_NAV)
        return self._links((name, label) for name, label, roles in STAFF_NAV if not roles or user.has_role(*roles))

    def _links(self, pairs) -> list[Link]:
        here = self._request.path
        links = []
        for name, label in pairs:
            url = _address(name)
            if url:
                is_current = here == url or (here.startswith(url) and name.endswith(":list"))
                links.append(Link(url, label, is_current, KEYS.get(name, "")))
        return links


# The footer stands on every page, so a week's hours are asked for once a minute and not once a page.
_HOURS_KEPT = 60.0
_hours: dict[tuple[int, date, str], tuple[float, str]] = {}
DAYS = (
    gettext_lazy("thứ Hai"),
    gettext_lazy("thứ Ba"),
    gettext_lazy("thứ Tư"),
    gettext_lazy("thứ Năm"),
    gettext_lazy("thứ Sáu"),
    gettext_lazy("thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)


def usual_hours(agency_id: int, today: date) -> str:
    """The hours of a usual week in words: "thứ Hai – thứ Sáu: 07:30–11:30, 13:30–17:00"; at most a minute old."""
    key = agency_id, today, translation.get_language() or ""
    asked_at, words = _hours.get(key, (float("-inf"), ""))
    if time.monotonic() - asked_at > _HOURS_KEPT:
        if len(_hours) > 1000:
            _hours.clear()
        words = _say_week(agency_id, today)
        _hours[key] = time.monotonic(), words
    return words


def _say_week(agency_id: int, today: date) -> str:
    from onestop.worktime import store  # loads models, and the frame loads before them

    try:
        calendar, hours = store.calendar_in_force(agency_id), store.opening_hours(agency_id)
        week: dict[int, str] = {}
        # Days that differ (holidays, swaps) say nothing about a usual week: look a fortnight ahead for one of each weekday.
        for day in (today + timedelta(days=n) for n in range(14)):
            usual_off = day.weekday() >= SATURDAY
            if calendar.is_working(day) is not usual_off:
                week.setdefault(day.weekday(), say_sessions(hours.desk_sessions(day, calendar)))
    except CannotPromise:
        return ""
    runs = [(words, [day for day, _ in days]) for words, days in groupby(sorted(week.items()), key=lambda item: item[1]) if words]
    return "; ".join(f"{DAYS[days[0]]}{f' – {DAYS[days[-1]]}' if len(days) > 1 else ''}: {words}" for words, days in runs)


def say_sessions(sessions: Iterable[tuple[clock, clock]]) -> str:
    """"07:30–11:30, 13:30–17:00"."""
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in sessions)


class BareFrame(Frame):
    """A frame that asks the database for nothing: for the page that says that something broke."""

    agency = None
    nav: list[Link] = []


def _address(name: str) -> str:
    """The address of a page, or nothing where the installation does not serve it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def speak_for(request: HttpRequest, agency) -> None:
    """Let this page's frame show the agency of the dossier it is about (and ask the database for no other)."""
    request.speaking_agency = agency


def page_frame(request: HttpRequest) -> dict:
    """Context processor: `frame` for the templates."""
    return {"frame": Frame(request)}


def own_path(request: HttpRequest, wanted: str, default: str = "/") -> str:
    """The wanted return path when it lies on this host, else the default."""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return default


# -- what one response may do beyond the site's policy ------------------------------------
@cache
def status_style_hash() -> str:
    """CSP source of the one inline style sheet, counted once per process from the very text of the template."""
    digest = hashlib.sha256(render_to_string("_status_style.html").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def allow_inline_style(response: HttpResponse) -> HttpResponse:
    """Let this response carry `<style>{% include "_status_style.html" %}</style>`, and no other inline style."""
    response._csp_update = {**getattr(response, "_csp_update", {}), "style-src": [status_style_hash()]}
    return response
