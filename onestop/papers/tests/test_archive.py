"""What makes a paper fit to be kept for good (ISO 19005-3, level U), as far as it can be read out of the file.

veraPDF, the validator of the standard, is not part of this suite: these are the rules that our papers could break.
"""

import io
import json
import subprocess
from datetime import UTC, datetime

import pikepdf
import pytest

from onestop.papers import pdf

AT = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
FIGURES = {"kind": "specimen", "name": "Thạch Thị Sóc Kha", "lines": [["đậm", 1]]}


def made(**changes) -> bytes:
    return pdf.render("pdf/specimen.html", {}, **{"title": "Bảng chữ", "made_at": AT, "figures": FIGURES} | changes)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return made()


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def attached(data: bytes) -> dict[str, bytes]:
    with opened(data) as file:
        return {name: file.attachments[name].get_file().read_bytes() for name in file.attachments}


def test_the_file_says_that_it_is_pdf_a_3u(paper):
    with opened(paper) as file:
        assert file.pdf_version == "1.7"
        assert file.open_metadata().pdfa_status == "3U"
        assert file.trailer.get("/ID") is not None


def test_title_dates_and_language_are_the_same_in_both_places(paper):
    with opened(paper) as file, file.open_metadata() as words:
        said = (words["dc:title"], words["xmp:CreateDate"], words["xmp:ModifyDate"])
        assert said == ("Bảng chữ", "2026-11-20T08:20:00Z", "2026-11-20T08:20:00Z")
        assert (str(file.docinfo["/Title"]), str(file.docinfo["/CreationDate"])) == ("Bảng chữ", "D:20261120082000Z")
        assert str(file.Root.Lang) == "vi"


def test_colours_have_one_meaning(paper):
    with opened(paper) as file:
        [intent] = file.Root.OutputIntents
        assert (str(intent.S), intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"


def test_every_font_is_embedded_and_every_letter_has_its_meaning(paper):
    with opened(paper) as file:
        fonts = [one for one in file.objects if isinstance(one, pikepdf.Dictionary) and str(one.get("/Type", "")) == "/Font"]
        whole = [font for font in fonts if str(font.Subtype) == "/Type0"]
        parts = [font for font in fonts if "/FontDescriptor" in font]
        assert len(whole) == len(parts) >= 5
        assert all("/ToUnicode" in font for font in whole)
        assert all({"/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys()) for font in parts)
        assert {str(font.get("/CIDToGIDMap")) for font in parts if "/FontFile2" in font.FontDescriptor} == {"/Identity"}


def test_nothing_in_it_acts_is_hidden_or_comes_from_elsewhere(paper):
    with opened(paper) as file:
        assert not file.is_encrypted
        keys = set().union(*(one.keys() for one in file.objects if isinstance(one, pikepdf.Dictionary | pikepdf.Stream)))
        assert not keys & {"/JS", "/JavaScript", "/OpenAction", "/AA", "/A", "/URI", "/XFA", "/RichMedia", "/Encrypt", "/OCProperties"}
        pictures = [one for one in file.objects if isinstance(one, pikepdf.Stream) and str(one.get("/Subtype", "")) == "/Image"]
        assert not any(bool(picture.get("/Interpolate", False)) for picture in pictures)
        assert {str(one.get("/Filter", "")) for one in file.objects if isinstance(one, pikepdf.Stream)} <= {"", "/FlateDecode"}


def test_the_structure_of_the_file_is_whole(paper, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(paper)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=True)
    assert "No syntax or stream encoding errors found" in done.stdout


def test_the_figures_are_an_associated_file(paper):
    with opened(paper) as file:
        [figures] = file.Root.AF
        assert (str(figures.AFRelationship), str(figures.UF), str(figures.EF.F.Subtype)) == ("/Data", "so-lieu.json", "/application/json")
        assert str(figures.EF.F.Params.ModDate) == "D:20261120082000Z"
    [(name, content)] = attached(paper).items()
    assert (name, json.loads(content)) == ("so-lieu.json", FIGURES)


def test_the_same_figures_give_the_same_bytes_in_whatever_order_they_come(paper):
    assert made(figures=dict(reversed(FIGURES.items()))) == paper


def test_other_figures_give_the_file_another_identifier(paper):
    other = made(figures=FIGURES | {"name": "Sơn Văn Phước"})
    with opened(paper) as one, opened(other) as another:
        assert one.trailer.ID[0] != another.trailer.ID[0]


def test_a_paper_without_figures_has_nothing_attached():
    plain = made(figures=None)
    with opened(plain) as file:
        assert (list(file.attachments), "/AF" in file.Root, file.open_metadata().pdfa_status) == ([], False, "3U")


def test_few_figures_cost_less_than_a_kilobyte(paper):
    assert len(paper) - len(made(figures=None)) < 1_000
