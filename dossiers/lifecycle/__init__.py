"""The only door through which a dossier changes: one function per office act.

Each act checks the move against the table in statuses.py, changes the rows, writes the event,
all in one transaction, and locks in the order: dossiers by id, number counters, history heads.
`by` is the person who acts, `at` the moment (read from the clock once, at the edge). Refusals
are NotAllowed with the sentence to show; `revision` is the state that the person had on his
screen, and an older one is refused with Changed, so nobody overwrites what he has not seen.
"""

from dossiers.lifecycle.acceptance import decline, receive, request_supplement
from dossiers.lifecycle.act import AlreadyDone, Changed
from dossiers.lifecycle.way import (
    amend,
    hand_over,
    issue_result,
    new_secret,
    paper_made,
    return_for_correction,
    return_result,
    send_back,
    sign_off,
    submit_for_sign_off,
    take_over,
    void,
)

__all__ = [
    "AlreadyDone",
    "Changed",
    "amend",
    "decline",
    "hand_over",
    "issue_result",
    "new_secret",
    "paper_made",
    "receive",
    "request_supplement",
    "return_for_correction",
    "return_result",
    "send_back",
    "sign_off",
    "submit_for_sign_off",
    "take_over",
    "void",
]
