"""The office's texts for its own letters: the list, writing, looking at a sample, publishing, ending.

Everything here is the person's own agency's; what is shipped can only be taken over as a draft.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import issuing
from dossiers.forms.results import PublishTemplateForm, TemplateForm
from dossiers.issuing import ResultText
from dossiers.views.reception import see_other
from onestop.papers.showing import shown_pdf
from onestop.staff.access import role_required
from onestop.staff.models import Agency
from procedures import result_templates as texts
from procedures.models import ResultTemplate, ResultTemplateDraft
from procedures.result_templates import EDITORS
from procedures.result_text import PLACES, SAMPLE, fill


@role_required(*EDITORS)
@require_safe
def result_templates(request: HttpRequest) -> HttpResponse:
    """What the office may draft from, what is being written, and what is shipped as a suggestion."""
    agency_id, today = request.user.agency_id, timezone.localdate()
    published, drafts = texts.texts_of(agency_id), texts.drafts_of(agency_id)
    taken = {text.name for text in [*published, *drafts]}
    context = {
        "texts": [(text, _state(text, today)) for text in published],
        "drafts": drafts,
        "suggestions": [(place, one, one.name in taken) for place, one in enumerate(texts.suggestions())],
    }
    return render(request, "dossiers/results/templates.html", context)


def _state(text: ResultTemplate, today: Any) -> tuple[str, str]:
    """Word and colour of its tag."""
    if text.effective_from > today:
        return (f"{'Ngừng' if text.withdrawn else 'Áp dụng'} từ {text.effective_from:%d/%m/%Y}", "blue")
    return ("Ngừng dùng", "grey") if text.withdrawn else ("Đang dùng", "green")


@role_required(*EDITORS)
@require_POST
def result_template_new(request: HttpRequest) -> HttpResponse:
    """Open a draft: empty, from a suggestion (`goi-y`) or as the next number of a text (`mau`)."""
    user, source = request.user, request.POST.get("goi-y", "")
    shipped = dict(enumerate(texts.suggestions()))
    suggestion = shipped.get(int(source)) if source.isascii() and source.isdigit() and len(source) < 4 else None
    template = _own(ResultTemplate, request, request.POST["mau"]) if request.POST.get("mau") else None
    try:
        draft = texts.start(by=user, at=timezone.now(), suggestion=suggestion, template=template)
    except texts.Refused as refusal:
        messages.error(request, str(refusal))
        return see_other(reverse("dossiers:result_templates"))
    return see_other(reverse("dossiers:result_template", args=[draft.pk]))


def _own(model: Any, request: HttpRequest, pk: Any) -> Any:
    """The row of the person's own agency, else 404."""
    if not (str(pk).isascii() and str(pk).isdigit() and len(str(pk)) < 19):
        raise Http404
    found = model.objects.filter(pk=pk, agency_id=request.user.agency_id).select_related("procedure", "made_by").first()
    if found is None:
        raise Http404
    return found


