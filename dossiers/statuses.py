"""Statuses of a dossier and the table of moves between them.

The codes and their numbers on the national portal follow the status list used when dossiers
are synchronised (design: "Words and languages"). Lateness, pauses and voiding are not statuses.
"""
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import TextChoices

from onestop.staff.roles import Role


class Status(TextChoices):
    """Where a dossier stands in the work."""

    DRAFT = "draft", "Nháp"
    PRE_FILED = "pre_filed", "Khai trước"
    RECEIVED = "received", "Đã tiếp nhận"
    DECLINED = "declined", "Từ chối tiếp nhận"
    PROCESSING = "processing", "Đang xử lý"
    WITH_OTHER_AGENCY = "with_other_agency", "Đang ở cơ quan khác"
    AWAITING_SIGNATURE = "awaiting_signature", "Chờ ký"
    AWAITING_SUPPLEMENT = "awaiting_supplement", "Chờ bổ sung"
    AWAITING_PAYMENT = "awaiting_payment", "Chờ nộp tiền"
    WITHDRAWAL_REQUESTED = "withdrawal_requested", "Xin rút"
    STOPPED = "stopped", "Dừng giải quyết"
    RESULT_READY = "result_ready", "Chờ trả kết quả"
    IN_POST = "in_post", "Đang gửi bưu điện"
    RETURNED = "returned", "Đã trả kết quả"


PORTAL_CODE = {
    Status.PRE_FILED: 1,
    Status.RECEIVED: 2,
    Status.DECLINED: 3,
    Status.PROCESSING: 4,
    Status.WITH_OTHER_AGENCY: 4,
    Status.AWAITING_SIGNATURE: 4,
    Status.AWAITING_SUPPLEMENT: 5,
    Status.AWAITING_PAYMENT: 6,
    Status.WITHDRAWAL_REQUESTED: 7,
    Status.STOPPED: 8,
    Status.RESULT_READY: 9,
    Status.IN_POST: 9,
    Status.RETURNED: 10,
}

# Work is under way: the time limit runs or is paused, and no result has been issued.
OPEN = frozenset(
    {
        Status.RECEIVED,
        Status.PROCESSING,
        Status.WITH_OTHER_AGENCY,
        Status.AWAITING_SIGNATURE,
        Status.AWAITING_SUPPLEMENT,
        Status.AWAITING_PAYMENT,
        Status.WITHDRAWAL_REQUESTED,
    }
)
READY = frozenset({Status.RESULT_READY, Status.IN_POST})
CLOSED = frozenset({Status.RETURNED, Status.STOPPED, Status.DECLINED})


