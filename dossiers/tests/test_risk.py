import pytest

from dossiers.risk import ENOUGH, TOO_FEW, Awaited, Pace, Risk, risk_of, say_minutes

NINE_HOURS = Pace(50, 540)


@pytest.mark.parametrize("pace", [None, Pace(0, 0), Pace(ENOUGH - 1, 540)])
def test_below_twenty_closed_dossiers_nothing_is_said(pace):
    assert risk_of(1, 1, pace) == Risk(False, TOO_FEW)


def test_twenty_are_enough():
    assert risk_of(360, 0, Pace(ENOUGH, 540)).likely


@pytest.mark.parametrize(
    ("remaining", "spent", "likely", "words"),
    [
        (360, 0, True, "còn 6 giờ làm việc; một nửa hồ sơ loại này cần hơn 9 giờ"),
        (540, 0, False, "còn 9 giờ làm việc; một nửa hồ sơ loại này cần hơn 9 giờ"),
        (539, 0, True, "còn 8 giờ 59 phút làm việc; một nửa hồ sơ loại này cần hơn 9 giờ"),
        # What has been spent is no longer to be done.
        (360, 240, False, "còn 6 giờ làm việc; một nửa hồ sơ loại này cần thêm hơn 5 giờ"),
        (240, 240, True, "còn 4 giờ làm việc; một nửa hồ sơ loại này cần thêm hơn 5 giờ"),
        # Slower than half already: nobody knows how much is left.
        (240, 600, True, "còn 4 giờ làm việc; đã mất 10 giờ, lâu hơn một nửa hồ sơ loại này (9 giờ)"),
        (600, 600, False, "còn 10 giờ làm việc; đã mất 10 giờ, lâu hơn một nửa hồ sơ loại này (9 giờ)"),
    ],
)
def test_the_time_left_is_compared_with_the_median_of_what_is_to_be_done(remaining, spent, likely, words):
    assert risk_of(remaining, spent, NINE_HOURS) == Risk(likely, words)


LATER = "Công an xã được trả lời đến 17:00 26/11/2026, khi đó hồ sơ đã hết thời hạn"
ALMOST = "Công an xã trả lời đúng hạn 17:00 26/11/2026 thì chỉ còn 3 giờ 59 phút làm việc"
SILENT = "Công an xã quá hạn trả lời từ 17:00 26/11/2026, chỉ còn 3 giờ 59 phút làm việc"
SAFE = "còn 10 giờ làm việc; một nửa hồ sơ loại này cần hơn 9 giờ"
QUICK = "còn 10 giờ làm việc; một nửa hồ sơ loại này cần hơn 1 giờ"


@pytest.mark.parametrize(
    ("remaining", "pace", "minutes", "risk"),
    [
        (600, NINE_HOURS, 601, Risk(True, LATER)),
        # An answer in the very minute leaves nothing either.
        (600, NINE_HOURS, 600, Risk(True, LATER)),
        (600, NINE_HOURS, 361, Risk(True, ALMOST)),
        (600, NINE_HOURS, 360, Risk(False, SAFE)),
        # What is done in an hour needs no more than an hour after the answer.
        (600, Pace(50, 60), 540, Risk(False, QUICK)),
        # Without a median too.
        (600, None, 600, Risk(True, LATER)),
        (600, None, 361, Risk(True, ALMOST)),
        (600, None, 360, Risk(False, TOO_FEW)),
        # Its time is over and it is still silent.
        (239, None, 0, Risk(True, SILENT)),
        (240, None, 0, Risk(False, TOO_FEW)),
    ],
)
def test_a_question_is_said_when_its_answer_in_time_leaves_too_little(remaining, pace, minutes, risk):
    assert risk_of(remaining, 0, pace, Awaited("Công an xã", "17:00 26/11/2026", minutes)) == risk


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 phút"), (59, "59 phút"), (60, "1 giờ"), (90, "1 giờ 30 phút"), (600, "10 giờ"), (1659, "27 giờ")]
)
def test_working_time_in_words(minutes, words):
    assert say_minutes(minutes) == words
