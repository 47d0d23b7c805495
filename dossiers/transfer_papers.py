"""The list of dossiers sent to another commune, printed in two copies (liên): one goes with the papers, one stays."""

from datetime import datetime

from dossiers.models import Arrival, TransferList
from dossiers.transfers import HOME, LATER, OUT, line_rows, way_of
from onestop.papers import pdf
from onestop.reading.dates import say_clock_date, say_long_date
from onestop.worktime.hours import local

STYLES = ("pdf/transfer.css",)
HEADINGS = {OUT: "HỒ SƠ", LATER: "GIẤY TỜ BỔ SUNG", HOME: "KẾT QUẢ GIẢI QUYẾT"}
COPIES = ("Liên 1: bên nhận giữ", "Liên 2: bên giao giữ, có xác nhận của bên nhận")


def transfer_pdf(transfer: TransferList, *, made_at: datetime) -> bytes:
    """Both copies, A4; once it is confirmed with what the other side said."""
    lines = line_rows(transfer)
    context = {
        "transfer": transfer,
        "copies": COPIES,
        "heading": f"DANH SÁCH CHUYỂN {HEADINGS[way_of(transfer, later=any(line.brought for line in lines))]}",
        "lines": lines,
        "taken": sum(line.state == Arrival.TAKEN for line in lines),
        "sent": say_clock_date(local(transfer.sent_at)),
        "confirmed": say_clock_date(local(transfer.confirmed_at)) if transfer.confirmed_at else "",
        "issued_words": say_long_date(local(transfer.sent_at).date()),
    }
    return pdf.render("pdf/transfer.html", context, title=f"Danh sách chuyển số {transfer.say_number()}", made_at=made_at, styles=STYLES)
