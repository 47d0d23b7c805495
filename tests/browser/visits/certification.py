"""Certification: at the counter, its books, its cash and its clauses."""

from django.urls import reverse

from tests.browser.hands import MOTHER_CARD
from tests.browser.pages import Visit, book, book_number, dossier, fill, open_details, press, row_of, to

VISITS = [
    # -- certification at the counter --------------------------------------------------------
    Visit("certify", "clerk", "/quay/chung-thuc/"),
    Visit(
        "certify-lines",
        "clerk",
        "/quay/chung-thuc/",
        (
            fill("#id_scan", MOTHER_CARD),
            fill("#id_line-0-paper", "cc 2 2, ll, uq, cd, bg"),
            press("Đọc"),
            open_details,
        ),
    ),
    Visit("certify-mistakes", "clerk", "/quay/chung-thuc/", (fill("#id_line-0-paper", "cc 0 2, ll"), press("Lưu (F9)"), open_details)),
    Visit("certified", "clerk", dossier("certified", "certified-waiting")),
    Visit("certified-signed", "clerk", dossier("certified", "certified")),
    Visit("certified-dossier", "clerk", dossier("detail", "certified"), (open_details,)),
    Visit("certified-clauses", "clerk", dossier("certified_clauses", "certified")),
    Visit("certified-sign", "clerk", dossier("certified_sign", "certified-waiting")),
    Visit("certified-give-back", "clerk", dossier("certified_give_back", "certified")),
    Visit(
        "certified-strike",
        "clerk",
        lambda scene: reverse(
            "dossiers:certified_strike",
            args=[scene.code("certified-waiting"), scene.dossiers["certified-waiting"].certification_entries.get().pk],
        ),
    ),
    Visit(
        "certified-cancel-receipt",
        "clerk",
        lambda scene: reverse(
            "dossiers:certified_cancel_receipt",
            args=[scene.code("certified"), scene.dossiers["certified"].certification_receipts.filter(cancelled_at=None).get().pk],
        ),
    ),
    Visit("certifications-today", "clerk", "/quay/chung-thuc/hom-nay/"),
    Visit("certifications-today-empty", "newcomer", "/quay/chung-thuc/hom-nay/"),
    # the same as whoever looks after the desk, or signs, sees it
    Visit("certify-manager", "manager", to("dossiers:certify")),
    Visit("certifications-today-manager", "manager", to("dossiers:certifications_today")),
    *(Visit(f"{what}-manager", "manager", dossier("certified", what), (open_details,)) for what in ("certified", "certified-waiting")),
    Visit("certified-clauses-manager", "manager", dossier("certified_clauses", "certified")),
    Visit("certified-sign-head", "head", dossier("certified_sign", "certified-waiting")),
    Visit("certified-give-back-manager", "manager", dossier("certified_give_back", "certified"), (open_details,)),
    Visit("certified-strike-manager", "manager", row_of("certified_strike", "certified-waiting", "certification_entries")),
    Visit("certified-cancel-receipt-manager", "manager", row_of("certified_cancel_receipt", "certified-waiting", "certification_receipts")),
    # -- the books of certification --------------------------------------------------------------
    Visit("books", "head", to("dossiers:certification_books")),
    Visit("book", "head", book("certification_book")),
    Visit("book-none", "head", book("certification_book", query="?tu-khoa=zzzz")),
    Visit("book-empty", "newcomer", book("certification_book")),
    Visit("book-number", "auditor", book_number(2)),
    Visit("book-number-struck", "auditor", book_number(1)),
    Visit("book-close", "archivist", book("certification_book_close")),
    Visit("book-close-refused", "archivist", book("certification_book_close"), (press("Khóa sổ"),)),
    Visit("certification-cash", "manager", to("dossiers:certification_cash")),
    Visit("certification-cash-mistakes", "manager", to("dossiers:certification_cash", query="?ngay=x")),
    Visit("certification-counting", "manager", to("dossiers:certification_counting")),
    Visit("clauses", "manager", to("dossiers:certification_clauses")),
    Visit("clause", "manager", to("dossiers:certification_clause", "02")),
    Visit("clause-mistakes", "manager", to("dossiers:certification_clause", "02"), (fill("#id_text", "{ai}"), press("Lưu lời chứng"))),
    Visit("certification-setting", "manager", to("dossiers:certification_setting")),
    Visit("certification-setting-mistakes", "manager", to("dossiers:certification_setting"), (fill("#id_volume_BS", "0"), press("Lưu"))),
    Visit("delegations", "head", to("dossiers:delegations")),
    Visit("delegation-new", "head", to("dossiers:delegation_new")),
    Visit("delegation-new-mistakes", "head", to("dossiers:delegation_new"), (press("Ghi quyết định"),)),
    Visit("delegation-revoke", "head", lambda scene: reverse("dossiers:delegation_revoke", args=[scene.cast.agency.delegations.get().pk])),
]
