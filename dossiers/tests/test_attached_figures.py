"""The figures that travel inside our papers: what was printed, and never the citizen's secret."""

import io
import json

import pikepdf
import pytest

from dossiers import documents
from dossiers.slips import SECRETS, read_snapshot
from dossiers.tests.letter_samples import letter
from dossiers.tests.slip_samples import LOOKUP_CODE, TOKEN_URL, receipt, refusal, stop, supplement
from onestop.inspection import DRAFT, check

SLIPS = {"receipt": receipt(), "supplement": supplement(), "refusal": refusal(), "stop": stop(), "apology": letter()}


@pytest.fixture(scope="module")
def papers() -> dict[str, bytes]:
    return {kind: documents.from_snapshot(slip.as_json()) for kind, slip in SLIPS.items()}


def attached(data: bytes) -> dict:
    with pikepdf.open(io.BytesIO(data)) as file:
        assert list(file.attachments) == ["so-lieu.json"]
        return json.loads(file.attachments["so-lieu.json"].get_file().read_bytes())


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_can_be_read_back_from_its_own_file(papers, kind):
    figures = attached(papers[kind])
    again = read_snapshot(figures).as_json()
    assert figures.keys() == again.keys() - {*SECRETS, "two_liens_per_sheet"}
    assert figures == {name: value for name, value in SLIPS[kind].as_json().items() if name in figures}


@pytest.mark.parametrize("kind", SLIPS)
def test_no_file_holds_the_secret_outside_of_the_applicants_copy(papers, kind):
    with pikepdf.open(io.BytesIO(papers[kind])) as file:
        streams = [one for one in file.objects if isinstance(one, pikepdf.Stream)]
        inside = b"".join(one.read_bytes() for one in streams if "/Params" in one)
        words = b"".join(one.read_bytes() for one in streams if str(one.get("/Type", "")) == "/Metadata")
    assert inside
    for secret in (LOOKUP_CODE, TOKEN_URL, "/tc/", *SECRETS):
        assert secret.encode() not in inside + words


@pytest.mark.parametrize("kind", SLIPS)
def test_every_paper_is_made_for_the_archive(papers, kind):
    with pikepdf.open(io.BytesIO(papers[kind])) as file:
        assert (file.open_metadata().pdfa_status, len(file.Root.AF), len(file.Root.OutputIntents)) == ("3U", 1, 1)


def test_two_copies_on_one_sheet_are_one_page_of_a_whole_file(papers):
    with pikepdf.open(io.BytesIO(papers["receipt"])) as file:
        assert (len(file.pages), list(file.check_pdf_syntax())) == (1, [])


def test_our_own_paper_is_taken_when_somebody_sends_it_back(papers):
    checked = check("xin-loi.pdf", papers["apology"], DRAFT)
    assert (checked.kind, checked.warnings) == ("pdf", ())
