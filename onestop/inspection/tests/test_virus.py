"""The scanner is asked where there is one, and its silence is said."""

import socketserver
import threading

import pytest

from onestop.inspection import Refused, check
from onestop.inspection.tests import makers as make
from onestop.inspection.virus import NOT_SCANNED, scan


class _Scanner(socketserver.StreamRequestHandler):
    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
        self.server.seen.append(content)
        self.wfile.write(self.server.answer + b"\0")


@pytest.fixture
def scanner(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Scanner) as server:
        server.daemon_threads, server.seen, server.answer = True, [], b"stream: OK"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_SOCKET = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_a_clean_file_is_taken_after_all_of_it_was_sent(scanner):
    content = make.picture((900, 900), "PNG", compress_level=0)

    assert (check("a.png", content).kind, scanner.seen) == ("png", [content])


def test_an_infected_file_is_refused_by_the_name_of_the_virus(scanner):
    scanner.answer = b"stream: Win.Test.EICAR_HDB-1 FOUND"

    with pytest.raises(Refused, match=r"Tệp có vi-rút \(Win.Test.EICAR_HDB-1\). Không mở tệp này trên máy"):
        check("a.pdf", make.pdf())


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b""])
def test_an_answer_that_says_nothing_is_no_pass(scanner, answer):
    scanner.answer = answer

    with pytest.raises(Refused, match="Chưa quét được vi-rút"):
        scan(b"x")


@pytest.mark.parametrize("where", ["127.0.0.1:1", "/khong/co/clamd.ctl"])
def test_a_scanner_that_is_down_is_said_to_be(settings, where):
    settings.CLAMD_SOCKET = where

    with pytest.raises(Refused, match=NOT_SCANNED[:22]):
        scan(b"x")


def test_without_a_scanner_nobody_is_asked():
    assert scan(b"x") is None
