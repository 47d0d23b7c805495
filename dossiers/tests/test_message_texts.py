"""The texts as they are agreed (without accents), with usual and with the longest values."""

from dataclasses import replace
from datetime import date

import pytest

from dossiers.message_texts import FOR_NEIGHBOUR, TEXTS, Event, Facts, mail, short_office, short_phone, sms, zalo
from dossiers.tests.makers import local
from onestop.outbox.texts import LINK, SMS_LENGTH

USUAL = Facts(
    office="Xã Nghĩa Giang",
    code="H61.26-261120-0001",
    phone="0294 000 0000",
    link="https://1c.vn/tc/0123456789ABCDEF/",
    due_at=local("2026-11-23 17:00"),
    by_day=date(2026, 12, 4),
    amount=15000,
    waybill="EB123456789VN",
    name="Thạch Thị Sóc Kha",
    place="Ấp Chợ, xã Nghĩa Giang",
    desk="Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
)
# 21, 24, 36 and 11 characters; the largest sum and the longest number of a parcel that may stand in a message.
LONGEST = Facts(
    office="Phường Đông Hưng Bình",
    code="H61.26.001-261120-000001",
    phone="02940000000",
    link="https://abc.vn/tc/0123456789ABCDEF/x",
    due_at=local("2026-11-23 17:00"),
    by_day=date(2026, 12, 4),
    amount=99_999_999,
    waybill="EB123456789VN-0000/1",
)


def whole(text: str, facts: Facts) -> str:
    return text.replace(LINK, facts.link)


def test_the_longest_values_are_those_of_the_agreement():
    lengths = [len(part) for part in (LONGEST.office, LONGEST.code, LONGEST.link, LONGEST.phone)]

    assert lengths == [21, 24, 36, 11]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("received", "{dv}: da nhan ho so {ma}. Hen tra 17:00 ngay 23/11/2026. Theo doi: {url}. Nho mang giay hen."),
        ("declined", "{dv}: khong tiep nhan ho so {ma}. Xem ly do: {url} hoac hoi {dt}."),
        ("result_ready", "{dv}: ho so {ma} da co ket qua. Moi den nhan, mang giay hen va can cuoc. Hoi {dt}."),
        ("in_post", "{dv}: ket qua ho so {ma} da gui buu dien, so van don EB123456789VN. Hoi {dt}."),
        ("apology", "{dv} xin loi: ho so {ma} chua tra kip dung hen. Hen lai 17:00 ngay 23/11/2026. Ly do: {url}."),
        ("withdrawal", "{dv}: da nhan don xin rut ho so {ma}. Khong phai ong/ba xin? Goi {dt}. Xem {url}."),
        ("stopped", "{dv}: ho so {ma} da dung giai quyet. Xem ly do: {url} hoac hoi {dt}."),
        ("returned", "{dv}: da tra ket qua ho so {ma}. Moi danh gia phuc vu: {url}. Cam on."),
        ("re_dated", "{dv}: ho so {ma} hen lai 17:00 ngay 23/11/2026. Ly do: {url}."),
    ],
)
def test_a_text_message_is_the_agreed_one(event, text):
    expected = text.format(dv="Xa Nghia Giang", ma=USUAL.code, url=LINK, dt="02940000000")

    assert sms(event, USUAL) == expected


def test_while_another_agency_is_waited_for_there_is_no_date_and_no_name_of_it():
    waits = replace(USUAL, due_at=None, by_day=None)

    assert sms("re_dated", waits) == (
        f"Xa Nghia Giang: ho so {USUAL.code} cho co quan khac tra loi, tam dung hen. Co hen moi se bao. Ly do: {LINK}."
    )
    assert len(whole(sms("re_dated", replace(LONGEST, due_at=None, by_day=None)), LONGEST)) <= SMS_LENGTH
    letter = mail("re_dated", waits)
    assert letter.title == f"[{USUAL.code}] Tạm dừng hẹn trả"
    assert "Khi có trả lời, chúng tôi báo ngày hẹn mới." in letter.text


def test_a_request_for_papers_names_the_last_day():
    asked = replace(USUAL, due_at=None)

    assert sms("supplement", asked) == (
        f"Xa Nghia Giang: ho so {USUAL.code} can bo sung giay to, cham nhat 04/12/2026. Xem {LINK} hoac hoi 02940000000."
    )


@pytest.mark.parametrize(
    ("last_day", "until", "until_in_mail"),
    [(date(2026, 12, 4), ", cham nhat 04/12/2026", ", chậm nhất ngày 04/12/2026"), (None, "", "")],
)
def test_a_request_for_money_says_where_to_pay_and_until_when(last_day, until, until_in_mail):
    asked = replace(USUAL, due_at=None, by_day=last_day)

    assert sms("payment", asked) == (
        f"Xa Nghia Giang: ho so {USUAL.code} can nop 15.000 dong tai quay{until}. Xem {LINK} hoac hoi 02940000000."
    )
    assert f"Hồ sơ cần nộp phí, lệ phí 15.000 đồng.\nXin nộp tại quầy{until_in_mail}.\n" in mail("payment", asked).text


def test_before_acceptance_there_is_no_last_day():
    assert sms("supplement", replace(USUAL, due_at=None, by_day=None, code="07/HDHS")) == (
        f"Xa Nghia Giang: ho so 07/HDHS can bo sung giay to. Xem {LINK} hoac hoi 02940000000."
    )


@pytest.mark.parametrize("event", list(Event))
def test_the_longest_values_make_one_message(event):
    text = sms(event, LONGEST)

    assert len(whole(text, LONGEST)) <= SMS_LENGTH
    assert (text.isascii(), LONGEST.code in text) == (True, True)