class Act(TextChoices):
    """An office act: each is one function of lifecycle.py and one kind of event."""

    RECEIVE = "receive", "Tiếp nhận hồ sơ"
    AMEND = "amend", "Sửa thông tin"
    HAND_OVER = "hand_over", "Bàn giao"
    TAKE_OVER = "take_over", "Nhận bàn giao"
    MISS = "miss_papers", "Báo không có trong xấp"
    REASSIGN = "reassign", "Phân công lại"
    SUBMIT = "submit_for_sign_off", "Trình ký"
    SEND_BACK = "send_back", "Lãnh đạo trả lại"
    SIGN_OFF = "sign_off", "Ký duyệt"
    PASS_FOR_SIGNATURE = "pass_for_signature", "Chuyển người khác ký"
    SET_QUICK_SIGN = "set_quick_sign", "Đặt thủ tục ký nhanh"
    ISSUE_RESULT = "issue_result", "Phát hành kết quả"
    RETURN_RESULT = "return_result", "Trả kết quả"
    POST_RESULT = "post_result", "Gửi kết quả qua bưu điện"
    CONFIRM_DELIVERY = "confirm_delivery", "Bưu điện đã phát kết quả"
    PARCEL_BACK = "parcel_back", "Bưu gửi chuyển hoàn"
    RETURN_FOR_CORRECTION = "return_for_correction", "Nhận lại để sửa sai sót"
    VOID = "void", "Hủy hồ sơ nhập nhầm"
    REQUEST_SUPPLEMENT = "request_supplement", "Yêu cầu bổ sung"
    DECLINE = "decline", "Từ chối tiếp nhận"
    NEW_SECRET = "new_secret", "Cấp lại mã tra cứu"
    ACCEPT_SUPPLEMENT = "accept_supplement", "Nhận giấy tờ bổ sung"
    REQUEST_PAYMENT = "request_payment", "Yêu cầu nộp tiền"
    CONFIRM_PAYMENT = "confirm_payment", "Xác nhận đã nộp tiền"
    SUSPEND = "suspend", "Tạm đình chỉ"
    RESUME = "resume", "Giải quyết tiếp"
    CONSENT = "consent", "Lãnh đạo đồng ý"
    EXTEND = "extend", "Gia hạn"
    CHANGE_DATE = "change_date", "Hẹn lại vì lịch nghỉ thay đổi"
    DRAFT_LETTER = "draft_letter", "Dự thảo văn bản xin lỗi"
    PREPARE_LETTER = "prepare_letter", "Soạn văn bản xin lỗi"
    SIGN_LETTER = "sign_letter", "Ký văn bản xin lỗi"
    ISSUE_LETTER = "issue_letter", "Phát hành văn bản xin lỗi"
    SEND_LETTER = "send_letter", "Gửi văn bản xin lỗi"
    RETRACT_LETTER = "retract_letter", "Rút dự thảo xin lỗi"
    WAIVE_LETTER = "waive_letter", "Không gửi văn bản xin lỗi"
    CHOOSE_MESSAGES = "choose_messages", "Nhận hay không nhận tin nhắn"
    FLAG_OVERDUE = "flag_overdue", "Quá hạn"
    MAKE_PAPER = "make_paper", "Lập tệp phiếu"
    CERTIFY = "certify", "Tiếp nhận chứng thực"
    SIGN_CERTIFICATIONS = "sign_certifications", "Ký, đóng dấu chứng thực"
    VOID_ENTRY = "void_entry", "Hủy số chứng thực"
    CANCEL_RECEIPT = "cancel_receipt", "Hủy biên lai"
    CLOSE_BOOK = "close_book", "Khóa sổ chứng thực"
    SET_CERTIFICATION = "set_certification", "Thiết lập chứng thực"
    SET_CLAUSE = "set_clause", "Sửa lời chứng"
    ADD_SCAN = "add_scan", "Lưu bản quét"
    VOID_SCAN = "void_scan", "Bỏ bản quét"
    WAIVE_SCANS = "waive_scans", "Cho phép không quét"
    REQUIRE_SCANS = "require_scans", "Đặt lệ quét giấy tờ"
    STOP = "stop", "Dừng giải quyết"
    REQUEST_WITHDRAWAL = "request_withdrawal", "Xin rút hồ sơ"
    TAKE_BACK_WITHDRAWAL = "take_back_withdrawal", "Thôi rút hồ sơ"
    GRANT_WITHDRAWAL = "grant_withdrawal", "Cho rút hồ sơ"
    RECLASSIFY = "reclassify", "Chuyển sang thủ tục khác"
    SEND_ELSEWHERE = "send_elsewhere", "Chuyển hồ sơ sang xã giải quyết"
    ARRIVE_ELSEWHERE = "arrive_elsewhere", "Xã giải quyết đã nhận hồ sơ"
    SEND_HOME = "send_home", "Chuyển kết quả về nơi tiếp nhận"
    ARRIVE_HOME = "arrive_home", "Kết quả đã về nơi tiếp nhận"
    SEND_SUPPLEMENT = "send_supplement", "Chuyển giấy tờ bổ sung sang xã giải quyết"
    ARRIVE_SUPPLEMENT = "arrive_supplement", "Xã giải quyết đã nhận giấy tờ bổ sung"
    MISS_TRANSFER = "miss_transfer", "Chưa nhận được, trả lại nơi gửi"
    CONSULT = "consult", "Gửi lấy ý kiến, liên thông"
    REMIND = "remind", "Nhắc cơ quan khác trả lời"
    RECORD_ANSWER = "record_answer", "Ghi trả lời của cơ quan khác"
    CANCEL_CONSULTATION = "cancel_consultation", "Rút yêu cầu lấy ý kiến"


@dataclass(frozen=True)
class Move:
    """One line of the table: from which statuses an act is allowed, where it leads, who may do it.

    `to` None: the status stays as it is. `holder_only`: only the present holder (or a manager in
    his place) acts, because a dossier is in one person's hands at a time.
    """

    start: frozenset[Status]
    to: Status | None
    roles: frozenset[Role]
    holder_only: bool = False


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


DESK = _roles(Role.CLERK, Role.MANAGER)
SIGNERS = _roles(Role.LEADER, Role.HEAD)
# Who may hold a right to sign: by office, or under a written decision. The right itself is asked on the day (sign_rights.py).
MAY_SIGN = SIGNERS | DESK | {Role.SPECIALIST, Role.ARCHIVIST}
# Somebody has it on his desk; neither asked back nor before the leader.
IN_WORK = frozenset({Status.RECEIVED, Status.PROCESSING, Status.WITH_OTHER_AGENCY})
# A question to another agency may be out.
CONSULTED = frozenset(
    {Status.WITH_OTHER_AGENCY, Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT, Status.WITHDRAWAL_REQUESTED}
)
# A letter that is owed or signed is still a letter when the dossier has been stopped.
HAS_LETTERS = OPEN | READY | {Status.RETURNED, Status.STOPPED}

