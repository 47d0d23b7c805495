"""Issuing papers: the figures of the day are frozen in the act, the file is made right after.

`issue_*` write a row inside the act's transaction. `store_file` renders and keeps the bytes once;
it is called when the page shows the paper, and by the every-minute job for what was left behind
(a power cut between the two loses nothing but time). The lookup secret and the history mark are
put in only while the file is made: neither belongs in a stored snapshot.
"""

from dossiers.issuing.answers import (
    REFUSAL_SERIES,
    STOP_SERIES,
    SUPPLEMENT_SERIES,
    fees_words,
    issue_refusal,
    issue_stop,
    issue_supplement,
    supplement_subject,
)
from dossiers.issuing.apologies import APOLOGY_SYMBOL, apology_slip_of, issue_apology, letter_preview
from dossiers.issuing.making import printed_slip, render, store_file, token_address
from dossiers.issuing.receipts import issue_receipt, reappointment_slip, receipt_slip_of, reissue_receipt
from dossiers.issuing.results import (
    ResultText,
    draft_file,
    draft_slip,
    final_slip,
    for_ink,
    issue_result_paper,
    sample_slip,
    text_of,
    words_for,
)

__all__ = [
    "APOLOGY_SYMBOL",
    "REFUSAL_SERIES",
    "STOP_SERIES",
    "SUPPLEMENT_SERIES",
    "ResultText",
    "apology_slip_of",
    "draft_file",
    "draft_slip",
    "fees_words",
    "final_slip",
    "for_ink",
    "issue_apology",
    "issue_receipt",
    "issue_refusal",
    "issue_result_paper",
    "issue_stop",
    "issue_supplement",
    "letter_preview",
    "printed_slip",
    "reappointment_slip",
    "receipt_slip_of",
    "reissue_receipt",
    "render",
    "sample_slip",
    "store_file",
    "supplement_subject",
    "text_of",
    "token_address",
    "words_for",
]
