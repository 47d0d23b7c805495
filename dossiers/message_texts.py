"""What messages to citizens say: the texts of each event, fitted to what a channel holds. Values in, text out.

A text message goes without accents, as one message of at most 160 characters; the sentences of a text stand in
the order in which they may be given up, last first. Nothing here holds a name, a number or a reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from django.db.models import TextChoices

from dossiers.timeliness import LOCAL
from onestop.outbox.texts import LINK, SMS_LENGTH, check_sms, plain
from onestop.reading.dates import say_moment

OFFICE_LENGTH, PHONE_LENGTH, ZALO_LENGTH = 21, 11, 400
DIGITS = "0123456789"


class Event(TextChoices):
    """What a citizen is told of."""

    RECEIVED = "received", "Đã tiếp nhận"
    SUPPLEMENT = "supplement", "Yêu cầu bổ sung"
    DECLINED = "declined", "Từ chối tiếp nhận"
    PAYMENT = "payment", "Yêu cầu nộp tiền"
    RESULT_READY = "result_ready", "Có kết quả"
    IN_POST = "in_post", "Đã gửi bưu điện"
    APOLOGY = "apology", "Xin lỗi, hẹn lại"
    RE_DATED = "re_dated", "Đổi ngày hẹn"
    WITHDRAWAL = "withdrawal", "Xin rút hồ sơ"
    STOPPED = "stopped", "Dừng giải quyết"
    RETURNED = "returned", "Đã trả kết quả"


@dataclass(frozen=True, repr=False)
class Facts:
    """What a message may mention. `code`: of the dossier or the number of a slip; `link`: the address that stands for {link}.

    Only mail says `name`, `place` (where to come) and `desk`. `accepted`: a dossier exists; `granted`: the answer is yes.
    """

    office: str
    code: str
    phone: str = ""
    link: str = ""
    due_at: datetime | None = None
    by_day: date | None = None
    amount: int | None = None
    waybill: str = ""
    name: str = ""
    place: str = ""
    desk: str = ""
    accepted: bool = True
    granted: bool = True

    def values(self) -> dict[str, str]:
        """By the names that the texts use; "" for what is not known."""
        due = self.due_at.astimezone(LOCAL) if self.due_at else None
        return {
            "dv": short_office(self.office),
            "ma": self.code,
            "dt": short_phone(self.phone),
            "url": LINK if self.link else "",
            "gio": f"{due:%H:%M}" if due else "",
            "ngay": f"{due:%d/%m/%Y}" if due else f"{self.by_day:%d/%m/%Y}" if self.by_day else "",
            "tien": f"{self.amount:,}".replace(",", ".") if self.amount is not None else "",
            "vd": self.waybill.strip()[:20],
        }


# Each place holds one of its sentences, the first for which everything is known; "" leaves it out.
_SEE_REASON = ("Xem lý do: {url} hoặc hỏi {dt}.", "Xem lý do: {url}.", "Hỏi {dt}.", "")
_ASK = ("Hỏi {dt}.", "")
TEXTS: dict[str, tuple[tuple[str, ...], ...]] = {
    Event.RECEIVED: (
        ("{dv}: đã nhận hồ sơ {ma}. Hẹn trả {gio} ngày {ngay}.", "{dv}: đã nhận hồ sơ {ma}."),
        ("Theo dõi: {url}.", ""),
        ("Nhớ mang giấy hẹn.", ""),
    ),
    Event.SUPPLEMENT: (
        ("{dv}: hồ sơ {ma} cần bổ sung giấy tờ, chậm nhất {ngay}.", "{dv}: hồ sơ {ma} cần bổ sung giấy tờ."),
        ("Xem {url} hoặc hỏi {dt}.", "Xem {url}.", "Hỏi {dt}.", ""),
    ),
    Event.DECLINED: (("{dv}: không tiếp nhận hồ sơ {ma}.",), _SEE_REASON),
    Event.PAYMENT: (
        ("{dv}: hồ sơ {ma} cần nộp {tien} đồng tại quầy, chậm nhất {ngay}.", "{dv}: hồ sơ {ma} cần nộp {tien} đồng tại quầy."),
        ("Xem {url} hoặc hỏi {dt}.", "Xem {url}.", "Hỏi {dt}.", ""),
    ),
    Event.RESULT_READY: (("{dv}: hồ sơ {ma} đã có kết quả. Mời đến nhận, mang giấy hẹn và căn cước.",), _ASK),
    Event.IN_POST: (
        ("{dv}: kết quả hồ sơ {ma} đã gửi bưu điện, số vận đơn {vd}.", "{dv}: kết quả hồ sơ {ma} đã gửi bưu điện."),
        _ASK,
    ),
    Event.APOLOGY: (
        ("{dv} xin lỗi: hồ sơ {ma} chưa trả kịp đúng hẹn. Hẹn lại {gio} ngày {ngay}.", "{dv} xin lỗi ông/bà về hồ sơ {ma}."),
        ("Lý do: {url}.", ""),
    ),
    # Without a date: the old one does not stand while another agency is waited for, and nobody knows the new one yet.
    Event.RE_DATED: (
        ("{dv}: hồ sơ {ma} hẹn lại {gio} ngày {ngay}.", "{dv}: hồ sơ {ma} chờ cơ quan khác trả lời, tạm dừng hẹn. Có hẹn mới sẽ báo."),
        ("Lý do: {url}.", ""),
    ),
    # Whoever holds the slip can ask; the message tells the filer in case it was not he.
    Event.WITHDRAWAL: (
        ("{dv}: đã nhận đơn xin rút hồ sơ {ma}.",),
        ("Không phải ông/bà xin? Gọi {dt}.", "Không phải ông/bà xin? Báo quầy."),
        ("Xem {url}.", ""),
    ),
    Event.STOPPED: (("{dv}: hồ sơ {ma} đã dừng giải quyết.",), _SEE_REASON),
    Event.RETURNED: (("{dv}: đã trả kết quả hồ sơ {ma}.",), ("Mời đánh giá phục vụ: {url}.", ""), ("Cảm ơn.", "")),
}
# The telephone is a neighbour's: he may know that there is news of a code, no more, and no link opens anything to him.
FOR_NEIGHBOUR = (("{dv}: hồ sơ {ma} có tin mới.",), ("Nhờ báo người nộp hỏi {dt}.", "Nhờ báo người nộp đến quầy."))


def short_office(name: str) -> str:
    """The name of the commune in at most 21 letters; whole words, as many of them as fit, without the word that says its kind first."""
    name = plain(name)
    if len(name) <= OFFICE_LENGTH:
        return name
    for kind in ("Xa ", "Phuong ", "Dac khu ", "Thi tran "):
        if name.startswith(kind) and len(name) - len(kind) <= OFFICE_LENGTH:
            return name.removeprefix(kind)
    words = name[: OFFICE_LENGTH + 1].split(" ")
    return " ".join(words[:-1]) if len(words) > 1 else name[:OFFICE_LENGTH]


def short_phone(phone: str) -> str:
    """The digits of a telephone; "" for what is longer than a Vietnamese number."""
    digits = "".join(character for character in phone if character in DIGITS)
    return digits if len(digits) <= PHONE_LENGTH else ""


def sms(event: str, facts: Facts, *, for_neighbour: bool = False) -> str:
    """The text message, with {link} for the link; as many of its sentences as go into one message."""
    places = FOR_NEIGHBOUR if for_neighbour else TEXTS[event]
    text = ""
    for text in _shorter_and_shorter(places, facts.values()):
        # The mark of the link is no letter of the alphabet: it is put back in after the accents are gone.
        text = _around_the_link(text, plain)
        if len(text.replace(LINK, facts.link)) <= SMS_LENGTH:
            break
    return check_sms(text, facts.link)


def _around_the_link(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` applied to what stands before and behind the mark of the link; spaces at the edges stay."""
    parts = text.split(LINK)
    return LINK.join(f"{' ' * part.startswith(' ')}{change(part)}{' ' * part.endswith(' ')}" if part.strip() else part for part in parts)