@pytest.mark.parametrize("event", list(Event))
def test_the_longest_values_cost_no_sentence(event):
    agreed = " ".join(place[0] for place in TEXTS[event])

    assert sms(event, LONGEST).count(". ") == agreed.count(". ")


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("code", ["H61.26.001.002.003-261120-00000001", "X" * 50])
def test_a_longer_code_drops_the_last_sentences_and_stays_whole(event, code):
    facts = replace(LONGEST, code=code)

    assert code in sms(event, facts)
    assert len(whole(sms(event, facts), facts)) <= SMS_LENGTH


def test_a_long_site_address_gives_up_the_link_last():
    facts = replace(USUAL, link="https://motcua.nghiagiang.vinhlong.gov.vn/tc/0123456789ABCDEF/")

    assert sms("received", facts) == f"Xa Nghia Giang: da nhan ho so {USUAL.code}. Hen tra 17:00 ngay 23/11/2026. Theo doi: {LINK}."
    endless = replace(USUAL, link="https://" + "x" * 120)
    assert sms("received", endless) == f"Xa Nghia Giang: da nhan ho so {USUAL.code}. Hen tra 17:00 ngay 23/11/2026."
    assert sms("stopped", endless) == f"Xa Nghia Giang: ho so {USUAL.code} da dung giai quyet. Hoi 02940000000."


@pytest.mark.parametrize("event", list(Event))
def test_without_link_and_telephone_the_rest_stays_a_sentence(event):
    text = sms(event, replace(USUAL, link="", phone=""))

    assert (LINK in text, "Hoi" in text, text.endswith("."), "  " in text) == (False, False, True, False)


def test_a_fault_of_ours_has_no_new_date():
    text = sms("apology", replace(USUAL, due_at=None, by_day=None))

    assert text == f"Xa Nghia Giang xin loi ong/ba ve ho so {USUAL.code}. Ly do: {LINK}."


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("facts", [USUAL, LONGEST])
def test_a_neighbour_learns_the_code_and_nothing_else(event, facts):
    text = sms(event, facts, for_neighbour=True)

    assert text == f"{short_office(facts.office)}: ho so {facts.code} co tin moi. Nho bao nguoi nop hoi 02940000000."
    assert [place[0].count("{url}") for place in FOR_NEIGHBOUR] == [0, 0]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Xã Nghĩa Giang", "Xa Nghia Giang"),
        ("Phường Đông Hưng Bình", "Phuong Dong Hung Binh"),
        ("Phường Bình Hưng Hòa Bắc", "Binh Hung Hoa Bac"),
        ("Đặc khu Trường Sa", "Dac khu Truong Sa"),
        ("Xã Nậm Cắn Huồi Tụ Mường Lống", "Xa Nam Can Huoi Tu"),
        ("X" * 30, "X" * 21),
    ],
)
def test_the_name_of_an_office_is_short(name, short):
    assert (short_office(name), len(short) <= 21) == (short, True)


@pytest.mark.parametrize(
    ("phone", "digits"), [("0294 000 0000", "02940000000"), ("1900 1096", "19001096"), ("0294 0000 000 máy lẻ 12", ""), ("", "")]
)
def test_a_telephone_is_its_digits(phone, digits):
    assert short_phone(phone) == digits


# -- Zalo and mail -----------------------------------------------------------------------------
@pytest.mark.parametrize("event", list(Event))
def test_zalo_has_accents_and_neither_link_nor_telephone(event):
    text = zalo(event, LONGEST)

    assert text.startswith("Kính gửi Quý khách. Phường Đông Hưng Bình")
    assert (len(text) <= 400, LINK in text, "0294" in text) == (True, False, False)


def test_a_mail_greets_says_where_it_stands_what_to_do_and_what_comes_next():
    letter = mail("received", USUAL)

    assert letter.title == "[H61.26-261120-0001] Đã tiếp nhận"
    assert letter.text == (
        "Kính gửi ông/bà Thạch Thị Sóc Kha,\n\n"
        "Hồ sơ đã được tiếp nhận.\nHiện ông/bà chưa phải làm gì thêm.\n"
        "Chúng tôi sẽ báo khi có kết quả, chậm nhất 17:00 thứ Hai, 23/11/2026.\n\n"
        "Xem hồ sơ H61.26-261120-0001: {link}\nĐiện thoại: 0294 000 0000\n\n"
        "Trung tâm Phục vụ hành chính công xã Nghĩa Giang\nThư tự động, không trả lời thư này.\n"
    )


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("facts", [USUAL, LONGEST, Facts("Xã A", "07/HDHS")])
def test_every_mail_is_whole_whatever_is_known(event, facts):
    letter = mail(event, facts)

    assert letter.title.startswith(f"[{facts.code}] ")
    assert (letter.text.count("{"), letter.html.count("{")) == ((1, 1) if facts.link else (0, 0))
    assert letter.text.endswith("Thư tự động, không trả lời thư này.\n")
    assert "None" not in letter.text


def test_a_refusal_of_the_request_is_an_answer_too():
    assert "Đã có văn bản trả lời. Mời ông/bà đến nhận." in mail("result_ready", replace(USUAL, granted=False)).text


def test_before_acceptance_a_mail_says_that_no_time_runs():
    text = mail("supplement", replace(USUAL, accepted=False, by_day=None, due_at=None)).text

    assert "Hồ sơ chưa được tiếp nhận." in text
    assert "chậm nhất" not in text


def test_a_name_is_text_in_a_mail():
    letter = mail("received", replace(USUAL, name="<b>Kim</b> & Sa {link}"))

    assert "&lt;b&gt;Kim&lt;/b&gt; &amp; Sa" in letter.html
    assert "<b>" not in letter.html
