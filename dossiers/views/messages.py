"""What was told to whom: the outbox of an agency, whom it does not reach, and the filer's own word about messages."""

from urllib.parse import urlencode

from django.contrib import messages as banner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import lifecycle
from dossiers.forms.messages import MessageChoiceForm
from dossiers.listing import CURSOR_KEY, Lines
from dossiers.message_list import FIRST_TAB, TABS, counts, messages_page, unreached_page
from dossiers.statuses import DESK, MOVES, Act
from dossiers.views.acting import ActPage
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.outbox import channels
from onestop.outbox.models import Message
from onestop.outbox.queue import NotDead, send_again
from onestop.staff.access import role_required
from onestop.worktime.store import calendar_in_force


@role_required(*DESK)
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """One tab of the outbox, 50 messages a page."""
    agency_id = request.user.agency_id
    tab = request.GET.get("muc", "")
    tab = tab if tab in TABS else FIRST_TAB
    after = request.GET.get(CURSOR_KEY, "")
    page = messages_page(agency_id, tab, after)
    number = counts(agency_id)
    note_access(request, AccessKind.LIST, f"agency:{agency_id}", f"Tin nhắn: {tab}; {len(page.rows)} dòng")
    context = {
        "tabs": [(slug, _label(words, number.get(slug, 0)), slug == tab) for slug, (words, *_) in TABS.items()],
        "rows": page.rows,
        "empty": TABS[tab][2],
        "nobody_is_reached": channels.nobody_is_reached(),
        "next_page": f"?{urlencode({'muc': tab, CURSOR_KEY: page.next})}" if page.next else "",
        "first_page": f"?{urlencode({'muc': tab})}" if after else "",
    }
    return render(request, "dossiers/messages.html", context)


def _label(words: str, number: int) -> str:
    return f"{words} ({number})" if number else words


@role_required(*DESK)
@require_POST
def message_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message that was given up once more."""
    message = get_object_or_404(Message.objects.of_agency(request.user.agency_id), pk=pk)
    try:
        send_again(message, by=request.user, at=timezone.now())
    except NotDead as refusal:
        banner.warning(request, str(refusal))
    else:
        banner.success(request, "Đã đưa tin vào danh sách chờ gửi.")
    return see_other(f"{reverse('dossiers:messages')}?muc=khong-gui-duoc")


@role_required(*DESK)
@require_safe
def unreachable(request: HttpRequest) -> HttpResponse:
    """Dossiers whose filer no message reaches, with what to do instead."""
    user, after = request.user, request.GET.get(CURSOR_KEY, "")
    page = unreached_page(user.agency_id, after, Lines(timezone.now(), calendar_in_force(user.agency_id)))
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Không liên lạc được: {len(page.rows)} dòng")
    context = {
        "rows": page.rows,
        "next_page": f"?{urlencode({CURSOR_KEY: page.next})}" if page.next else "",
        "first_page": reverse("dossiers:unreachable") if after else "",
    }
    return render(request, "dossiers/unreachable.html", context)


@role_required(*MOVES[Act.CHOOSE_MESSAGES].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def message_choice(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the filer's word that he wants messages, or none."""
    page = ActPage(request, code, Act.CHOOSE_MESSAGES, MessageChoiceForm)
    if page.is_ready():
        with page.trying():
            wanted = page.values["wanted"] == "1"
            lifecycle.choose_messages(page.dossier, wanted=wanted, **page.signature)
            return page.done("Từ nay báo tin cho người nộp." if wanted else "Từ nay không gửi tin cho người nộp.")
    return page.show("dossiers/message_choice.html", title="Nhận tin nhắn")
