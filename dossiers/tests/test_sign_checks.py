"""What is looked at before a signature, as a table: a fact, the finding, its colour."""

import pytest

from dossiers.sign_checks import Draft, SignFacts, checks_of, worst

NAMES = ("Giấy chứng sinh", "Tờ khai", "Giấy kết hôn", "Sổ hộ khẩu", "Ảnh")
HE, RECEIVER, DRAFTER = 1, 2, 3
GOOD = {"drafter": DRAFTER, "receiver": RECEIVER, "signer": HE}


def found(key: str, **facts) -> tuple[str, str]:
    return next((check.words, check.colour) for check in checks_of(SignFacts(**(GOOD | facts))) if check.key == key)


def test_a_dossier_without_fault_passes_all_eight():
    checks = checks_of(SignFacts(**GOOD))

    assert [check.key for check in checks] == ["papers", "scans", "fee", "time", "drafter", "receiver", "pause", "draft"]
    assert (worst(checks), any(check.forbids for check in checks)) == ("green", False)


@pytest.mark.parametrize(
    ("key", "facts", "words", "colour"),
    [
        ("papers", {}, "Giấy tờ đủ", "green"),
        ("papers", {"missing": NAMES[:1]}, "Thiếu giấy tờ: Giấy chứng sinh", "red"),
        ("papers", {"missing": NAMES}, "Thiếu giấy tờ: Giấy chứng sinh; Tờ khai; Giấy kết hôn và 2 giấy tờ khác", "red"),
        ("scans", {}, "Giấy tờ đã quét", "green"),
        ("scans", {"unscanned": NAMES[:2]}, "Không bắt buộc quét; chưa quét: Giấy chứng sinh; Tờ khai", "green"),
        ("scans", {"unscanned": NAMES[:2], "scans_asked": True}, "Chưa quét: Giấy chứng sinh; Tờ khai", "amber"),
        ("scans", {"unscanned": NAMES[:2], "scans_asked": True, "waived": True}, "Được phép không quét", "green"),
        ("fee", {}, "Phí, lệ phí đã thu hoặc không thu", "green"),
        ("fee", {"owed": 15000}, "Phí, lệ phí thu khi trả: 15.000 đồng", "amber"),
        ("time", {"lateness": "Còn 2 ngày làm việc"}, "Trong hạn", "green"),
        ("time", {"is_late": True, "lateness": "Quá hạn 2 ngày"}, "Quá hạn 2 ngày", "amber"),
        ("time", {"is_late": True}, "Quá hạn", "amber"),
        ("drafter", {}, "Người soạn khác người ký", "green"),
        ("drafter", {"drafter": HE}, "Ông/bà cũng là người soạn", "amber"),
        ("drafter", {"drafter": HE, "signer_is_leader": False}, "Người soạn không tự ký", "red"),
        (
            "drafter",
            {"drafter": HE, "receiver": HE, "signer_is_leader": False, "receiver_may_sign": "allow"},
            "Ông/bà cũng là người soạn",
            "amber",
        ),
        ("drafter", {"drafter": HE, "receiver": HE, "signer_is_leader": False}, "Người soạn không tự ký", "red"),
        ("receiver", {}, "Người ký không là người tiếp nhận", "green"),
        ("receiver", {"receiver": HE, "receiver_may_sign": "allow"}, "Người tiếp nhận được ký thủ tục này", "green"),
        ("receiver", {"receiver": HE}, "Ông/bà cũng là người tiếp nhận, báo cáo sẽ ghi", "amber"),
        ("receiver", {"receiver": HE, "receiver_may_sign": "forbid"}, "Người tiếp nhận không được ký kết quả", "red"),
        ("pause", {}, "Hồ sơ không tạm dừng", "green"),
        ("pause", {"pause": "tạm đình chỉ"}, "Hồ sơ đang tạm dừng: tạm đình chỉ", "red"),
        ("draft", {}, "Tệp dự thảo còn nguyên, đúng mã SHA-256 lúc trình", "green"),
        ("draft", {"draft": Draft.THERE}, "Tệp dự thảo có trên máy chủ, mã SHA-256 đối chiếu khi mở và khi ký", "green"),
        ("draft", {"draft": Draft.NONE}, "Không có tệp dự thảo: ký tay trên bản giấy", "amber"),
        ("draft", {"draft": Draft.BROKEN}, "Tệp dự thảo đã mất hoặc bị thay đổi trên máy chủ, không ký được", "red"),
    ],
)
def test_each_fact_has_its_finding(key, facts, words, colour):
    assert found(key, **facts) == (words, colour)


@pytest.mark.parametrize(
    ("facts", "colour"), [({}, "green"), ({"owed": 1}, "amber"), ({"owed": 1, "pause": "tạm đình chỉ"}, "red"), ({"missing": NAMES}, "red")]
)
def test_the_worst_finding_sums_them_up(facts, colour):
    assert worst(checks_of(SignFacts(**(GOOD | facts)))) == colour
