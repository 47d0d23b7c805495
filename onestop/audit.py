"""The auditor's page: is the history of a commune whole, what holds it together, and what no chain can show.

Three ways to look: the check of last night, a check now, and a printed paper laid beside the chain
(the 8 characters on a slip, the seal of a daily sheet), which also shows what a chain cannot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, cast

from django import forms
from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossiers.models import Dossier
from onestop.history.access import AccessKind, note_access
from onestop.history.checks import LastCheck, last_check
from onestop.history.models import ChainHead, Event, Seal
from onestop.history.triggers import unguarded_tables
from onestop.history.verify import Problem, verify
from onestop.reading import Unreadable
from onestop.reading.codes import canonical_dossier_code
from onestop.reading.dates import read_full_date
from onestop.staff.access import agencies_visible_to, role_required
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role

# A check reads every entry and every row; of a longer history it belongs into the night.
MOST_ENTRIES = 20_000
MOST_PROBLEMS = 50
UNPROCESSABLE = 422
KINDS = {
    "changed": "bị sửa",
    "missing": "bị xóa",
    "inserted": "bị chèn thêm",
    "reordered": "bị đổi chỗ",
    "cut": "bị cắt đuôi",
    "unguarded": "mất khóa chống sửa",
}
# What a row of a table is called in the office.
ROWS = {
    "dossiers.apologyletter": "văn bản xin lỗi",
    "dossiers.appointment": "lần hẹn",
    "dossiers.attestationclause": "lời chứng",
    "dossiers.bookclosing": "lần khóa sổ chứng thực",
    "dossiers.certificationentry": "số chứng thực",
    "dossiers.certificationreceipt": "biên lai chứng thực",
    "dossiers.certificationsetting": "cài đặt chứng thực",
    "dossiers.consent": "ý kiến đồng ý của lãnh đạo",
    "dossiers.consultation": "lần lấy ý kiến",
    "dossiers.consultationreminder": "lần nhắc trả lời",
    "dossiers.correction": "lần nhận lại để sửa",
    "dossiers.dossier": "hồ sơ",
    "dossiers.dossiercomponent": "giấy tờ",
    "dossiers.dossierfee": "khoản phí, lệ phí",
    "dossiers.extension": "lần gia hạn",
    "dossiers.externalcode": "mã của hệ thống khác",
    "dossiers.handover": "lần bàn giao",
    "dossiers.handoverlist": "danh sách bàn giao",
    "dossiers.issuedpaper": "phiếu đã lập",
    "dossiers.messagechoice": "lựa chọn nhận tin nhắn",
    "dossiers.parcel": "bưu gửi",
    "dossiers.party": "người trong hồ sơ",
    "dossiers.pause": "lần tạm dừng",
    "dossiers.quicksign": "thủ tục ký nhanh",
    "dossiers.reclassification": "lần chuyển thủ tục",
    "dossiers.refusal": "phiếu từ chối",
    "dossiers.registerentry": "dòng sổ theo dõi",
    "dossiers.resultdocument": "dự thảo kết quả",
    "dossiers.returnofresult": "lần trả kết quả",
    "dossiers.scannedpaper": "bản quét",
    "dossiers.scansetting": "lệ quét giấy tờ",
    "dossiers.scanwaiver": "lần cho phép không quét",
    "dossiers.sendback": "lần lãnh đạo trả lại",
    "dossiers.signaturecheck": "lần kiểm tra chữ ký số",
    "dossiers.signaturepass": "lần chuyển người ký",
    "dossiers.signoff": "chữ ký",
    "dossiers.stopnotice": "thông báo dừng giải quyết",
    "dossiers.supplementrequest": "yêu cầu bổ sung",
    "dossiers.transferline": "dòng danh sách chuyển",
    "dossiers.transferlist": "danh sách chuyển",
    "dossiers.withdrawalrequest": "đơn xin rút",
    "history.seal": "niêm phong",
    "procedures.resulttemplate": "mẫu kết quả",
    "procedures.resulttemplatedraft": "dự thảo mẫu kết quả",
    "procedures.workflow": "quy trình nội bộ",
    "procedures.workflowdraft": "dự thảo quy trình",
    "staff.absence": "ngày nghỉ",
    "staff.delegation": "quyết định ủy quyền",
    "staff.dutysession": "buổi trực",
    "staff.operatingrules": "quy chế của quầy",
    "staff.user": "tài khoản",
    "worktime.calendarchange": "đề nghị đổi lịch",
}


@dataclass(frozen=True)
class Standing:
    """How far a commune's chain reaches and what of it is sealed."""

    entries: int
    last: Event | None
    seal: Seal | None
    check: LastCheck | None
    unguarded: int

    @property
    def unsealed(self) -> int:
        """Entries after the last seal: the tail."""
        return self.entries - (self.seal.seq if self.seal else 0)


def standing_of(agency_id: int) -> Standing:
    """The same few queries, however long the chain is."""
    head = ChainHead.objects.filter(agency_id=agency_id).first()
    return Standing(
        entries=head.seq if head else 0,
        last=Event.objects.filter(agency_id=agency_id).order_by("-seq").first(),
        seal=Seal.objects.filter(agency_id=agency_id).order_by("-day").first(),
        check=last_check(agency_id),
        unguarded=len(unguarded_tables()),
    )


