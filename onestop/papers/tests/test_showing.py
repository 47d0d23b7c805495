import pytest

from onestop.papers.showing import shown_pdf


def test_a_paper_is_shown_under_its_name_and_taken_for_nothing_else():
    response = shown_pdf(b"%PDF-1.7", "so-theo-doi-2026-11-1.pdf")

    assert response.content == b"%PDF-1.7"
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert response["Content-Disposition"] == 'inline; filename="so-theo-doi-2026-11-1.pdf"'


@pytest.mark.parametrize(("in_our_frames", "ancestors"), [(True, "'self'"), (False, "'none'")])
def test_a_paper_loads_nothing_and_only_our_pages_may_frame_it(in_our_frames, ancestors):
    policy = shown_pdf(b"", "a.pdf", in_our_frames=in_our_frames)["Content-Security-Policy"]

    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors {ancestors}"
