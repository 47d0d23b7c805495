import base64
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from onestop.papers import barcode


@pytest.mark.parametrize(
    ("text", "values"),
    [
        # Start B, the letters, check character; worked by hand from the table of ISO/IEC 15417.
        ("PJJ123C", [104, 48, 42, 42, 17, 18, 19, 35, 55]),
        # Digits only, even: set C throughout.
        ("0012", [105, 0, 12, 26]),
        # Digits only, odd: C, then back to B for the last one.
        ("12345", [105, 12, 34, 100, 21, 54]),
        # Too few digits at the end to change set.
        ("a12", [104, 65, 17, 18, 51]),
    ],
)
def test_symbol_values_follow_the_standard(text, values):
    assert barcode.symbol_values(text) == values


def test_known_bars_of_a_whole_symbol():
    start_b, letter_a, check, stop = "11010010000", "10100011000", "10001011000", "1100011101011"
    assert barcode.modules("A") == start_b + letter_a + check + stop


@pytest.mark.parametrize(
    "text",
    ["H61.26-261120-0157", "H15.50.05.13-261008-00975", "000.00.00.H61-260102-10000", "A1234567B", "1", "~ !\"#$%&'()*+,/:;<=>?@[]^_`{|}"],
)
def test_the_bars_read_back_as_the_text(text):
    image = Image.open(BytesIO(base64.b64decode(barcode.code128_png_data_uri(text).removeprefix("data:image/png;base64,"))))
    assert image.mode == "1"
    [found] = zxingcpp.read_barcodes(image.convert("L"))
    assert (found.text, found.format) == (text, zxingcpp.BarcodeFormat.Code128)


@pytest.mark.parametrize("text", ["", "Đ", "A\n"])
def test_what_a_scanner_cannot_give_back_is_refused(text):
    with pytest.raises(ValueError, match="printable ASCII"):
        barcode.symbol_values(text)


def test_a_long_code_is_narrowed_to_the_room_there_is():
    assert barcode.width_mm("H61.26-261120-0157") == pytest.approx((211 + 20) * 0.25)
    assert barcode.width_mm("H15.50.05.13-261008-00975", limit_mm=58.0) == 58.0
