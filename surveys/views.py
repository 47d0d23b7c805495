"""The ballot: one tap on a face after the return of the result, and, whoever likes, the reasons afterwards."""

import uuid
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.grants import GrantCookie
from dossiers.models import Dossier
from dossiers.public_words import say_procedure
from dossiers.views.public import GRANT_ENDED, exchange, personal
from dossiers.views.reception import see_other
from onestop.display import speak_for
from surveys.ballots import AlreadyGiven, agency_of, explain, give, is_given, returned_dossier, waits_for_reasons
from surveys.forms import ReasonsForm
from surveys.models import Score

PATH = "/danh-gia/"
GRANT = GrantCookie("danh-gia", PATH)
# Names the answer, never the dossier, and only until the reasons are given or skipped.
ANSWER = "cam-on" if settings.ON_LOOPBACK else "__Secure-cam-on"
ANSWER_SALT = "surveys.answer"
ANSWER_SECONDS = 600


@login_not_required
@require_safe
@personal
def ballot(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a slip or of the status page."""
    return exchange(request, token, GRANT, reverse("surveys:vote"))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def vote(request: HttpRequest) -> HttpResponse:
    """The four faces; each is a button of its own, so that one tap is the whole answer."""
    opened = GRANT.read(request)
    if opened is None:
        return redirect("surveys:thanks") if _answer(request) else redirect(f"{reverse('dossiers:lookup')}?vi-sao={GRANT_ENDED}")
    dossier = returned_dossier(opened)
    if dossier is None:
        return render(request, "surveys/not_yet.html")
    speak_for(request, dossier.agency)
    if request.method == "POST":
        return _take(request, dossier)
    if is_given(dossier):
        return render(request, "surveys/already.html")
    return _ask(request, dossier)


def _ask(request: HttpRequest, dossier: Dossier, *, status: int = 200) -> HttpResponse:
    names = dossier.procedure
    name, language = say_procedure(SimpleNamespace(procedure_name=names.name, procedure_label=names.label, procedure_name_en=names.name_en))
    context = {
        "scores": Score.choices,
        "procedure": name,
        "procedure_language": language,
        "code": dossier.code,
        "nothing_chosen": status != 200,
    }
    return render(request, "surveys/ballot.html", context, status=status)


def _take(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    chosen = {str(score.value): score for score in Score}.get(request.POST.get("muc", ""))
    if chosen is None:
        return _ask(request, dossier, status=422)
    try:
        answer = give(dossier, chosen, at=timezone.now())
    except AlreadyGiven:
        return render(request, "surveys/already.html", status=409)
    response = see_other(reverse("surveys:thanks"))
    # From here on the browser holds nothing that names dossier and answer together.
    GRANT.drop(response)
    response.set_signed_cookie(
        ANSWER,
        str(answer.pk),
        salt=ANSWER_SALT,
        max_age=ANSWER_SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _answer(request: HttpRequest) -> uuid.UUID | None:
    """The answer that this browser gave a few minutes ago."""
    text = request.get_signed_cookie(ANSWER, default="", salt=ANSWER_SALT, max_age=ANSWER_SECONDS)
    return uuid.UUID(text) if text else None


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def thanks(request: HttpRequest) -> HttpResponse:
    """Thank; ask for the reasons of an answer that was not a happy one."""
    answer = _answer(request)
    if request.method == "POST":
        form = ReasonsForm(request.POST)
        if answer is not None and form.is_valid():
            explain(answer, form.cleaned_data["ly_do"])
        return see_other(reverse("surveys:thanks"))
    agency = agency_of(answer) if answer is not None else None
    if agency is not None:
        speak_for(request, agency)
    form = ReasonsForm() if answer is not None and waits_for_reasons(answer) else None
    return render(request, "surveys/thanks.html", {"form": form})