@role_required(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def result_template(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft: write, look at it filled with a sample, keep, publish, throw away."""
    draft = _own(ResultTemplateDraft, request, pk)
    form, publishing = TemplateForm.of(draft), PublishTemplateForm(initial={"effective_from": timezone.localdate()})
    problem, status, act = "", 200, request.POST.get("act", "")
    if request.method == "POST":
        form, status = TemplateForm(request.POST), 422
        publishing = PublishTemplateForm(request.POST) if act == "publish" else publishing
        try:
            done = _ACTS.get(act, _save)(request, draft, form, publishing)
        except texts.Refused as refusal:
            done = None
            at = next((one for one in (form, publishing) if refusal.field and refusal.field in one.fields), None)
            if at is not None:
                at.add_error(refusal.field, str(refusal))
            else:
                problem, status = str(refusal), 409
        if done is not None:
            return done
    context = {
        "draft": draft,
        "form": form,
        "publishing": publishing,
        "problem": problem,
        "places": PLACES,
        "revision": request.POST.get("revision", "") if status == 422 else draft.revision,
        "has_errors": status != 200,
    }
    return render(request, "dossiers/results/template.html", context, status=status)


def _revision(request: HttpRequest) -> int | None:
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def _save(request: HttpRequest, draft: ResultTemplateDraft, form: TemplateForm, publishing: PublishTemplateForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    texts.save(draft, form.cleaned_data, by=request.user, at=timezone.now(), revision=_revision(request))
    messages.success(request, "Đã lưu dự thảo mẫu.")
    return see_other(reverse("dossiers:result_template", args=[draft.pk]))


def _look(request: HttpRequest, draft: ResultTemplateDraft, form: TemplateForm, publishing: PublishTemplateForm) -> HttpResponse | None:
    return shown_pdf(sample_of(request.user.agency, form.cleaned_data), "mau-ket-qua.pdf") if form.is_valid() else None


def _publish(request: HttpRequest, draft: ResultTemplateDraft, form: TemplateForm, publishing: PublishTemplateForm) -> HttpResponse | None:
    """What is on the screen is kept first, so that exactly this is published."""
    both = [form.is_valid(), publishing.is_valid()]
    if not all(both):
        return None
    now = timezone.now()
    kept = texts.save(draft, form.cleaned_data, by=request.user, at=now, revision=_revision(request))
    on = publishing.cleaned_data["effective_from"]
    done = texts.publish(kept, effective_from=on, today=timezone.localdate(now), by=request.user, at=now, revision=kept.revision)
    messages.success(request, f"Đã ban hành mẫu “{done.name}”, lần {done.number}, áp dụng từ {on:%d/%m/%Y}.")
    return see_other(reverse("dossiers:result_templates"))


def _drop(request: HttpRequest, draft: ResultTemplateDraft, form: TemplateForm, publishing: PublishTemplateForm) -> HttpResponse:
    texts.drop(draft, by=request.user, at=timezone.now(), revision=_revision(request))
    messages.success(request, "Đã bỏ dự thảo mẫu.")
    return see_other(reverse("dossiers:result_templates"))


_ACTS: dict[str, Callable[..., HttpResponse | None]] = {"save": _save, "look": _look, "publish": _publish, "drop": _drop}


@role_required(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def result_template_text(request: HttpRequest, pk: int) -> HttpResponse:
    """A published text, as it stands; by POST it is ended. With ?xem=1 filled with the sample, as PDF."""
    template = _own(ResultTemplate, request, pk)
    if request.GET.get("xem") == "1":
        return shown_pdf(sample_of(request.user.agency, template.words), "mau-ket-qua.pdf")
    problem = ""
    if request.method == "POST":
        now = timezone.now()
        try:
            texts.withdraw(template, today=timezone.localdate(now), by=request.user, at=now)
        except texts.Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"Mẫu “{template.name}” ngừng dùng từ hôm nay.")
            return see_other(reverse("dossiers:result_templates"))
    numbers = list(ResultTemplate.objects.filter(agency_id=template.agency_id, series=template.series).select_related("published_by"))
    context = {
        "template": template,
        "numbers": numbers,
        "is_last": numbers[-1].pk == template.pk and not template.withdrawn,
        "state": _state(template, timezone.localdate()),
        "problem": problem,
    }
    return render(request, "dossiers/results/text.html", context, status=409 if problem else 200)


def sample_of(agency: Agency, values: dict[str, Any]) -> bytes:
    """The text as a draft, filled with people who do not exist."""
    filled = {name: fill(str(values[name]), SAMPLE) for name in ("abstract", "addressee", "body")}
    text = ResultText(document_type=values["document_type"], symbol=values["symbol"], granted=bool(values["granted"]), **filled)
    return issuing.draft_file(issuing.sample_slip(agency, text, at=timezone.now()))
