"""Slips for tests and measurements: a birth registration, a supplement slip, a refusal. All people are invented."""
from pathlib import Path

import segno
import weasyprint
from django.template import engines
from django.utils.safestring import mark_safe

from dossiers import documents
from dossiers.slips import Component, FeeLine, ReceiptSlip, RefusalSlip, StopSlip, SupplementSlip

CODE = "H61.26-261120-0157"
TOKEN_URL = "http://127.0.0.1:8000/tc/7Q2M8ZKX4HPT9V3C/"
LOOKUP_CODE = "48150927"

_DESK = {
    "authority": "ỦY BAN NHÂN DÂN XÃ NGHĨA GIANG",
    "office": "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
    "place": "Nghĩa Giang",
    "desk_name": "Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
    "issued_at": "2026-11-20T15:20:00+07:00",
    "issued_words": "ngày 20 tháng 11 năm 2026",
    "address": "Ấp Trà Kha, xã Nghĩa Giang, tỉnh Vĩnh Long",
    "phone": "0912 345 678",
}


def components(count: int, copy_kind: str = "bản chính") -> tuple[Component, ...]:
    """That many components with names as long as the catalogue allows."""
    return tuple(
        Component(no=str(no), name=f"Giấy tờ thứ {no} của hồ sơ đề nghị cấp giấy chứng nhận quyền"[:60], copy_kind=copy_kind, count="01")
        for no in range(1, count + 1)
    )


def receipt(**changes) -> ReceiptSlip:
    figures = {
        "applicants": ("Thạch Thị Sóc Kha",),
        "email": "soc.kha@example.vn",
        "request": "Đăng ký khai sinh cho trẻ Sơn Minh Khang",
        "code": CODE,
        "components": (
            Component(no="1", name="Tờ khai đăng ký khai sinh", copy_kind="bản chính", count="01"),
            Component(no="2", name="Giấy chứng sinh", copy_kind="bản chính", count="01"),
            Component(no="3", name="Thẻ căn cước của mẹ", copy_kind="xuất trình"),
            Component(no="4", name="Giấy chứng nhận kết hôn", copy_kind="bản chụp, đã đối chiếu bản chính", count="01"),
        ),
        "limit": "trả kết quả trong ngày",
        "received": "15 giờ 20 phút, ngày 20 tháng 11 năm 2026",
        "due": "17 giờ 00 phút, ngày 23 tháng 11 năm 2026",
        "due_digits": "17:00 23/11/2026",
        "delivery": "Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
        "book_no": "01/2026",
        "entry_no": "157",
        "fees": (FeeLine(name="Lệ phí đăng ký khai sinh", amount="Miễn"), FeeLine(name="Bản sao trích lục (2 bản)", amount="16.000 đồng")),
        "fee_total": "16.000 đồng",
        "filer_name": "Thạch Thị Sóc Kha",
        "filer_basis": "mẹ của trẻ",
        "receiver_name": "Nguyễn Thị Hồng Đào",
        "history_mark": "3fa9c1d2",
        "lookup_code": LOOKUP_CODE,
        "token_url": TOKEN_URL,
        "lookup_address": "127.0.0.1:8000/tra-cuu",
        "hotline": "0294 3 812 345",
        "feedback": ("UBND xã Nghĩa Giang, ấp Chợ, xã Nghĩa Giang", "pakn@nghiagiang.example.vn"),
    }
    return ReceiptSlip(**(_DESK | figures | changes))


BARE = {
    "address": "", "phone": "", "email": "", "delivery": "", "book_no": "", "entry_no": "", "fees": (), "fee_total": "",
    "filer_name": "", "filer_basis": "", "receiver_name": "", "history_mark": "", "lookup_code": "", "token_url": "",
    "lookup_address": "", "hotline": "", "feedback": (),
}  # fmt: skip
"""Changes that leave a receipt with what it cannot do without."""


def supplement(**changes) -> SupplementSlip:
    figures = {
        "number": "05/HDHS",
        "applicants": ("Sơn Văn Phước",),
        "request": "Đăng ký kết hôn",
        "items": (
            Component(no="1", name="Giấy xác nhận tình trạng hôn nhân", copy_kind="bản chính", count="01", note="còn hạn 6 tháng"),
            Component(no="2", name="Tờ khai đăng ký kết hôn", note="ghi thiếu nơi cư trú của bên nữ"),
        ),
        "reason": "Hồ sơ còn thiếu giấy tờ theo thành phần hồ sơ đã công bố.",
        "website": "127.0.0.1:8000",
        "guide_name": "Nguyễn Thị Hồng Đào",
        "guide_phone": "0294 3 812 345",
        "token_url": TOKEN_URL,
        "hotline": "0294 3 812 345",
    }
    return SupplementSlip(**(_DESK | figures | changes))


def refusal(**changes) -> RefusalSlip:
    figures = {
        "number": "02/TCTN",
        "applicants": ("Sơn Văn Phước",),
        "request": "Cấp phiếu lý lịch tư pháp",
        "reason": "Thủ tục này không thuộc thẩm quyền giải quyết của Ủy ban nhân dân xã.",
        "right_place": "Công an tỉnh Vĩnh Long",
        "filer_name": "Sơn Văn Phước",
        "receiver_name": "Nguyễn Thị Hồng Đào",
        "receiver_phone": "0294 3 812 345",
        "feedback": ("UBND xã Nghĩa Giang, ấp Chợ",),
    }
    return RefusalSlip(**(_DESK | figures | changes))


def stop(**changes) -> StopSlip:
    figures = {
        "number": "03/TBDG",
        "code": CODE,
        "applicants": ("Thạch Thị Sóc Kha",),
        "request": "Đăng ký khai sinh cho trẻ Sơn Minh Khang",
        "received": "15 giờ 20 phút, ngày 20 tháng 11 năm 2026",
        "stopped": "09 giờ 05 phút, ngày 25 tháng 11 năm 2026",
        "case": "người nộp rút hồ sơ",
        "asked_by": "Thạch Thị Sóc Kha",
        "stage": "đang xử lý",
        "reason": "Người nộp xin rút để nộp ở nơi thường trú.",
        "ground": "Đơn xin rút hồ sơ ký ngày 25/11/2026",
        "papers_given_back": "Giấy chứng sinh (bản chính: 01)",
        "fees_words": "đã nộp 16.000 đồng, hoàn trả",
        "filer_name": "Thạch Thị Sóc Kha",
        "decider_name": "Lê Hoàng Phúc",
        "decider_title": "PHÓ CHỦ TỊCH",
        "complaint": "Khiếu nại: gửi Chủ tịch UBND xã Nghĩa Giang.",
        "website": "127.0.0.1:8000",
        "hotline": "0294 3 812 345",
        "feedback": ("UBND xã Nghĩa Giang, ấp Chợ",),
        "history_mark": "3fa9c1d2",
    }
    return StopSlip(**(_DESK | figures | changes))


def plain_receipt(slip: ReceiptSlip) -> bytes:
    """The same slip from a page written without thought of speed: the peer that the benchmark measures against."""
    _, context, _ = documents.arguments(slip)
    page = engines["django"].from_string((Path(__file__).parent / "plain_receipt.html").read_text(encoding="utf-8"))
    drawing = mark_safe(segno.make(slip.token_url, error="m").svg_inline(border=4))
    return weasyprint.HTML(string=page.render({**context, "qr_svg": drawing})).write_pdf()