MOVES: dict[Act, Move] = {
    Act.AMEND: Move(OPEN | READY, None, DESK),
    Act.HAND_OVER: Move(
        frozenset({Status.RECEIVED, Status.PROCESSING}), Status.PROCESSING, DESK | {Role.SPECIALIST}, holder_only=True
    ),
    # Also what was reassigned while it waited for somebody.
    Act.TAKE_OVER: Move(OPEN - {Status.AWAITING_SIGNATURE}, None, DESK | {Role.SPECIALIST}, holder_only=True),
    Act.REASSIGN: Move(OPEN - {Status.AWAITING_SIGNATURE}, None, _roles(Role.MANAGER, Role.HEAD)),
    Act.SUBMIT: Move(
        frozenset({Status.RECEIVED, Status.PROCESSING}), Status.AWAITING_SIGNATURE, DESK | {Role.SPECIALIST}, holder_only=True
    ),
    Act.SEND_BACK: Move(frozenset({Status.AWAITING_SIGNATURE}), Status.PROCESSING, MAY_SIGN),
    # Signed is not yet issued: the document still wants its number and seal, so the work goes on.
    Act.SIGN_OFF: Move(frozenset({Status.AWAITING_SIGNATURE}), Status.PROCESSING, MAY_SIGN),
    Act.PASS_FOR_SIGNATURE: Move(frozenset({Status.AWAITING_SIGNATURE}), None, MAY_SIGN),
    Act.ISSUE_RESULT: Move(frozenset({Status.PROCESSING}), Status.RESULT_READY, DESK | SIGNERS | {Role.ARCHIVIST, Role.SPECIALIST}),
    Act.RETURN_RESULT: Move(frozenset({Status.RESULT_READY}), Status.RETURNED, DESK),
    Act.POST_RESULT: Move(frozenset({Status.RESULT_READY}), Status.IN_POST, DESK),
    Act.CONFIRM_DELIVERY: Move(frozenset({Status.IN_POST}), Status.RETURNED, DESK),
    Act.PARCEL_BACK: Move(frozenset({Status.IN_POST}), Status.RESULT_READY, DESK),
    Act.RETURN_FOR_CORRECTION: Move(frozenset({Status.RESULT_READY, Status.RETURNED}), Status.PROCESSING, DESK),
    Act.VOID: Move(OPEN, None, _roles(Role.MANAGER, Role.HEAD)),
    Act.NEW_SECRET: Move(OPEN | READY, None, DESK),
    Act.CHOOSE_MESSAGES: Move(OPEN | READY, None, DESK),
    Act.REQUEST_SUPPLEMENT: Move(IN_WORK, Status.AWAITING_SUPPLEMENT, DESK | {Role.SPECIALIST}, holder_only=True),
    Act.ACCEPT_SUPPLEMENT: Move(frozenset({Status.AWAITING_SUPPLEMENT}), None, DESK),
    Act.REQUEST_PAYMENT: Move(IN_WORK, Status.AWAITING_PAYMENT, DESK | {Role.SPECIALIST}, holder_only=True),
    Act.CONFIRM_PAYMENT: Move(frozenset({Status.AWAITING_PAYMENT}), None, DESK),
    # A suspension is a mark (an open pause), not a status: the work lies where it is.
    Act.SUSPEND: Move(IN_WORK, None, SIGNERS),
    Act.RESUME: Move(IN_WORK, None, SIGNERS),
    Act.CONSENT: Move(OPEN, None, SIGNERS),
    Act.EXTEND: Move(IN_WORK | {Status.AWAITING_SIGNATURE}, None, SIGNERS | {Role.SPECIALIST}),
    Act.CHANGE_DATE: Move(OPEN, None, SIGNERS),
    Act.DRAFT_LETTER: Move(HAS_LETTERS, None, DESK | SIGNERS | {Role.SPECIALIST}),
    Act.PREPARE_LETTER: Move(HAS_LETTERS, None, DESK | SIGNERS | {Role.SPECIALIST}),
    Act.SIGN_LETTER: Move(HAS_LETTERS, None, SIGNERS | DESK | {Role.SPECIALIST}),
    Act.SEND_LETTER: Move(HAS_LETTERS, None, DESK | SIGNERS),
    Act.WAIVE_LETTER: Move(HAS_LETTERS, None, SIGNERS),
    Act.ADD_SCAN: Move(OPEN | READY, None, DESK | {Role.SPECIALIST, Role.ARCHIVIST}),
    Act.VOID_SCAN: Move(OPEN | READY, None, DESK | {Role.SPECIALIST, Role.ARCHIVIST}),
    Act.WAIVE_SCANS: Move(OPEN, None, SIGNERS | {Role.MANAGER}),
    # What was asked of another agency was asked under the procedure of that day: first it is answered or withdrawn.
    Act.RECLASSIFY: Move(IN_WORK - {Status.WITH_OTHER_AGENCY}, None, SIGNERS | {Role.MANAGER}),
    Act.CONSULT: Move(IN_WORK, Status.WITH_OTHER_AGENCY, DESK | {Role.SPECIALIST}, holder_only=True),
    # An answer may come while the dossier waits for its citizen; the status follows the last one (lifecycle/consulting.py).
    Act.REMIND: Move(CONSULTED, None, DESK | {Role.SPECIALIST}, holder_only=True),
    Act.RECORD_ANSWER: Move(CONSULTED, None, DESK | {Role.SPECIALIST}, holder_only=True),
    Act.CANCEL_CONSULTATION: Move(CONSULTED, None, DESK | {Role.SPECIALIST}, holder_only=True),
    # While the applicant asks for it back, a dossier ends in no other way than by giving it back.
    Act.STOP: Move(OPEN - {Status.WITHDRAWAL_REQUESTED}, Status.STOPPED, SIGNERS | {Role.MANAGER}),
    Act.REQUEST_WITHDRAWAL: Move(OPEN - {Status.WITHDRAWAL_REQUESTED}, Status.WITHDRAWAL_REQUESTED, DESK),
    # Back to the step before, which the request keeps.
    Act.TAKE_BACK_WITHDRAWAL: Move(frozenset({Status.WITHDRAWAL_REQUESTED}), None, DESK),
    Act.GRANT_WITHDRAWAL: Move(frozenset({Status.WITHDRAWAL_REQUESTED}), Status.STOPPED, DESK | SIGNERS),
}

