"""The only door through which a dossier changes: one function per office act.

Each act checks the move against the table in statuses.py, changes the rows, writes the event,
all in one transaction, and locks in the order: dossiers by id, number counters, history heads.
`by` is the person who acts, `at` the moment (read from the clock once, at the edge). Refusals
are NotAllowed with the sentence to show; `revision` is the state that the person had on his
screen, and an older one is refused with Changed, so nobody overwrites what he has not seen.
"""

from dossiers.lifecycle.acceptance import decline, receive, request_supplement
from dossiers.lifecycle.act import AlreadyDone, Changed
from dossiers.lifecycle.apologizing import (
    check_new_date,
    draft_letter,
    is_repeated,
    issue_letter,
    letter_sent,
    misses,
    owes_nothing,
    prepare_letter,
    result_is_there,
    sign_letter,
    waive_letter,
)
from dossiers.lifecycle.bookkeeping import change_certification_setting, close_book, save_clause
from dossiers.lifecycle.certifying import certify, certify_on_the_spot, return_certifications, sign_certifications
from dossiers.lifecycle.consulting import Came, Sent, cancel_consultation, consult, record_answer, remind
from dossiers.lifecycle.ending import (
    paid_so_far,
    request_withdrawal,
    request_withdrawal_online,
    stop,
    take_back_withdrawal,
    take_back_withdrawal_online,
)
from dossiers.lifecycle.passing import (
    Passed,
    Settled,
    confirm_list,
    hand_over,
    hand_over_list,
    miss_papers,
    reassign,
    reassign_list,
    take_over,
    why_not_confirm,
)
from dossiers.lifecycle.pausing import (
    accept_supplement,
    ask_for_supplement,
    confirm_payment,
    consent,
    extend,
    request_payment,
    resume,
    suspend,
)
from dossiers.lifecycle.posting import confirm_delivery, parcel_back, post_result
from dossiers.lifecycle.receipts import cancel_receipt
from dossiers.lifecycle.reclassifying import reclassify
from dossiers.lifecycle.redating import Redated, change_date, change_dates
from dossiers.lifecycle.scanning import add_scan, require_scans, void_scan, waive_scans, why_no_scan
from dossiers.lifecycle.signing import CHANGED_BYTES, pass_for_signature, set_quick_sign
from dossiers.lifecycle.signing_both import LetterChoice, LetterDecided, ResultSigned, sign_both
from dossiers.lifecycle.striking import RefusedLine, refuse_entry, refuse_line, void_entry
from dossiers.lifecycle.telling import choose_messages
from dossiers.lifecycle.transferring import NotSent, Told, confirm_transfer, send_elsewhere, send_home, send_supplements
from dossiers.lifecycle.way import (
    amend,
    issue_result,
    new_secret,
    paper_made,
    return_for_correction,
    return_result,
    send_back,
    sign_off,
    submit_for_sign_off,
    void,
)

__all__ = [
    "AlreadyDone",
    "CHANGED_BYTES",
    "Came",
    "Changed",
    "LetterChoice",
    "LetterDecided",
    "Passed",
    "NotSent",
    "Redated",
    "RefusedLine",
    "ResultSigned",
    "Settled",
    "Sent",
    "Told",
    "accept_supplement",
    "add_scan",
    "amend",
    "ask_for_supplement",
    "cancel_consultation",
    "cancel_receipt",
    "certify",
    "certify_on_the_spot",
    "change_certification_setting",
    "change_date",
    "change_dates",
    "check_new_date",
    "choose_messages",
    "close_book",
    "confirm_delivery",
    "confirm_list",
    "confirm_payment",
    "confirm_transfer",
    "consent",
    "consult",
    "decline",
    "draft_letter",
    "extend",
    "hand_over",
    "hand_over_list",
    "is_repeated",
    "issue_letter",
    "issue_result",
    "letter_sent",
    "miss_papers",
    "misses",
    "new_secret",
    "owes_nothing",
    "paid_so_far",
    "paper_made",
    "parcel_back",
    "pass_for_signature",
    "post_result",
    "prepare_letter",
    "reassign",
    "reassign_list",
    "receive",
    "reclassify",
    "record_answer",
    "refuse_entry",
    "refuse_line",
    "remind",
    "request_payment",
    "request_supplement",
    "request_withdrawal",
    "request_withdrawal_online",
    "require_scans",
    "result_is_there",
    "resume",
    "return_certifications",
    "return_for_correction",
    "return_result",
    "save_clause",
    "send_back",
    "send_elsewhere",
    "send_home",
    "send_supplements",
    "set_quick_sign",
    "sign_both",
    "sign_certifications",
    "sign_letter",
    "sign_off",
    "stop",
    "submit_for_sign_off",
    "suspend",
    "take_back_withdrawal",
    "take_back_withdrawal_online",
    "take_over",
    "void",
    "void_entry",
    "void_scan",
    "waive_letter",
    "waive_scans",
    "why_no_scan",
    "why_not_confirm",
]