def _shorter_and_shorter(places: tuple[tuple[str, ...], ...], values: dict[str, str]) -> Iterator[str]:
    """The text in full, then with ever less of its last places."""
    known = [[sentence for sentence in place if _is_known(sentence, values)] for place in places]
    chosen = [0] * len(known)
    while True:
        sentences = [choices[index] for choices, index in zip(known, chosen, strict=True) if choices]
        yield " ".join(sentence.format(**values) for sentence in sentences if sentence)
        place = next((number for number in reversed(range(len(known))) if chosen[number] + 1 < len(known[number])), None)
        if place is None:
            return
        chosen[place] += 1


def _is_known(sentence: str, values: dict[str, str]) -> bool:
    return all(value or f"{{{name}}}" not in sentence for name, value in values.items())


def zalo(event: str, facts: Facts) -> str:
    """The same with accents, for "Quý khách"; link and telephone are buttons there."""
    values = facts.values() | {"url": "", "dt": "", "dv": facts.office}
    text = next(_shorter_and_shorter(TEXTS[event], values))
    return f"Kính gửi Quý khách. {text}"[:ZALO_LENGTH]


# -- mail ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Letter:
    """What one message says; only mail has a subject and simple HTML. {link} stands for the link."""

    text: str
    title: str = ""
    html: str = ""


