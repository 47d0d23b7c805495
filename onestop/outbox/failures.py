"""How sending can fail. A kind is a word of ours: what a server says may quote the citizen's number."""


class NotSent(Exception):
    """The message did not arrive. `kind` is kept; `final`: trying again would be refused again."""

    def __init__(self, kind: str, *, final: bool = False) -> None:
        super().__init__(kind)
        self.kind, self.final = kind, final


# What the staff reads, by kind or by its beginning.
_WORDS = {
    "timeout": "Cổng gửi tin trả lời chậm quá",
    "connection": "Không nối được cổng gửi tin",
    "certificate": "Cổng gửi tin có chứng thư không hợp lệ",
    "redirect": "Cổng gửi tin đã đổi địa chỉ",
    "status_": "Cổng gửi tin gặp lỗi",
    "setting_": "Cổng gửi tin không nhận khóa hoặc địa chỉ đã cài đặt",
    "refused_": "Cổng gửi tin từ chối tin này; kiểm tra số điện thoại, địa chỉ thư",
    "interrupted": "Máy dừng giữa lúc gửi, chưa rõ đã đến hay chưa",
    "no_link": "Không còn hồ sơ để gửi đường dẫn",
    "no_channel": "Cách gửi này đã tắt",
    "restored": "Khôi phục từ bản sao lưu: có thể đã gửi rồi, hỏi lại người dân trước khi gửi",
    "error": "Lỗi khi gửi",
}


def say_failure(kind: str) -> str:
    """The kind in words for the staff; "" for none."""
    return next((words for start, words in _WORDS.items() if kind.startswith(start)), "") if kind else ""


def was_refused(kind: str) -> bool:
    """Whether the other side said clearly that nothing was sent."""
    return kind.startswith("refused_")
