"""Letters of apology for tests and for looking at: each kind, each way to sign, short and long. All people are invented."""
from datetime import datetime
from typing import Any

from dossiers.letters import Fault, Matter, Office, Signature, apology_letter_of
from dossiers.slips import ApologySlip
from dossiers.tests.makers import local

CODE = "H61.26-261120-0157"
SIGNED = local("2026-11-24 09:12")
NUMBER = "05/UBND-TTPVHCC"
MARK = "3fa9c1d2"

BLOCKS = {
    "head": ("CHỦ TỊCH",),
    "TM": ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
    "KT": ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    "TM, KT": ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    "TL": ("TL. CHỦ TỊCH", "GIÁM ĐỐC TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
    "TUQ": ("TUQ. CHỦ TỊCH", "PHÓ GIÁM ĐỐC TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
    "Q": ("Q. CHỦ TỊCH",),
}
"""The lines above the name by the right to sign (`domain.md` §4.3)."""


def office(**changes: Any) -> Office:
    return Office(
        **{
            "authority": "ỦY BAN NHÂN DÂN XÃ NGHĨA GIANG",
            "name": "Ủy ban nhân dân xã Nghĩa Giang",
            "desk_name": "Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
            "place": "Nghĩa Giang",
            "address": "Ấp Chợ, xã Nghĩa Giang, tỉnh Minh Họa",
            "hotline": "0294 000 0000",
            "email": "motcua@nghiagiang.example",
            "website": "motcua.example/tra-cuu/",
            **changes,
        }
    )


def matter(**changes: Any) -> Matter:
    return Matter(
        **{
            "code": CODE,
            "procedure": "Đăng ký biến động đất đai do đổi tên người sử dụng đất",
            "received_at": local("2026-11-20 15:20"),
            "addressees": ("Thạch Thị Sóc Kha",),
            "address": "Ấp Trà Kha, xã Nghĩa Giang, tỉnh Minh Họa",
            "phone": "0900 000 123",
            **changes,
        }
    )


def late(**changes: Any) -> Fault:
    due = local("2026-11-25 17:00")
    return Fault(
        **{
            "kind": "late",
            "reason": "Số liệu đo đạc của thửa đất chưa khớp với bản đồ địa chính, phải đo lại ngoài thực địa",
            "missed": due,
            "first": due,
            "stands": "đang chờ Chi nhánh Văn phòng đăng ký đất đai trả lời kết quả đo đạc",
            "new_due_at": local("2026-12-01 17:00"),
            "nothing_more": True,
            **changes,
        }
    )


def signature(block: str = "TM, KT", *, at: datetime = SIGNED, name: str = "Lê Hoàng Phúc") -> Signature:
    return Signature(number=NUMBER, at=at, lines=BLOCKS[block], name=name)


def letter(
    fault: Fault | None = None,
    *,
    of: Matter | None = None,
    by: Office | None = None,
    signed: Signature | None = None,
    draft: bool = False,
) -> ApologySlip:
    """A signed letter, or a draft of it."""
    return apology_letter_of(
        by or office(), of or matter(), fault or late(), None if draft else signed or signature(), at=SIGNED, symbol="UBND-TTPVHCC"
    )


LONG_OFFICE = {
    "superior": "ỦY BAN NHÂN DÂN TỈNH BÀ RỊA - VŨNG TÀU",
    "authority": "ỦY BAN NHÂN DÂN PHƯỜNG PHAN RANG - THÁP CHÀM",
    "name": "Ủy ban nhân dân phường Phan Rang - Tháp Chàm",
    "desk_name": "Trung tâm Phục vụ hành chính công phường Phan Rang - Tháp Chàm",
    "place": "Phan Rang - Tháp Chàm",
    "address": "Số 125/7B, đường Nguyễn Thị Minh Khai nối dài, khu phố Mỹ Phước, phường Phan Rang - Tháp Chàm, tỉnh Minh Họa",
    "email": "trungtamphucvuhanhchinhcong@phanrangthapcham.minhhoa.example",
    "website": "dichvucong.phanrangthapcham.minhhoa.example/tra-cuu/",
}
LONG_MATTER = {
    "code": "H15.50.05.13-261120-00975",
    "procedure": (
        "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất trong các trường hợp giải quyết tranh chấp, khiếu nại, "
        "tố cáo về đất đai; xử lý hợp đồng thế chấp; kê biên, đấu giá quyền sử dụng đất theo bản án, quyết định của Tòa án"
    ),
    "addressees": (
        "Công ty trách nhiệm hữu hạn một thành viên Thương mại Dịch vụ Xuất nhập khẩu Nông sản Đồng bằng sông Cửu Long",
    ),
    "organisation": True,
    "address": "Số 1234/56/78/90A, hẻm 123, đường Xô Viết Nghệ Tĩnh nối dài, khu dân cư Vườn Xoài giai đoạn 2, khóm Mỹ Phước",
}
LONG_WORDS = (
    "Kết quả đo đạc ngoài thực địa không khớp với bản đồ địa chính lập năm 1998 và với hồ sơ giao đất lưu tại Trung tâm Lưu trữ lịch sử, "
    "nên Chi nhánh Văn phòng đăng ký đất đai phải đo lại ranh giới của ba thửa liền kề với sự có mặt của các chủ sử dụng đất; "
    "hai lần hẹn đo đều phải hoãn vì nước lũ, đến ngày 20 tháng 11 năm 2026 mới đo xong, số liệu đang được kiểm tra theo quy định; "
    "trong thời gian đó hồ sơ không chuyển được sang bước tiếp theo của quy trình"
)

LONG_STANDS = (
    "đang chờ Chi nhánh Văn phòng đăng ký đất đai kiểm tra số liệu đo lại ranh giới của ba thửa liền kề; sau đó hồ sơ được chuyển "
    "cho Phòng Kinh tế thẩm định và trình Chủ tịch Ủy ban nhân dân ký, theo đúng các bước của quy trình nội bộ đã công bố, không làm lại"
)


def long_letter() -> ApologySlip:
    """As long as the columns allow, on two pages."""
    fault = late(
        reason=LONG_WORDS,
        stands=LONG_STANDS,
        repeat_reason=LONG_WORDS,
        first=local("2026-11-20 17:00"),
        apologies=1,
    )
    signed = signature("TUQ", name="Nguyễn Phúc Hoàng Thị Minh Nguyệt")
    return letter(fault, of=matter(**LONG_MATTER), by=office(**LONG_OFFICE), signed=signed)


def short_letter() -> ApologySlip:
    """What no letter can do without."""
    bare = {"address": "", "phone": ""}
    return letter(
        late(stands="", reason="Bão", nothing_more=False),
        of=matter(procedure="Trích lục", addressees=("Lý Na",), **bare),
        by=office(address="", hotline="", email="", website=""),
        signed=signature("head", name="Võ An"),
    )