@dataclass(frozen=True)
class _Words:
    """What a mail says of an event; a sentence that needs what is not known is left out."""

    tag: str
    sentence: str
    to_do: str = "Hiện ông/bà chưa phải làm gì thêm."
    next_step: str = ""


_MAIL: dict[str, _Words] = {
    Event.RECEIVED: _Words(
        "Đã tiếp nhận", "Hồ sơ đã được tiếp nhận.", next_step="Chúng tôi sẽ báo khi có kết quả, chậm nhất {due}."
    ),
    Event.SUPPLEMENT: _Words(
        "Chờ bổ sung",
        "Hồ sơ cần bổ sung, hoàn thiện.",
        "Xin mang các giấy tờ còn thiếu đến quầy, chậm nhất ngày {ngay}.",
        "Thời hạn giải quyết tạm dừng cho đến khi ông/bà nộp đủ.",
    ),
    Event.DECLINED: _Words("Từ chối tiếp nhận", "Hồ sơ không đủ điều kiện tiếp nhận.", "Xem lý do và nơi nộp đúng trên phiếu từ chối."),
    Event.PAYMENT: _Words(
        "Chờ nộp tiền",
        "Hồ sơ cần nộp phí, lệ phí {tien} đồng.",
        "Xin nộp tại quầy, chậm nhất ngày {ngay}.",
        "Sau khi xác nhận đã nộp phí, hồ sơ được giải quyết tiếp.",
    ),
    Event.RESULT_READY: _Words(
        "Chờ trả kết quả",
        "Đã có kết quả, mời ông/bà đến nhận.",
        "Xin mang giấy hẹn và thẻ căn cước đến {place}.",
        "Không đến được? Người khác nhận thay cần giấy uỷ quyền, hoặc đăng ký gửi bưu điện.",
    ),
    Event.IN_POST: _Words(
        "Đang gửi bưu điện",
        "Kết quả đang được gửi qua bưu điện đến địa chỉ đã đăng ký.",
        "Xin để ý điện thoại, nhân viên bưu điện sẽ gọi trước.",
        "Số vận đơn: {vd}.",
    ),
    Event.APOLOGY: _Words(
        "Xin lỗi, hẹn lại", "Hồ sơ chưa trả kịp đúng hẹn. Chúng tôi xin lỗi ông/bà.", next_step="Hẹn lại: {due}."
    ),
    Event.RE_DATED: _Words("Đổi ngày hẹn", "Ngày hẹn trả kết quả đã đổi.", next_step="Hẹn lại: {due}."),
    Event.WITHDRAWAL: _Words(
        "Xin rút",
        "Cơ quan đã nhận đơn xin rút hồ sơ.",
        "Nếu ông/bà không xin rút, xin báo ngay {phone}.",
        "Muốn hồ sơ được giải quyết tiếp, xin báo trước khi cơ quan trả lại giấy tờ.",
    ),
    Event.STOPPED: _Words("Dừng giải quyết", "Hồ sơ đã dừng giải quyết.", "Xem lý do theo đường dẫn dưới đây."),
    Event.RETURNED: _Words(
        "Đã trả kết quả",
        "Kết quả đã được trả cho người nhận.",
        "Xem lại giấy tờ nhận được; có sai sót báo ngay {phone}.",
        "Mời ông/bà đánh giá việc phục vụ theo đường dẫn dưới đây.",
    ),
}
_APOLOGY_FOR_A_FAULT = _Words("Xin lỗi", "Chúng tôi xin lỗi ông/bà về sai sót của chúng tôi khi giải quyết hồ sơ.")
_WAITS_FOR_ANOTHER = _Words(
    "Tạm dừng hẹn trả",
    "Hồ sơ phải chờ cơ quan khác trả lời. Thời gian chờ không tính vào thời hạn, ngày hẹn trên giấy hẹn tạm dừng.",
    next_step="Khi có trả lời, chúng tôi báo ngày hẹn mới.",
)
_BEFORE_ACCEPTANCE = "Hồ sơ chưa được tiếp nhận. Thời hạn giải quyết tính từ khi nhận đủ giấy tờ."
_WITHOUT_A_LAST_DAY: dict[str, str] = {
    Event.SUPPLEMENT: "Xin mang các giấy tờ còn thiếu đến quầy.",
    Event.PAYMENT: "Xin nộp tại quầy.",
}
_NOT_GRANTED = "Đã có văn bản trả lời. Mời ông/bà đến nhận."
_WITHOUT_A_DATE: dict[str, _Words] = {Event.APOLOGY: _APOLOGY_FOR_A_FAULT, Event.RE_DATED: _WAITS_FOR_ANOTHER}
AUTOMATIC = "Thư tự động, không trả lời thư này."


