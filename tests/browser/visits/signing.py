"""Those who sign and issue results, letters of apology, and results drafted here."""

from tests.browser.pages import Visit, dossier, fill, many, open_details, press, text_of_office, tick, to, upload
from tests.browser.scene import DRAFT

RECORDS = press("Ghi nhận các bản đã tích")

VISITS = [
    # -- signing -------------------------------------------------------------------------------
    Visit("sign-queue", "leader", "/ky-duyet/", (open_details,)),
    Visit("sign-queue-mine", "head", "/ky-duyet/?xem=cua-toi"),
    Visit("sign-queue-delegate", "specialist", "/ky-duyet/", (open_details,)),
    Visit("sign-delegate", "specialist", dossier("sign", "on-paper")),
    Visit("sign-pass-mistakes", "leader", dossier("sign", "waiting"), (press("Chuyển"),)),
    Visit("sign-many", "archivist", many("waiting", "late-signing", "on-paper"), (open_details,)),
    Visit("sign-many-mistakes", "leader", many("on-paper"), (tick("-ticked"), fill("input[name$=-signed_on]", "31/02"), RECORDS)),
    Visit("sign-many-none-ticked", "leader", many("on-paper"), (RECORDS,)),
    Visit("signed-many", "leader", many("on-paper"), (tick("-ticked"), fill("input[name$=-signed_on]", "01/01/2020"), RECORDS)),
    Visit("quick-sign", "manager", to("dossiers:quick_sign")),
    Visit("waiting-report", "head", to("dossiers:waiting_report")),
    Visit("waiting-report-province", "province", to("dossiers:waiting_report")),
    Visit("waiting-report-empty", "newcomer", to("dossiers:waiting_report")),
    Visit("sign", "leader", dossier("sign", "waiting")),
    Visit("sign-mistakes", "leader", dossier("sign", "waiting"), (press("Trả lại người soạn"),)),
    Visit("sign-on-paper-mistakes", "leader", dossier("sign", "waiting"), (fill("#id_signed_on", "31/02"), press("Ghi nhận đã ký tay"))),
    Visit("dossier-leader", "leader", dossier("detail", "waiting"), (open_details,)),
    Visit(
        "sign-digital-mistakes",
        "leader",
        dossier("sign", "waiting"),
        (
            upload(DRAFT),
            press("Kiểm tra và ghi nhận chữ ký số"),
        ),
    ),
    Visit("signature", "leader", dossier("signature", "digital", 1)),
    Visit("signature-again", "auditor", dossier("signature", "digital", 1, query="?lai=1")),
    Visit("dossier-digital", "specialist", dossier("detail", "digital"), (open_details,)),
    Visit("sign-both", "leader", dossier("sign", "late-signing"), (open_details,)),
    Visit("sign-both-mistakes", "leader", dossier("sign", "late-signing"), (press("Ký"),)),
    Visit("signing-session", "leader", "/ky-duyet/phien/"),
    Visit("signing-session-mistakes", "leader", "/ky-duyet/phien/", (press("Mở phiên ký"),)),
    # -- letters of apology ---------------------------------------------------------------------
    *(Visit(f"apologies-{tab}", "head", f"/xin-loi/?muc={tab}") for tab in ("can-soan", "cho-ky", "da-gui", "rut-bo")),
    Visit("apologies-specialist", "specialist", "/xin-loi/"),
    Visit("apologies-empty", "newcomer", "/xin-loi/"),
    Visit("apology-none", "manager", dossier("apology", "processing")),
    Visit("apology-none-mistakes", "clerk", dossier("apology", "returned"), (press("Lập dự thảo"),)),
    Visit("apology-drafted", "specialist", dossier("apology", "letter-drafted"), (open_details,)),
    Visit(
        "apology-drafted-mistakes",
        "specialist",
        dossier("apology", "letter-drafted"),
        (
            fill("#id_new_date", "31/02"),
            press("Lưu và xem bản in"),
            open_details,
        ),
    ),
    Visit("apology-to-sign", "head", dossier("apology", "letter-prepared"), (open_details,)),
    Visit("apology-to-sign-mistakes", "head", dossier("apology", "letter-prepared"), (press("Ký văn bản"),)),
    Visit("apology-not-his-to-sign", "clerk", dossier("apology", "letter-prepared"), (open_details,)),
    Visit("apology-issued", "clerk", dossier("apology", "letter-issued"), (open_details,)),
    Visit("apology-issued-mistakes", "clerk", dossier("apology", "letter-issued"), (press("Ghi đã gửi"),)),
    Visit("apology-waived", "leader", dossier("apology", "letter-waived"), (open_details,)),
    Visit("sign-archivist", "archivist", dossier("sign", "waiting")),
    Visit("issue", "archivist", dossier("issue", "signed")),
    # -- results drafted here ------------------------------------------------------------------
    Visit("result-templates", "manager", to("dossiers:result_templates")),
    Visit("result-template", "manager", text_of_office("result_template", "text_draft"), (open_details,)),
    Visit(
        "result-template-mistakes",
        "manager",
        text_of_office("result_template", "text_draft"),
        (fill("#id_body", "Sinh tại {nơi sinh}"), fill("#id_symbol", "gxn"), press("Lưu dự thảo")),
    ),
    Visit("result-text", "admin", text_of_office("result_template_text", "text")),
    Visit("draft-result-choice", "specialist", dossier("draft_result", "processing")),
    Visit("draft-result", "specialist", lambda scene: dossier("draft_result", "processing", query=f"?mau={scene.text.pk}")(scene)),
    Visit(
        "draft-result-mistakes",
        "specialist",
        lambda scene: dossier("draft_result", "processing", query=f"?mau={scene.text.pk}")(scene),
        (press("Trình ký"),),
    ),
    Visit("sign-own", "leader", dossier("sign", "own-waiting")),
    Visit("issue-own", "archivist", dossier("issue", "own")),
    Visit("dossier-own", "specialist", dossier("detail", "own-issued")),
]
