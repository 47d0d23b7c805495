import contextlib
import gc
import http.server
import os
import re
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from onestop.papers import pdf, press

AT = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)


def plain(data: bytes) -> bytes:
    """The PDF followed by all its streams, unpacked."""
    unpacked = [data]
    for start in re.finditer(rb"stream\r?\n", data):
        with contextlib.suppress(zlib.error):
            unpacked.append(zlib.decompressobj().decompress(data[start.end() :]))
    return b"\n".join(unpacked)


def text(data: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


def specimen(**changes) -> bytes:
    return pdf.render("pdf/specimen.html", {}, **{"title": "Bảng chữ", "made_at": AT} | changes)


@pytest.fixture
def visited():
    """A local web server's address and the paths asked of it."""
    paths = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_response(204)
            self.end_headers()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_connection_is_opened(visited):
    address, paths = visited
    html = (
        f'<html><head><link rel="stylesheet" href="{address}/a.css"><link rel="attachment" href="{address}/b"><base href="{address}/">'
        f"<style>@import url({address}/c.css); @font-face {{ font-family: x; src: url({address}/d) }} p {{ font-family: x }}</style></head>"
        f'<body style="background: url({address}/e)"><p>chữ</p><img src="{address}/f.png"><img src="g.png">'
        f'<object data="{address}/h"></object><svg><image href="{address}/i.png"/></svg></body></html>'
    )
    assert "chữ" in text(press.run(html, [], identifier=b"0"))
    assert paths == []


def test_no_file_is_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("KHONG-DUOC-DOC")
    html = f'<html><head><link rel="attachment" href="file://{secret}"></head><body><object data="{secret}"></object></body></html>'
    assert b"KHONG-DUOC-DOC" not in plain(press.run(html, [], identifier=b"0"))


def test_the_same_paper_has_the_same_bytes():
    assert specimen() == specimen()


def test_title_language_and_dates_are_in_the_file():
    data = plain(specimen())
    assert b"/Lang (vi)" in data
    assert b"/DisplayDocTitle true" in data and b"/PrintScaling /None" in data
    info = subprocess.run(["pdfinfo", "-isodates", "-"], input=specimen(), capture_output=True, check=True).stdout.decode()
    rows = dict(line.split(":", 1) for line in info.splitlines())
    asked = [rows[name].strip() for name in ("Title", "CreationDate", "ModDate")]
    assert asked == ["Bảng chữ", "2026-11-20T08:20:00Z", "2026-11-20T08:20:00Z"]


def test_all_fonts_are_embedded_and_are_ours():
    lines = subprocess.run(["pdffonts", "-"], input=specimen(), capture_output=True, check=True).stdout.decode().splitlines()[2:]
    assert {line.split()[0].split("+")[1] for line in lines} == {
        "Liberation-Serif", "Liberation-Serif-Bold", "Liberation-Serif-Italic", "Liberation-Serif-Bold-Italic", "Khmer-OS-Siemreap",
    }  # fmt: skip
    assert {line.split()[-5] for line in lines} == {"yes"}


def test_threads_that_print_at_once_print_the_same():
    alone = specimen()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: specimen(), range(12))) == {alone}


def test_the_collector_rests_only_while_a_paper_is_made():
    assert gc.isenabled()
    specimen()
    assert gc.isenabled()


def test_a_forked_process_can_print():
    specimen()
    code = (
        "import os, django; django.setup()\n"
        "from onestop.papers import pdf\n"
        "pdf.warm_up()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    pdf.warm_up(); os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert _python(code) == "7\n"


def test_a_command_that_prints_nothing_does_not_load_the_engine():
    code = "import sys, django; django.setup()\nimport dossiers.documents\nprint('weasyprint' in sys.modules)"
    assert _python(code) == "False\n"


def _python(code: str) -> str:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "onestop.settings"}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60).stdout


def test_an_absurd_text_is_refused_at_once(monkeypatch):
    monkeypatch.setattr(pdf, "LONGEST_SOURCE", 500)
    with pytest.raises(pdf.TooLong):
        specimen()


def test_the_machine_has_what_papers_need():
    assert (pdf.fonts_missing(), pdf.subsetter_present()) == ([], True)


def test_a_missing_family_is_named(monkeypatch):
    monkeypatch.setattr("onestop.papers.glyphs.FAMILIES", ("Liberation Serif", "No Such Family"))
    assert pdf.fonts_missing() == ["No Such Family"]
