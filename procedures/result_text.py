"""Places to be filled in the text of a result: "Xác nhận ông/bà {họ tên}, sinh ngày {ngày sinh}".

    unknown_places(text)          # what is between braces and no place of ours
    fill(text, {"ho ten": "Thạch Thị Sóc Kha"})

The list of places is closed. A place may be typed with accents or without, in capitals or not: `{HO TEN}` is `{họ tên}`.
What is put in is never read again, so a name with braces in it stays a name. Where the words come from: `dossiers.results`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onestop.reading.names import fold

BLANK = "………………"
"""What stands on paper where a word is not known, to be typed over."""
_PLACE = re.compile(r"\{([^{}\n]{0,80})\}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True)
class Place:
    """One place: its name as it is typed, what is put there, and what the sample says."""

    name: str
    meaning: str
    sample: str

    @property
    def key(self) -> str:
        return fold(self.name)


PLACES = (
    Place("họ tên", "Người đứng tên hồ sơ", "Thạch Thị Sóc Kha"),
    Place("ngày sinh", "Ngày sinh của người đó", "12/03/1985"),
    Place("giới tính", "Giới tính của người đó", "nữ"),
    Place("số định danh", "Số định danh cá nhân của người đó", "084185001234"),
    Place("địa chỉ", "Địa chỉ của người đó", "Ấp Trà Kha, xã Nghĩa Giang, tỉnh Vĩnh Long"),
    Place("người nộp", "Người nộp hồ sơ", "Sơn Văn Phước"),
    Place("trẻ em", "Trẻ em trong hồ sơ", "Sơn Minh Khang"),
    Place("cha", "Cha", "Sơn Văn Phước"),
    Place("mẹ", "Mẹ", "Thạch Thị Sóc Kha"),
    Place("bên nam", "Bên nam (chồng)", "Sơn Văn Phước"),
    Place("bên nữ", "Bên nữ (vợ)", "Kim Thị Sa Rây"),
    Place("người đã mất", "Người đã mất", "Sơn Ngọc Lâm"),
    Place("người được giám hộ", "Người được giám hộ", "Sơn Minh Khang"),
    Place("người giám hộ", "Người giám hộ", "Sơn Văn Phước"),
    Place("người được giải quyết", "Người được giải quyết", "Thạch Thị Sóc Kha"),
    Place("người hưởng", "Người hưởng", "Thạch Thị Sóc Kha"),
    Place("chủ hộ", "Chủ hộ", "Sơn Văn Phước"),
    Place("thủ tục", "Tên thủ tục", "Xác nhận thông tin hộ tịch"),
    Place("tên kết quả", "Tên kết quả của thủ tục", "Giấy xác nhận"),
    Place("mã hồ sơ", "Mã hồ sơ", "H61.26-261120-0157"),
    Place("ngày nhận hồ sơ", "Ngày tiếp nhận", "ngày 20 tháng 11 năm 2026"),
    Place("ngày soạn", "Ngày soạn văn bản", "ngày 23 tháng 11 năm 2026"),
    Place("cơ quan", "Cơ quan ban hành", "Ủy ban nhân dân xã Nghĩa Giang"),
    Place("địa danh", "Địa danh", "Nghĩa Giang"),
    Place("bộ phận một cửa", "Nơi trả kết quả", "Trung tâm Phục vụ hành chính công xã Nghĩa Giang"),
    Place("điện thoại cơ quan", "Điện thoại của bộ phận một cửa", "0294 3 812 345"),
)
BY_KEY = {place.key: place for place in PLACES}
SAMPLE = {place.key: place.sample for place in PLACES}


def places_in(text: str) -> tuple[str, ...]:
    """What stands between braces, as it was typed, once each."""
    return tuple(dict.fromkeys(match[1] for match in _PLACE.finditer(text)))


def why_not_fillable(text: str) -> str:
    """The sentence that says which place is not on the list or which brace stands alone, or ""."""
    unknown = [name for name in places_in(text) if fold(name) not in BY_KEY]
    if unknown:
        said = ", ".join(f"{{{name}}}" for name in unknown[:3])
        return f"Không có chỗ điền {said}. Chọn trong danh sách chỗ điền"
    if _BRACE.search(_PLACE.sub("", text)):
        return "Có dấu { hoặc } đứng lẻ. Chỗ điền viết dạng {họ tên}"
    return ""


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with the words of `words` (by folded name) in its places; `BLANK` where there is none."""
    return _PLACE.sub(lambda match: words.get(fold(match[1])) or BLANK, text)


def paragraphs_of(text: str) -> tuple[str, ...]:
    """One paragraph a line; empty lines only part them for the eye."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
