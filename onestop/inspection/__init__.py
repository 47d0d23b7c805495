"""Files from outside, looked into before anything keeps them.

    checked = check("giay-khai-sinh.pdf", content)      # or raises Refused with the sentence to show
    vault.store(content)                                 # the bytes stay as they came
    vault.store(checked.preview)                         # what pages show: a picture that we made

The content decides, not the name. Whatever has to be decoded is decoded in a child process with
little memory, little time and no files (child.py, inside.py), so a hostile file costs at most its
own refusal. Knows no dossier.
"""

from onestop.inspection.checking import DRAFT, SCAN, SIGNED, Checked, Policy, check, read_bounded
from onestop.inspection.refusal import Refused
from onestop.inspection.signatures import Report, Signature, Verdict, verify

__all__ = ["DRAFT", "SCAN", "SIGNED", "Checked", "Policy", "Refused", "Report", "Signature", "Verdict", "check", "read_bounded", "verify"]
