import base64
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from onestop.papers import qr

TOKEN_URL = "https://motcua.nghiagiang.example.vn/tc/7Q2M8ZKX4HPT9V3C/"


def picture(data_uri: str) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(data_uri.removeprefix("data:image/png;base64,"))))


@pytest.mark.parametrize("text", [TOKEN_URL, "http://127.0.0.1:8000/tc/0000000000000000/", "H61.26-261120-0157", "Thạch Thị Sóc Kha"])
def test_the_code_reads_back_as_the_text(text):
    [found] = zxingcpp.read_barcodes(picture(qr.png_data_uri(text)).convert("L"))
    assert (found.text, found.format, found.ec_level) == (text, zxingcpp.BarcodeFormat.QRCode, "M")


def test_the_picture_has_one_bit_a_pixel_and_a_quiet_zone_of_four_modules():
    image = picture(qr.png_data_uri(TOKEN_URL, scale=5))
    assert image.mode == "1"
    # getbbox of the inverted picture is the symbol without its white margin.
    left, top, right, bottom = image.convert("L").point(lambda value: 255 - value).getbbox()
    assert (left, top, image.width - right, image.height - bottom) == (20, 20, 20, 20)


def test_the_printed_width_leaves_the_symbol_its_26_mm():
    modules = picture(qr.png_data_uri(TOKEN_URL, scale=1)).width - 8
    assert qr.width_mm(TOKEN_URL) == pytest.approx(26 * (modules + 8) / modules)


def test_the_same_text_gives_the_same_picture():
    assert qr.png_data_uri(TOKEN_URL) == qr.png_data_uri(TOKEN_URL)


def test_the_screen_picture_is_an_svg_without_a_size_of_its_own():
    svg = qr.svg(TOKEN_URL)
    assert svg.startswith("<svg ") and svg.endswith("</svg>")
    assert " width=" not in svg and " style=" not in svg


def test_an_empty_text_is_refused():
    with pytest.raises(ValueError, match="needs a text"):
        qr.png_data_uri("")
