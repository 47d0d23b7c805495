"""Why a promise was not kept: the list that a person picks from, with words a citizen can read.

Our own list (the form asks for a reason, no rule lists them). Each says where the time went, so that
reports can tell our delay from somebody else's; the words may be rewritten for the case at hand.
"""

from dataclasses import dataclass

from dossiers.models import WhoseClock


@dataclass(frozen=True)
class Cause:
    """One cause: its code in the data, the office's label, the citizen's words, and whose time it was."""

    code: str
    label: str
    words: str
    whose_clock: WhoseClock


CAUSES: dict[str, Cause] = {
    cause.code: cause
    for cause in (
        Cause(
            "many", "Hồ sơ dồn nhiều", "Số hồ sơ phải giải quyết trong những ngày qua tăng cao, chúng tôi chưa làm kịp.", WhoseClock.OURS
        ),
        Cause(
            "absent", "Người phụ trách vắng", "Công chức phụ trách hồ sơ vắng mặt, việc bàn giao cho người khác bị chậm.", WhoseClock.OURS
        ),
        Cause("signature", "Chờ lãnh đạo ký", "Kết quả đã soạn xong nhưng việc trình ký bị chậm.", WhoseClock.OURS),
        Cause("mistake", "Phải làm lại do sai sót", "Chúng tôi có sai sót khi soạn kết quả và phải làm lại.", WhoseClock.OURS),
        Cause("verify", "Phải xác minh thêm", "Chúng tôi cần thêm thời gian để xác minh thông tin trong hồ sơ.", WhoseClock.OURS),
        Cause("other_agency", "Cơ quan phối hợp trả lời chậm", "Cơ quan phối hợp chưa trả lời ý kiến về hồ sơ.", WhoseClock.OTHER_AGENCY),
        Cause(
            "system", "Hệ thống, đường truyền gián đoạn", "Hệ thống thông tin bị gián đoạn nên chưa lập được kết quả.", WhoseClock.SYSTEM
        ),
        Cause("data", "Dữ liệu không khớp", "Dữ liệu tra cứu không khớp với giấy tờ, phải kiểm tra lại.", WhoseClock.DATA),
        Cause("applicant", "Chờ thông tin của người nộp", "Chúng tôi còn chờ thông tin đã trao đổi với ông/bà.", WhoseClock.APPLICANT),
        Cause(
            "storm", "Thiên tai, việc khẩn cấp", "Đơn vị phải tập trung ứng phó thiên tai, việc khẩn cấp tại địa phương.", WhoseClock.OURS
        ),
        Cause("other", "Lý do khác", "", WhoseClock.OURS),
    )
}