def mail(event: str, facts: Facts) -> Letter:
    """Greeting, where the dossier stands, what to do, what comes next, link, telephone."""
    words = _WITHOUT_A_DATE.get(event, _MAIL[event]) if facts.due_at is None else _MAIL[event]
    sentence, next_step = words.sentence, words.next_step
    if event == Event.RESULT_READY and not facts.granted:
        sentence = _NOT_GRANTED
    if event == Event.SUPPLEMENT and not facts.accepted:
        next_step = _BEFORE_ACCEPTANCE
    to_do = _WITHOUT_A_LAST_DAY.get(event, words.to_do) if facts.by_day is None else words.to_do
    said = [text for text in (_put_in(text, facts) for text in (sentence, to_do, next_step)) if text]
    greeting = f"Kính gửi ông/bà {facts.name}," if facts.name else "Kính gửi ông/bà,"
    reach = [f"Xem hồ sơ {facts.code}: {LINK}"] if facts.link else [f"Hồ sơ {facts.code}"]
    if facts.phone:
        reach.append(f"Điện thoại: {facts.phone}")
    parts = [[greeting], said, reach, [facts.desk or facts.office, AUTOMATIC]]
    text = "\n\n".join("\n".join(lines) for lines in parts) + "\n"
    html = "".join(f"<p>{'<br>'.join(_as_html(line, facts) for line in lines)}</p>" for lines in parts)
    return Letter(text, f"[{facts.code}] {words.tag}", f'<!DOCTYPE html><html lang="vi"><meta charset="utf-8"><body>{html}</body></html>')


def _put_in(sentence: str, facts: Facts) -> str:
    due = say_moment(facts.due_at.astimezone(LOCAL)) if facts.due_at else ""
    values = facts.values() | {"due": due, "place": facts.place, "phone": facts.phone or "quầy tiếp nhận"}
    return sentence.format(**values) if _is_known(sentence, values) else ""


def _as_html(line: str, facts: Facts) -> str:
    """The line with nothing in it that a mail program could take for markup; its link is the address itself."""
    if facts.link and line.endswith(LINK):
        return f'<a href="{LINK}">{escape(line.removesuffix(LINK).rstrip(": "))}</a>'
    return escape(line)
