"""Those who settle dossiers: their work, pauses and extensions, endings, questions to other agencies."""

from django.urls import reverse

from tests.browser.pages import TOKEN, Visit, by_token, dossier, fill, open_details, press, to

VISITS = [
    # -- those who settle -------------------------------------------------------------
    Visit("work", "specialist", "/xu-ly/"),
    *(Visit(f"work-{tab}", "specialist", f"/xu-ly/?muc={tab}") for tab in ("cho-dan", "co-quan-khac", "da-trinh", "da-xong")),
    Visit("work-manager", "manager", "/xu-ly/"),
    Visit("reassign", "manager", dossier("reassign", "processing")),
    Visit("reassign-mistakes", "manager", dossier("reassign", "processing"), (press("Phân công lại"),)),
    Visit("reassign-closed", "manager", dossier("reassign", "waiting")),
    Visit("reassign-people", "manager", to("dossiers:reassign_people")),
    Visit("reassign-people-empty", "newcomer", to("dossiers:reassign_people")),
    Visit("reassign-person", "manager", lambda scene: reverse("dossiers:reassign_person", args=[scene.cast.specialist.pk])),
    Visit(
        "reassign-person-mistakes",
        "manager",
        lambda scene: reverse("dossiers:reassign_person", args=[scene.cast.specialist.pk]),
        (press("Phân công lại các hồ sơ đã đánh dấu"),),
    ),
    Visit("reassign-person-empty", "manager", lambda scene: reverse("dossiers:reassign_person", args=[scene.cast.leader.pk])),
    Visit("dossier-specialist", "specialist", dossier("detail", "processing"), (open_details,)),
    Visit("submit", "specialist", dossier("submit", "processing")),
    Visit(
        "submit-mistakes",
        "specialist",
        dossier("submit", "processing"),
        (
            lambda page, scene: page.locator("#id_file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x"}),
            press("Trình ký"),
        ),
    ),
    # -- pauses and extensions ------------------------------------------------------------------
    *(
        Visit(f"dossier-{what}", "clerk", dossier("detail", what), (open_details,))
        for what in ("asked", "owing", "suspended", "resumed", "extended")
    ),
    Visit("ask-for-supplement", "clerk", dossier("ask_for_supplement", "received"), (open_details,)),
    Visit("ask-for-supplement-mistakes", "clerk", dossier("ask_for_supplement", "received"), (press("Lưu và in phiếu bổ sung (M02)"),)),
    Visit("ask-again", "clerk", dossier("ask_for_supplement", "asked")),
    Visit("accept-supplement", "clerk", dossier("accept_supplement", "asked"), (open_details,)),
    Visit(
        "slip-of-dossier",
        "clerk",
        lambda scene: reverse(
            "dossiers:slip",
            args=[scene.dossiers["asked"].supplement_requests.get().issued_papers.get().pk],
        ),
    ),
    Visit("request-payment", "clerk", dossier("request_payment", "received")),
    Visit(
        "request-payment-mistakes",
        "clerk",
        dossier("request_payment", "received"),
        (
            fill("#id_amount", "15,5"),
            press("Yêu cầu nộp tiền"),
        ),
    ),
    Visit("confirm-payment", "clerk", dossier("confirm_payment", "owing"), (open_details,)),
    Visit("confirm-payment-mistakes", "clerk", dossier("confirm_payment", "owing"), (press("Đã nhận tiền"),)),
    *(
        Visit(f"dossier-{what}", "leader", dossier("detail", what), (open_details,))
        for what in ("stopped", "asked-back", "unanswered", "reclassified")
    ),
    Visit("stop", "leader", dossier("stop", "received")),
    Visit("stop-mistakes", "leader", dossier("stop", "received"), (press("Dừng và in thông báo (M05)"),)),
    Visit("stop-unanswered", "leader", dossier("stop", "unanswered")),
    Visit("stop-closed", "leader", dossier("stop", "stopped")),
    Visit("unanswered", "leader", "/quay/qua-han-tra-loi/"),
    Visit("unanswered-empty", "newcomer", "/quay/qua-han-tra-loi/"),
    Visit("withdraw", "clerk", dossier("withdraw", "received")),
    Visit("withdraw-mistakes", "clerk", dossier("withdraw", "received"), (fill("#id_signed_on", "31/02"), press("Ghi đơn xin rút"))),
    Visit("give-up", "clerk", dossier("give_up", "asked-back")),
    Visit(
        "give-up-mistakes",
        "clerk",
        dossier("give_up", "asked-back"),
        (
            fill("#id_reason", ""),
            press("Đã trả giấy tờ, in thông báo (M05)"),
        ),
    ),
    Visit("keep-on", "clerk", dossier("keep_on", "asked-back")),
    Visit("keep-on-mistakes", "clerk", dossier("keep_on", "asked-back"), (press("Giải quyết tiếp"),)),
    Visit("reclassify", "manager", dossier("reclassify", "received")),
    Visit(
        "reclassify-seen",
        "manager",
        dossier("reclassify", "received"),
        (
            fill("#id_procedure", "1.009002"),
            press("Xem ngày hẹn và giấy tờ"),
            open_details,
        ),
    ),
    Visit("reclassify-mistakes", "manager", dossier("reclassify", "received"), (press("Chuyển thủ tục"),)),
    Visit("log-reclassified", "manager", dossier("log", "reclassified")),
    Visit("suspend", "leader", dossier("suspend", "received")),
    Visit("suspend-mistakes", "leader", dossier("suspend", "received"), (press("Tạm đình chỉ"),)),
    Visit("resume", "leader", dossier("resume", "suspended"), (open_details,)),
    Visit("consent", "leader", dossier("consent", "late")),
    Visit("consent-mistakes", "leader", dossier("consent", "late"), (press("Ghi ý kiến đồng ý"),)),
    Visit("extend", "leader", dossier("extend", "resumed")),
    Visit(
        "extend-seen",
        "leader",
        dossier("extend", "resumed"),
        (
            lambda page, scene: page.locator("#id_extra_value").select_option("2"),
            fill("#id_ground", "Điều 12"),
            press("Xem ngày hẹn mới"),
        ),
    ),
    Visit("extend-mistakes", "leader", dossier("extend", "resumed"), (press("Gia hạn"),)),
    # -- other agencies ------------------------------------------------------------------------
    Visit("status-elsewhere", "visitor", by_token(TOKEN, "elsewhere"), (open_details,)),
    Visit("dossier-elsewhere", "clerk", dossier("detail", "elsewhere"), (open_details,)),
    Visit("dossier-heard", "clerk", dossier("detail", "heard"), (open_details,)),
    Visit("control-slip-heard", "clerk", dossier("control_slip", "heard")),
    Visit("consult", "clerk", dossier("consult", "received")),
    Visit("consult-again", "clerk", dossier("consult", "elsewhere")),
    Visit("consult-mistakes", "clerk", dossier("consult", "received"), (press("Ghi đã gửi"),)),
    Visit("consultation", "clerk", dossier("consultation", "elsewhere", 1), (open_details,)),
    Visit(
        "consultation-mistakes",
        "clerk",
        dossier("consultation", "elsewhere", 1),
        (
            fill("#id_answered_time", "25:00"),
            press("Ghi trả lời"),
        ),
    ),
    Visit("consultation-heard", "leader", dossier("consultation", "heard", 1)),
    Visit("consultations", "leader", "/xu-ly/co-quan-khac/"),
    Visit("consultations-empty", "newcomer", "/xu-ly/co-quan-khac/"),
]
