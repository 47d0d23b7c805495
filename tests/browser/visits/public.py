"""What everybody may open: the procedures, a dossier by its code or its slip, the ballot, help and the log-in."""

from django.urls import reverse

from tests.browser.pages import BALLOT, TOKEN, Visit, by_token, fill, follow, open_details, press, six_wrong_codes, to, without_token

VISITS = [
    Visit("home", "visitor", "/"),
    Visit("procedures", "visitor", "/thu-tuc/"),
    Visit("procedures-found", "visitor", "/thu-tuc/?tu-khoa=khai+sinh"),
    Visit("procedures-none", "visitor", "/thu-tuc/?tu-khoa=zzzz"),
    Visit("procedure", "visitor", "/thu-tuc/1.001193/", (open_details,)),
    Visit("lookup", "visitor", "/tra-cuu/"),
    Visit("lookup-mistakes", "visitor", "/tra-cuu/", (press("Tra cứu"),)),
    Visit("lookup-failed", "visitor", "/tra-cuu/?ma=H61.26-200101-0001", (fill("#id_ma_tra_cuu", "12345678"), press("Tra cứu"))),
    Visit("lookup-ended", "visitor", "/tra-cuu/ket-qua/"),
    Visit("lookup-too-many", "visitor", "/tra-cuu/", (six_wrong_codes,)),
    Visit("token-unknown", "visitor", "/tc/0000000000000000/"),
    *(Visit(f"status-{what}", "visitor", by_token(TOKEN, what), (open_details,)) for what in ("received", "late", "ready", "returned")),
    *(Visit(f"status-{what}", "visitor", by_token(TOKEN, what), (open_details,)) for what in ("asked", "owing", "suspended", "extended")),
    *(Visit(f"status-{what}", "visitor", by_token(TOKEN, what), (open_details,)) for what in ("stopped", "asked-back", "reclassified")),
    Visit("ask-back", "visitor", by_token(TOKEN, "received"), (follow("/tra-cuu/xin-rut/"),)),
    Visit(
        "ask-back-confirm",
        "visitor",
        by_token(TOKEN, "received"),
        (
            follow("/tra-cuu/xin-rut/"),
            fill("#id_ly_do", "Tôi nộp ở nơi thường trú"),
            press("Tiếp tục"),
        ),
    ),
    Visit(
        "ask-back-mistakes",
        "visitor",
        by_token(TOKEN, "received"),
        (
            follow("/tra-cuu/xin-rut/"),
            fill("#id_ly_do", "a" * 301),
            press("Tiếp tục"),
        ),
    ),
    Visit("ask-back-too-late", "visitor", by_token(TOKEN, "ready"), (follow("/tra-cuu/xin-rut/"),)),
    Visit("think-again", "visitor", by_token(TOKEN, "asked-back"), (follow("/tra-cuu/thoi-rut/"),)),
    Visit("status-apology", "visitor", by_token(TOKEN, "letter-issued"), (open_details,)),
    Visit("status-supplement", "visitor", lambda scene: reverse(TOKEN, args=[scene.supplement_token])),
    Visit("ballot-early", "visitor", by_token(BALLOT, "received")),
    Visit("ballot", "visitor", by_token(BALLOT, "returned")),
    Visit("ballot-thanks", "visitor", by_token(BALLOT, "rated"), (press("Rất hài lòng"),)),
    Visit("ballot-reasons", "visitor", by_token(BALLOT, "spoken"), (press("Không hài lòng"),)),
    Visit("ballot-already", "visitor", by_token(BALLOT, "rated")),
    Visit("help", "visitor", "/tro-giup/"),
    Visit("accessibility", "visitor", "/tiep-can/"),
    Visit("privacy", "visitor", "/quyen-rieng-tu/"),
    Visit("health", "visitor", "/suc-khoe/"),
    Visit("not-found", "visitor", "/khong-co/"),
    Visit("form-too-old", "visitor", "/tra-cuu/", (without_token, press("Tra cứu"))),
    Visit("log-in", "visitor", "/dang-nhap/?tiep=/quay/"),
    Visit("log-in-mistakes", "visitor", "/dang-nhap/", (press("Đăng nhập"),)),
    Visit("public-roster", "visitor", to("roster:public", query="?don-vi=H61.26")),
    Visit("public-roster-empty", "visitor", to("roster:public", query="?don-vi=H61.27")),
    Visit("public-roster-choose", "visitor", to("roster:public")),
]
