"""The receipt slip: the product's warm press against `write_pdf` of the same slip written plainly."""
import subprocess

from bench.bench import Bench
from bench.measure import Clock, compare
from bench.report import Line, ratio_line
from dossiers import documents
from dossiers.tests import slip_samples
from onestop.papers import pdf

RATIO = 0.65
SIZE_KB = 30


def measure(bench: Bench) -> list[Line]:
    if not pdf.subsetter_present():
        raise RuntimeError("libharfbuzz-subset is missing: fonts would be cut by Python, seven times slower")
    if missing := pdf.fonts_missing():
        raise RuntimeError(f"fonts are missing: {', '.join(missing)}")
    slip = slip_samples.receipt()
    ours, theirs = documents.receipt_slip(slip), slip_samples.plain_receipt(slip)
    for paper in (ours, theirs):
        words = text_of(paper)
        for said in (slip.code, *slip.applicants, slip.due, slip.lookup_code, slip.hotline, *(line.name for line in slip.components)):
            if plain(said) not in words:
                raise ValueError(f"one of the two papers does not say {said}")
    found = compare(lambda: documents.receipt_slip(slip), lambda: slip_samples.plain_receipt(slip), Clock())
    return [
        ratio_line("pdf", "receipt slip, warm ÷ plain write_pdf of the same slip", RATIO, found),
        Line("pdf", "size of the receipt slip (both copies)", round(len(ours) / 1000, 1), SIZE_KB, "kB"),
    ]


def text_of(paper: bytes) -> str:
    """What a reader of the PDF finds, without spaces and in capitals: line breaks and small capitals differ."""
    done = subprocess.run(["pdftotext", "-", "-"], input=paper, capture_output=True, check=True)
    return plain(done.stdout.decode())


def plain(text: str) -> str:
    return "".join(text.split()).upper()