class PaperForm(forms.Form):
    """A printed paper to compare with the chain: a slip by its dossier's code, a daily sheet by its day."""

    paper = forms.CharField(
        label="Mã hồ sơ, hoặc ngày của phiếu tổng hợp",
        max_length=60,
        help_text="Ví dụ: H61.26-261120-0001, hoặc 20/11/2026",
        error_messages={"required": "Nhập mã hồ sơ, hoặc ngày của phiếu tổng hợp"},
    )
    mark = forms.CharField(
        label="Mã kiểm chứng in trên giấy",
        max_length=40,
        help_text="8 ký tự trên phiếu, 16 ký tự trên phiếu tổng hợp ngày",
        error_messages={"required": "Nhập mã kiểm chứng in trên giấy"},
    )

    def clean_paper(self) -> str | date:
        text = self.cleaned_data["paper"].strip()
        try:
            return read_full_date(text) if "/" in text else canonical_dossier_code(text)
        except Unreadable as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_mark(self) -> str:
        mark = re.sub(r"\s", "", self.cleaned_data["mark"]).lower()
        if not re.fullmatch(r"[0-9a-f]{8}|[0-9a-f]{16}", mark):
            raise forms.ValidationError("Mã kiểm chứng gồm 8 hoặc 16 ký tự, chỉ có số và các chữ từ a đến f")
        return mark


def is_in_chain(agency_id: int, paper: str | date, mark: str) -> bool:
    """Whether the chain has an entry about this paper that begins with these characters."""
    if isinstance(paper, date):
        return Seal.objects.filter(agency_id=agency_id, day=paper, hash__startswith=mark).exists()
    dossier = Dossier.objects.filter(agency_id=agency_id, code=paper).first()
    if dossier is None:
        return False
    # Every subject whose entry is printed on a paper of the dossier.
    subjects = [f"dossier:{dossier.pk}"]
    subjects += [f"supplement:{key}" for key in dossier.supplement_requests.values_list("pk", flat=True)]
    subjects += [f"letter:{key}" for key in dossier.letters.values_list("pk", flat=True)]
    return Event.objects.filter(agency_id=agency_id, subject__in=subjects, hash__startswith=mark).exists()


@role_required(Role.AUDITOR, Role.HEAD, Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: HttpRequest) -> HttpResponse:
    """The state of the chain; a check at once; a paper laid beside it."""
    agency, choices = _agency(request)
    now = timezone.now()
    standing = standing_of(agency.pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    context: dict[str, Any] = {"agency": agency, "choices": choices, "standing": standing, "too_long": standing.entries > MOST_ENTRIES}
    form, status = PaperForm(), 200
    if act == "check" and not context["too_long"]:
        note_access(request, AccessKind.VIEW, f"agency:{agency.pk}", "Kiểm tra lịch sử")
        found = list(islice(verify([agency.pk]), MOST_PROBLEMS + 1))
        context |= {
            "checked_at": now,
            "problems": [(_say(each), each) for each in found[:MOST_PROBLEMS]],
            "more": len(found) > MOST_PROBLEMS,
        }
    elif act == "compare":
        form = PaperForm(request.POST)
        if form.is_valid():
            note_access(request, AccessKind.VIEW, f"agency:{agency.pk}", "Đối chiếu giấy đã in với lịch sử")
            context["compared"] = is_in_chain(agency.pk, form.cleaned_data["paper"], form.cleaned_data["mark"])
        else:
            status = UNPROCESSABLE
    return render(request, "frame/audit.html", context | {"form": form}, status=status)


def _say(problem: Problem) -> str:
    """ "Lần hẹn số 36 của hồ sơ H61.26-261120-0001 bị sửa"; the technical place and reason stand below it."""
    kind, _, key = problem.place.partition(" ")
    done = KINDS[problem.kind]
    if kind == "head":
        return f"Đầu chuỗi {done}"
    if kind in ROWS:
        row = ROWS[kind]
        return f"{row[:1].upper()}{row[1:]} số {key}{_of_dossier(kind, key)} {done}"
    what = {"event": "Mục lịch sử", "table": "Bảng", "access": "Dòng truy cập"}.get(kind, f"Dòng {kind} số")
    return f"{what} {key.removeprefix('entry ').removeprefix('entries ')} {done}"


def _of_dossier(label: str, key: str) -> str:
    """Whose row it is, as far as the tables still say; a forged row may name a dossier that is none."""
    model = apps.get_model(label)
    path = "code" if model is Dossier else "dossier__code" if "dossier" in {field.name for field in model._meta.fields} else ""
    if not path or not (key.isascii() and key.isdigit() and len(key) < 19):
        return ""
    code = model._default_manager.filter(pk=int(key)).values_list(path, flat=True).first()
    return f" ({code})" if code and model is Dossier else f" của hồ sơ {code}" if code else ""


def _agency(request: HttpRequest) -> tuple[Agency, list[Agency]]:
    """Whose history, and those to choose from: an auditor of the province sees every commune's."""
    user = cast(User, request.user)
    choices = list(agencies_visible_to(user).order_by("code"))
    wanted = request.GET.get("don-vi", user.agency.code)
    agency = next((agency for agency in choices if agency.code == wanted), None)
    if agency is None:
        raise Http404
    return agency, choices if len(choices) > 1 else []
