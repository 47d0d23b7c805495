"""What must be so before a paper may be certified; each problem has its line, field and sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from dossiers.certification.catalogue import Ground, WorkRules, catalogue
from dossiers.certification.kinds import Book, Work
from dossiers.certification.session import CertificationLine, CertificationSession, Prolongation
from onestop.reading.names import fold

MOST_PAGES = 3000
MOST_COPIES = 500


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it must be; `line` counts from 0, None: the session as a whole."""

    line: int | None
    field: str
    sentence: str


def problems_of(session: CertificationSession) -> list[Problem]:
    """Everything that stops the session, in the order of the page; empty: it may be certified."""
    found = [Problem(None, field, sentence) for field, sentence in _whole(session)]
    for number, line in enumerate(session.lines):
        found += [Problem(number, field, sentence) for field, sentence in _line(line, session)]
    return found


def ground_against(line: CertificationLine) -> Ground | None:
    """The ground on which this kind of paper is refused for this kind of work, as far as the kind tells."""
    known = catalogue()
    paper, family = known.papers.get(line.paper_kind), known.rules_of(line.work).family
    if paper is None:
        return None
    if family in paper.refuse:
        return known.grounds[paper.refuse[family]]
    if paper.authorisation and line.authorisation_case not in known.authorisations:
        # TT 01/2020 Điều 14: any other authorisation is a deal and is certified as one.
        return known.grounds[known.authorisation_ground]
    return None


def _whole(session: CertificationSession) -> Iterator[tuple[str, str]]:
    filers = [party for party in session.people if party.role == "filer"]
    if len(filers) != 1 or not filers[0].name:
        yield "name", "Ghi họ tên người yêu cầu chứng thực"
    if not session.lines:
        yield "lines", "Ghi ít nhất một giấy tờ cần chứng thực"
    if session.payment.paid_by not in {"cash", "transfer", "online", "later"}:
        yield "paid_by", "Chọn cách nộp tiền"
    if session.prolongation is not None:
        yield from _prolongation(session, session.prolongation)


def _prolongation(session: CertificationSession, wished: Prolongation) -> Iterator[tuple[str, str]]:
    rules = [catalogue().rules_of(line.work).prolonging for line in session.lines if line.work in Work.values]
    allowed = [rule for rule in rules if rule is not None]
    if not allowed:
        yield "working_days", "Chứng thực chữ ký không kéo dài được: trả trong ngày, sau 15 giờ thì ngày làm việc sau (NĐ 23/2015 Điều 7)"
        return
    if wished.working_days < 1:
        yield "working_days", "Số ngày làm việc kéo dài phải từ 1 trở lên"
    if not wished.reason:
        yield "prolong_reason", "Ghi lý do kéo dài"
    most = max(rule.days for rule in allowed)
    if wished.working_days > most and not wished.agreed_in_writing:
        articles = ", ".join(sorted({rule.article for rule in allowed}))
        limit = f"quá {most} ngày làm việc" if most else "thêm ngày"
        yield "agreed_in_writing", f"Kéo dài {limit} phải có thỏa thuận bằng văn bản ({articles})"


def _line(line: CertificationLine, session: CertificationSession) -> Iterator[tuple[str, str]]:
    known = catalogue()
    if line.work not in Work.values:
        yield "work", "Chọn loại việc chứng thực"
        return
    rules = known.rules_of(line.work)
    if not line.paper_name:
        yield "paper_name", "Ghi tên giấy tờ"
    if line.paper_kind and (line.paper_kind not in known.papers or line.work not in known.papers[line.paper_kind].works):
        yield "paper_kind", f"Loại giấy tờ “{line.paper_kind}” không có trong danh sách của việc này"
    elif ground := ground_against(line):
        yield "paper_kind", f"Không chứng thực được: {ground.text} ({ground.article}). {ground.action}"
    if not 1 <= line.pages <= MOST_PAGES:
        yield "pages", f"Số trang từ 1 đến {MOST_PAGES}"
    if not 1 <= line.copies <= MOST_COPIES:
        yield "copies", f"Số bản từ 1 đến {MOST_COPIES}"
    if line.printed_pages < 0:
        yield "printed_pages", "Số trang in, chụp không được âm"
    if line.exempt and (line.exempt not in known.exemptions or line.work not in known.exemptions[line.exempt].works):
        yield "exempt", "Lý do miễn này không áp dụng cho việc này"
    if line.procedure and line.procedure not in rules.procedures:
        yield "procedure", "Thủ tục này không thuộc loại việc đã chọn"
    yield from _seen(line, rules, session)
    yield from _people(line, rules, session)


def _seen(line: CertificationLine, rules: WorkRules, session: CertificationSession) -> Iterator[tuple[str, str]]:
    """What the desk has seen with its own eyes."""
    if rules.book == Book.COPIES:
        if not line.compared:
            yield "compared", "Chỉ chứng thực sau khi đã đối chiếu đúng bản chính (TT 01/2020 Điều 11)"
        return
    # A specimen on file stands for signing in person only where translators and credit institutions have one.
    if not line.signed_before_me and not (line.specimen_signature and rules.book in {Book.TRANSLATIONS, Book.CONTRACTS}):
        yield "signed_before_me", "Người yêu cầu phải ký trước mặt người tiếp nhận hoặc người chứng thực"
    if rules.family in {"signature", "contract"} and not line.capacity_sure:
        yield "capacity_sure", "Chỉ chứng thực khi người ký minh mẫn, làm chủ hành vi (NĐ 23/2015 Điều 25, 36)"
    filer = next((party for party in session.people if party.role == "filer"), None)
    if filer is not None and not (filer.personal_id or filer.old_id or filer.no_id_reason):
        yield "personal_id", "Ghi số giấy tờ tùy thân của người ký: sổ chứng thực phải có"


def _people(line: CertificationLine, rules: WorkRules, session: CertificationSession) -> Iterator[tuple[str, str]]:
    if rules.family == "translation" and not (line.language_from and line.language_to):
        yield "language_from", "Ghi dịch từ tiếng nào sang tiếng nào"
    names = [fold(name) for name in line.witnesses if name]
    if line.cannot_read_or_sign and rules.family == "contract" and len(set(names)) < 2:
        yield "witnesses", "Không đọc, không nghe, không ký hoặc không điểm chỉ được: cần hai người làm chứng (NĐ 23/2015 Điều 36)"
    parties = {fold(party.name) for party in session.people if party.role in {"filer", "owner", "subject"}}
    if parties & {*names, fold(line.interpreter)}:
        yield "witnesses", "Người làm chứng, người phiên dịch không được là người yêu cầu chứng thực"
    if line.off_site_place and rules.family not in {"signature", "contract"}:
        yield "off_site_place", "Chỉ di chúc, giao dịch, chữ ký được chứng thực ngoài trụ sở (NĐ 23/2015 Điều 10)"
    if bool(line.off_site_place) != bool(line.off_site_reason):
        yield "off_site_reason", "Chứng thực ngoài trụ sở: ghi cả nơi chứng thực và lý do"