# Between two communes, several at once on a list. A request to withdraw does not stop papers that are on their way.
TRANSFER_MOVES: dict[Act, Move] = {
    Act.SEND_ELSEWHERE: Move(frozenset({Status.RECEIVED, Status.PROCESSING}), None, DESK, holder_only=True),
    Act.ARRIVE_ELSEWHERE: Move(OPEN, None, DESK),
    # What was brought later is told of even when the matter has ended meanwhile.
    Act.SEND_SUPPLEMENT: Move(OPEN, None, DESK),
    Act.ARRIVE_SUPPLEMENT: Move(OPEN | READY | CLOSED, None, DESK),
    Act.SEND_HOME: Move(frozenset({Status.RESULT_READY}), None, DESK),
    Act.ARRIVE_HOME: Move(frozenset({Status.RESULT_READY}), None, DESK),
}
# A certification session goes its own short way: received, ready, returned (its return is Act.RETURN_RESULT).
SESSION_MOVES: dict[Act, Move] = {
    Act.SIGN_CERTIFICATIONS: Move(
        frozenset({Status.RECEIVED, Status.PROCESSING}), Status.RESULT_READY, DESK | SIGNERS | {Role.ARCHIVIST, Role.SPECIALIST}
    ),
    Act.VOID_ENTRY: Move(frozenset({Status.RECEIVED, Status.PROCESSING}), None, DESK),
    Act.CANCEL_RECEIPT: Move(frozenset({Status.RECEIVED, Status.PROCESSING, Status.RESULT_READY, Status.RETURNED}), None, DESK),
}
# What only somebody with the right to sign this result does; the archivist records signatures on paper and passes on.
BY_RIGHT = frozenset({Act.SIGN_OFF, Act.SEND_BACK, Act.PASS_FOR_SIGNATURE})
# What an ordinary dossier's pages may also do with a session.
ORDINARY_ON_SESSIONS = frozenset({Act.AMEND, Act.HAND_OVER, Act.TAKE_OVER, Act.REASSIGN, Act.NEW_SECRET})
ALL_MOVES: dict[Act, Move] = MOVES | SESSION_MOVES | TRANSFER_MOVES


class NotAllowed(Exception):
    """An act that the rules refuse; the message is the sentence to show."""


class Actor(Protocol):
    """Whoever acts: a person with a key and roles."""

    pk: Any

    def has_role(self, *roles: Role) -> bool: ...


def check_move(act: Act, status: str, *, by: Actor, holder_id: int | None) -> Status:
    """The status that `act` leads to; raises NotAllowed with the reason.

    The agency is the caller's business (rules.py).
    """
    move = ALL_MOVES[act]
    if not by.has_role(*move.roles):
        raise NotAllowed(f"Vai trò của bạn không được làm việc này: {act.label.lower()}.")
    if status not in move.start:
        raise NotAllowed(f"Hồ sơ đang ở bước “{Status(status).label}”, không thể: {act.label.lower()}.")
    if move.holder_only and holder_id is not None and holder_id != by.pk and not by.has_role(Role.MANAGER):
        raise NotAllowed("Hồ sơ đang do người khác giữ. Chỉ người đang giữ mới làm được việc này.")
    return move.to if move.to is not None else Status(status)
