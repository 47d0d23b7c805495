"""A citizen asks for his dossier back, or thinks again, with the grant that his slip has opened (views/public.py).

Asking takes two steps, so that nobody withdraws with one careless touch. Whatever was sent twice is done once.
"""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle, lookup
from dossiers.models import Dossier
from dossiers.public_ending import may_withdraw
from dossiers.public_facts import facts_of
from dossiers.public_words import say_place, say_procedure
from dossiers.statuses import NotAllowed, Status
from dossiers.views.public import GRANT, GRANT_ENDED, personal
from dossiers.views.reception import see_other
from onestop.display import speak_for
from onestop.reading import Unreadable
from onestop.reading.names import clean_text

LONGEST_REASON = 300


class AskBackForm(forms.Form):
    """Why, if he wants to say so."""

    ly_do = forms.CharField(
        label=gettext_lazy("Lý do"),
        required=False,
        max_length=LONGEST_REASON,
        error_messages={"max_length": gettext_lazy("Xin ghi lý do ngắn lại, nhiều nhất 300 chữ")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_ly_do(self) -> str:
        try:
            return clean_text(" ".join(self.cleaned_data["ly_do"].split()), limit=LONGEST_REASON)
        except Unreadable:
            raise forms.ValidationError(gettext("Xin ghi lý do bằng chữ thường, không có ký hiệu lạ")) from None


def _opened(request: HttpRequest):
    """The facts of the dossier that this browser may see, or None."""
    opened = GRANT.read(request)
    if opened is None or opened.kind != lookup.DOSSIER:
        return None
    facts = facts_of(opened.pk, opened.version)
    if facts is not None:
        speak_for(request, facts.office)
    return facts


def _ended() -> HttpResponse:
    return redirect(f"{reverse('dossiers:lookup')}?vi-sao={GRANT_ENDED}")


def _show(request: HttpRequest, facts, template: str, *, status: int = 200, **more) -> HttpResponse:
    now = timezone.now()
    name, language = say_procedure(facts)
    context = {"facts": facts, "procedure": name, "procedure_language": language, "place": say_place(facts.office, now), **more}
    return render(request, f"dossiers/public/{template}.html", context, status=status)


def _too_late(request: HttpRequest, facts) -> HttpResponse:
    """It cannot be asked back (any more): whom to ask instead."""
    phone = facts.office.hotline or gettext("quầy tiếp nhận")
    text = gettext("Hồ sơ này không rút được nữa: kết quả đã ký, hoặc hồ sơ đã kết thúc. Muốn hỏi thêm, xin gọi %(phone)s.")
    return _show(request, facts, "ask_back", status=409, problem=text % {"phone": phone})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def ask_back(request: HttpRequest) -> HttpResponse:
    """Explain, take the reason, let it be confirmed, and ask."""
    facts = _opened(request)
    if facts is None:
        return _ended()
    if facts.status == Status.WITHDRAWAL_REQUESTED:
        return see_other(reverse("dossiers:status"))
    if not may_withdraw(facts):
        return _too_late(request, facts)
    if request.method != "POST":
        return _show(request, facts, "ask_back", form=AskBackForm())
    form = AskBackForm(request.POST)
    if not form.is_valid():
        return _show(request, facts, "ask_back", status=422, form=form, has_errors=True)
    if request.POST.get("xac_nhan") != "1":
        return _show(request, facts, "ask_back_confirm", reason=form.cleaned_data["ly_do"])
    try:
        lifecycle.request_withdrawal_online(
            facts.pk, secret_version=facts.secret_version, reason=form.cleaned_data["ly_do"], at=timezone.now()
        )
    except lifecycle.AlreadyDone:
        pass  # the form was sent twice
    except NotAllowed:
        return _too_late(request, facts)
    except Dossier.DoesNotExist:
        return _ended()
    return see_other(reverse("dossiers:status"))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def think_again(request: HttpRequest) -> HttpResponse:
    """Let the work go on after all."""
    facts = _opened(request)
    if facts is None:
        return _ended()
    if facts.status != Status.WITHDRAWAL_REQUESTED:
        return see_other(reverse("dossiers:status"))
    if request.method != "POST":
        return _show(request, facts, "think_again")
    try:
        lifecycle.take_back_withdrawal_online(facts.pk, secret_version=facts.secret_version, at=timezone.now())
    except lifecycle.AlreadyDone:
        pass  # the form was sent twice, or the papers have been given back meanwhile: the page says which
    except Dossier.DoesNotExist:
        return _ended()
    return see_other(reverse("dossiers:status"))
