"""The register: every column of the form, no gap, nobody else's, and the sheet of the day."""

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from dossiers import lifecycle
from dossiers.certification.books import Period
from dossiers.day_sheet import sheet_of
from dossiers.models import PaidBy, RegisterEntry
from dossiers.register_book import COLUMNS, Sums, entries_of, gaps, lines_of
from dossiers.register_papers import leaves_of, parts_in, register_pdf, register_xlsx
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.history.verify import first_problem
from onestop.staff.models import Agency
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures import catalogue
from procedures.models import Procedure

pytestmark = pytest.mark.django_db

NOVEMBER = Period(2026, 11)
MADE = local("2026-11-30 17:00")


def make_month() -> Agency:
    """Three dossiers: one returned, one open, one voided."""
    clerk = make_clerk()
    make_dossier(status="returned")
    make_dossier(name="Sơn Minh Khang")
    lifecycle.void(make_dossier(name="=1+1"), reason="Nhập nhầm người", by=make_user(Role.MANAGER), at=local("2026-11-20 10:00"))
    return clerk.agency


def test_a_line_has_every_column_of_the_form():
    agency = make_month()
    lines = lines_of(entries_of(agency.pk, NOVEMBER))
    assert [len(line.cells) for line in lines] == [len(COLUMNS)] * 3
    first, _, third = lines
    code = RegisterEntry.objects.order_by("entry_no")[0].dossier.code
    assert first.cells[:5] == ("1", code, "Đăng ký khai sinh", "01", "Thạch Thị Sóc Kha")
    assert first.cells[7:11] == ("20/11/2026", "26/11/2026", "20/11/2026", "Tại quầy")
    assert first.cells[11]
    assert (third.struck, third.cells[12]) == (True, "Đã hủy: Nhập nhầm người")
    assert str(Sums().plus(lines)) == "2 hồ sơ nhận; 1 đã trả; 0 quá hạn; 1 dòng đã hủy"


def test_a_procedure_without_an_everyday_name_stands_with_its_official_one():
    agency = make_month()
    Procedure.objects.update(label="", name="Hỗ trợ chi phí về vật tư")
    catalogue.forget()

    assert {line.cells[2] for line in lines_of(entries_of(agency.pk, NOVEMBER))} == {"Hỗ trợ chi phí về vật tư"}


def test_the_province_reads_it_without_personal_data():
    agency = make_month()
    line = lines_of(entries_of(agency.pk, NOVEMBER), sees_names=False)[0]
    assert (line.cells[4], line.cells[5]) == ("Thạch T. S. K.", "")


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    agency = make_month()
    with django_assert_num_queries(6):
        assert len(lines_of(entries_of(agency.pk, NOVEMBER))) == 3
    make_dossier()
    with django_assert_num_queries(6):
        assert len(lines_of(entries_of(agency.pk, NOVEMBER))) == 4


def test_the_first_promise_stands_above_the_later_one():
    dossier = make_dossier()
    lifecycle.extend(
        dossier, kind="decision", ground="Điều 12", extra_value=1, by=make_user(Role.LEADER), at=local("2026-11-23 09:00")
    )
    assert lines_of(entries_of(dossier.agency_id, NOVEMBER))[0].cells[8] == "26/11/2026\n27/11/2026"


def test_numbers_have_no_gap_and_the_year_begins_anew():
    make_dossier(at=local("2026-12-31 10:00"))
    make_dossier(at=local("2026-12-31 11:00"))
    make_dossier(at=local("2027-01-04 08:00"))
    agency = make_agency()
    assert [line.number for line in lines_of(entries_of(agency.pk, Period(2026)))] == [1, 2]
    assert [line.number for line in lines_of(entries_of(agency.pk, Period(2027)))] == [1]
    assert gaps([1, 2, 4]) == [3]


def test_pages_carry_running_totals_and_long_months_are_parted():
    agency = make_month()
    lines = lines_of(entries_of(agency.pk, NOVEMBER)) * 200
    leaves = leaves_of(lines)
    assert sum(len(leaf.lines) for leaf in leaves) == 600
    assert leaves[-1].so_far == Sums().plus(lines)
    assert parts_in(leaves) > 1
    assert len(leaves_of([])) == 1
    with pytest.raises(ValueError, match="part 9"):
        register_pdf(agency, NOVEMBER, lines[:3], made_at=MADE, part=9)


