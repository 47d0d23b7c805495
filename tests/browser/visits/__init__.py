"""Every page of the portal, once: who opens it, where it is, and what is done there first; a module a room.

Checks that hold for all pages (accessibility, narrow screens, weight, privacy) and the pictures go through this
list; `test_accessibility` finds the address that is missing here.
"""

from tests.browser.visits import administration, certification, counter, public, signing, work

ROOMS = (public, counter, work, signing, certification, administration)
VISITS = [visit for room in ROOMS for visit in room.VISITS]
# Addresses that are no page to look at: files, redirects, and what is only sent to.
NO_PAGES = {
    "display",
    "dossiers:autosave",
    "dossiers:message_again",
    "dossiers:slip_file",
    "dossiers:paper",
    "dossiers:apology_preview",
    "dossiers:status_letter",
    "dossiers:certification_book_pdf",
    "dossiers:register_pdf",
    "dossiers:register_xlsx",
    "dossiers:day_sheet_pdf",
    "dossiers:control_slip_pdf",
    "dossiers:hand_over_list_pdf",
    "roster:come_back",
    "dossiers:consultation_letter",
    "dossiers:consultation_file",
    "dossiers:draft_file",
    "dossiers:print_for_ink",
    "dossiers:result_template_new",
    "dossiers:reveal",
    # Looked at with the grant of a slip.
    "dossiers:status",
    "dossiers:ask_back",
    "dossiers:think_again",
    "roster:check_in",
    "roster:copy",
    "roster:sheet_print",
    "workflows:start",
    "workflows:discard",
    "staff:start",
    "staff:log_out",
    "staff:switch_person",
    "staff:person_disable",
    "staff:person_enable",
    "staff:person_new_password",
    "surveys:vote",
    "surveys:thanks",
    "dossiers:scan_file",
    "dossiers:scan_preview",
    "dossiers:signed_file",
    "dossiers:transfer_print",
    "dossiers:waiting_report_csv",
}
WHO = list(dict.fromkeys(visit.who for visit in VISITS))
