"""What a citizen sees: the look-up, the link of a slip, the state of his dossier.

Every failure has one answer. A secret comes by POST or in the link of a slip, and becomes a grant at once
(grants.py), so that it stands in no address that is kept, shown or sent on.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lookup
from dossiers.forms.lookup import LookupForm
from dossiers.grants import GrantCookie
from dossiers.lookup import Opened, TokenExpired, TooManyTries
from dossiers.public_apology import apology_of, file_of_latest
from dossiers.public_facts import facts_of
from dossiers.public_slip import slip_of
from dossiers.public_status import page_of
from dossiers.views.reception import see_other
from onestop.display import Frame, allow_inline_style, speak_for
from onestop.logs import limited_address
from onestop.papers.showing import shown_pdf
from onestop.templatetags.onestop import Problem
from onestop.vault import files

GRANT = GrantCookie("tra-cuu", "/tra-cuu/")
# Why the look-up is shown instead of what was asked for; words of ours, never what a visitor sent.
GRANT_ENDED, TOKEN_ENDED = "het-gio", "het-han"


def personal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A public page about one person: kept by no cache, found by no search engine, told to no other site."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return answered


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def find(request: HttpRequest) -> HttpResponse:
    """Ask for code and lookup code, and open the dossier that both fit."""
    if request.method != "POST":
        form = LookupForm(initial={"ma": LookupForm.typed(request.GET)["ma"]})
        return render(request, "dossiers/public/lookup.html", {"form": form, "notice": _notice(request.GET.get("vi-sao", ""))})
    typed = LookupForm.typed(request.POST)
    form = LookupForm(typed)
    if not form.is_valid():
        return render(request, "dossiers/public/lookup.html", {"form": form}, status=422)
    try:
        opened = lookup.by_code(typed["ma"], typed["ma_tra_cuu"], address=limited_address(request), at=timezone.now())
    except TooManyTries as limit:
        return too_many(request, limit)
    if opened is None:
        return not_found(request, typed, status=422)
    response = see_other(reverse("dossiers:status"))
    GRANT.keep(response, opened)
    return response


def _notice(reason: str) -> str:
    if reason == TOKEN_ENDED:
        return gettext("Mã QR chỉ mở được trong 90 ngày sau khi trả kết quả. Xin nhập mã hồ sơ và mã tra cứu trên giấy hẹn.")
    if reason == GRANT_ENDED:
        return gettext("Trang tình trạng hồ sơ mở trong 30 phút sau khi tra cứu. Xin nhập lại hoặc quét lại mã QR.")
    return ""


def not_found(request: HttpRequest, typed: dict[str, str] | None = None, *, status: int = 404) -> HttpResponse:
    """The one answer to every code, secret and token that opens nothing."""
    text = gettext("Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này. Xin xem lại giấy hẹn hoặc gọi %(phone)s") % {
        "phone": _phone(request)
    }
    context = {"form": LookupForm(initial=typed), "problems": [Problem(text, "id_ma")], "has_errors": True}
    return render(request, "dossiers/public/lookup.html", context, status=status)


def too_many(request: HttpRequest, limit: TooManyTries) -> HttpResponse:
    """A limit is reached: how long to wait, whom to call, and that the slip's QR still works."""
    words = {"n": limit.minutes, "phone": _phone(request)}
    text = gettext("Đã thử quá nhiều lần. Xin thử lại sau %(n)s phút hoặc gọi %(phone)s") % words
    response = render(request, "dossiers/public/too_many.html", {"text": text}, status=429)
    response["Retry-After"] = str(limit.seconds)
    return response


def _phone(request: HttpRequest) -> str:
    """The number of the site's agency: that of the dossier's would tell that there is one."""
    agency = Frame(request).agency
    return (agency.hotline if agency else "") or gettext("quầy tiếp nhận")


def exchange(request: HttpRequest, token: str, grant: GrantCookie, clean_address: str) -> HttpResponse:
    """Turn the token of a slip into a grant and go on at an address without it."""
    try:
        opened = lookup.by_token(token, address=limited_address(request), at=timezone.now())
    except TokenExpired:
        response = redirect(f"{reverse('dossiers:lookup')}?vi-sao={TOKEN_ENDED}")
    except TooManyTries as limit:
        response = too_many(request, limit)
    else:
        if opened is None:
            response = not_found(request)
        else:
            response = redirect(clean_address)
            grant.keep(response, opened)
    # This one address holds the secret, so it is told to nobody, not even to our own next page.
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_safe
@personal
def token(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a slip's QR."""
    return exchange(request, token, GRANT, reverse("dossiers:status"))


@login_not_required
@require_safe
@personal
def status(request: HttpRequest) -> HttpResponse:
    """The state of the dossier, or what a supplement slip asks for, for whoever holds a grant."""
    opened = GRANT.read(request)
    response = _show(request, opened) if opened is not None else None
    if response is None:
        return redirect(f"{reverse('dossiers:lookup')}?vi-sao={GRANT_ENDED}")
    return allow_inline_style(response)


@login_not_required
@require_safe
@personal
def status_letter(request: HttpRequest) -> HttpResponse:
    """The letter of apology, byte for byte as it was signed, for whoever holds a grant."""
    opened = GRANT.read(request)
    sha256 = file_of_latest(opened.pk, opened.version) if opened is not None and opened.kind == lookup.DOSSIER else None
    if sha256 is None:
        return redirect(f"{reverse('dossiers:lookup')}?vi-sao={GRANT_ENDED}")
    return shown_pdf(files.read(sha256), "van-ban-xin-loi.pdf", in_our_frames=False)


def _show(request: HttpRequest, opened: Opened) -> HttpResponse | None:
    now = timezone.now()
    if opened.kind == lookup.SUPPLEMENT:
        slip = slip_of(opened.pk, now)
        if slip is None:
            return None
        speak_for(request, slip[1])
        return render(request, "dossiers/public/supplement.html", {"page": slip[0]})
    facts = facts_of(opened.pk, opened.version)
    if facts is None:
        return None
    speak_for(request, facts.office)
    return render(request, "dossiers/public/status.html", {"page": page_of(facts, now), "apology": apology_of(facts.letter_id, now)})