def test_the_spreadsheet_holds_the_same_text_and_no_formula():
    agency = make_month()
    lines = lines_of(entries_of(agency.pk, NOVEMBER))
    assert cells_of(register_xlsx(agency, NOVEMBER, lines, made_at=MADE))[2:] == [list(line.cells) for line in lines]


def cells_of(workbook: bytes) -> list[list[str]]:
    """The text of the cells, row by row; raises KeyError when a cell is anything else than shared text."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with ZipFile(BytesIO(workbook)) as parts:
        texts = [item.findtext(f"{name}t") or "" for item in ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))]
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    rows = [row.findall(f"{name}c") for row in sheet.iter(f"{name}row")]
    return [[texts[int(cell.findtext(f"{name}v"))] if cell.attrib.get("t") == "s" else "" for cell in row] for row in rows]


def test_the_sheet_of_the_day_counts_numbers_returns_and_cash():
    agency, clerk = make_month(), make_clerk()
    dossier = lifecycle.request_payment(make_dossier(), amount=8_000, reason="Lệ phí", by=clerk, at=local("2026-11-20 14:00"))
    lifecycle.confirm_payment(dossier, paid_by=PaidBy.CASH, receipt_no="5", by=clerk, at=local("2026-11-20 15:00"))

    sheet = sheet_of(agency.pk, local("2026-11-20 12:00").date(), now=local("2026-11-20 17:00"))

    assert [(row.name, row.count, row.span) for row in sheet.series[:2]] == [
        ("Sổ theo dõi hồ sơ", 4, "1 – 4"),
        ("Phiếu yêu cầu bổ sung", 0, "không có"),
    ]
    assert len(sheet.returned) == len(sheet.voided) == 1
    assert (sheet.fees, sheet.cash_total) == ((8_000, 0, 0), 8_000)
    assert (sheet.open_now, sheet.late_now, sheet.waiting_now) == (2, 0, 0)
    assert first_problem() is None


def test_another_days_cash_is_not_this_days():
    make_month()
    assert sheet_of(make_agency().pk, local("2026-11-21 12:00").date(), now=MADE).fees == (0, 0, 0)


PAGES = ("/so-theo-doi/", "/so-theo-doi/2026-11/", "/so-theo-doi/2026-11/in/", "/so-theo-doi/2026-11/tai/")
DAY = ("/so-theo-doi/ngay/2026-11-20/", "/so-theo-doi/ngay/2026-11-20/in/")


@pytest.mark.parametrize("page", [*PAGES, *DAY])
@pytest.mark.parametrize("role", [Role.CLERK, Role.MANAGER, Role.ARCHIVIST, Role.AUDITOR])
def test_the_desk_and_the_auditor_read_it(client, page, role):
    make_month()
    client.force_login(make_user(role))
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", [*PAGES, *DAY])
@pytest.mark.parametrize("role", [Role.HELPER, Role.ADMIN])
def test_others_do_not(client, page, role):
    client.force_login(make_user(role))
    assert client.get(page).status_code == 403


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.AUDITOR])
def test_the_list_of_dossiers_leads_there_whoever_may_read_it(client, role):
    client.force_login(make_user(role))
    assert ('href="/so-theo-doi/"' in client.get("/ho-so/").content.decode()) == (client.get("/so-theo-doi/").status_code == 200)


def test_another_commune_sees_its_own_empty_register(client):
    dossier = make_dossier()
    client.force_login(make_clerk(make_agency("H61.99")))
    for page in PAGES[:2]:
        assert dossier.code not in client.get(page).content.decode()


@pytest.mark.parametrize(
    "page", ["/so-theo-doi/2026-13/", "/so-theo-doi/xyz/", "/so-theo-doi/ngay/2026-02-30/", "/so-theo-doi/ngay/2999-01-01/"]
)
def test_a_period_that_is_none_is_not_found(client, page):
    client.force_login(make_clerk())
    assert client.get(page).status_code == 404
