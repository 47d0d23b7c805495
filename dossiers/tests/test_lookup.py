"""Opening a dossier by code and lookup code or by token, and the three limits on failures."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection

from dossiers import lifecycle, lookup
from dossiers.lookup import DOSSIER, SUPPLEMENT, Opened, TokenExpired, TooManyTries, by_code, by_token, read_secret
from dossiers.models import LookupCounter
from dossiers.statuses import Status
from dossiers.tasks import sweep_leftovers
from dossiers.tests.makers import RECEIVED, make_clerk, make_dossier
from dossiers.tests.slips import make_supplement, secret_of, token_of, token_of_slip, wrong_secret_of
from onestop.staff.roles import Role
from onestop.testing import make_user

HOME = "203.0.113.5"
NOW = RECEIVED + timedelta(hours=1)


def fail(times, *, code="H61.26-261120-9999", address=HOME, at=NOW):
    for _ in range(times):
        assert by_code(code, "00000000", address=address, at=at) is None


# -- what opens -----------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    "spelt",
    [
        lambda code, secret: (code, secret),
        lambda code, secret: (f" {code.lower()} ", f"{secret[:4]} {secret[4:]}"),
        lambda code, secret: (code.replace("-", ""), f"{secret[:4]}-{secret[4:]}"),
        lambda code, secret: (code.replace("-", " "), "".join(chr(0xFF10 + int(digit)) for digit in secret)),
        lambda code, secret: (code, "".join(chr(0x17E0 + int(digit)) for digit in secret)),
        lambda code, secret: (code, f"\u200b{secret}\u00a0"),
    ],
)
def test_code_and_lookup_code_open_the_dossier_however_they_are_typed(spelt):
    dossier = make_dossier()

    assert by_code(*spelt(dossier.code, secret_of(dossier)), address=HOME, at=NOW) == Opened(DOSSIER, dossier.pk, 1)


@pytest.mark.django_db
def test_a_right_guess_counts_nothing():
    dossier = make_dossier()

    for _ in range(30):
        by_code(dossier.code, secret_of(dossier), address=HOME, at=NOW)

    assert not LookupCounter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "abcdefgh", "٠" * 8, "²" * 8, "1" * 10_000, "\x00" * 8])
def test_what_is_no_lookup_code_opens_nothing(typed):
    assert by_code(make_dossier().code, typed, address=HOME, at=NOW) is None


def test_signs_that_are_no_digits_stay_and_so_fit_nothing():
    assert read_secret("12a4 ½678") == "12a4½678"


@pytest.mark.django_db
def test_codes_of_other_systems_open_nothing():
    dossier = make_dossier(external_codes=(("dvc", "000.00.01.H61-261120-0001"),))

    assert by_code("000.00.01.H61-261120-0001", secret_of(dossier), address=HOME, at=NOW) is None


@pytest.mark.django_db
def test_a_voided_dossier_is_opened_by_nothing():
    dossier = make_dossier()
    lifecycle.void(dossier, reason="Nhập nhầm", by=make_user(Role.MANAGER), at=NOW)

    assert by_code(dossier.code, secret_of(dossier), address=HOME, at=NOW) is None
    assert by_token(token_of(dossier), address=HOME, at=NOW) is None


@pytest.mark.django_db
def test_a_new_slip_shuts_the_old_one():
    dossier = make_dossier()
    old = secret_of(dossier), token_of(dossier)
    dossier = lifecycle.new_secret(dossier, by=make_clerk(), at=NOW)

    assert by_code(dossier.code, old[0], address=HOME, at=NOW) is None
    assert by_token(old[1], address=HOME, at=NOW) is None
    assert by_code(dossier.code, secret_of(dossier), address=HOME, at=NOW) == Opened(DOSSIER, dossier.pk, 2)
    assert by_token(token_of(dossier), address=HOME, at=NOW) == Opened(DOSSIER, dossier.pk, 2)


@pytest.mark.django_db
def test_a_token_may_be_typed_in_small_letters_and_with_letters_that_look_like_digits():
    dossier = make_dossier()
    typed = token_of(dossier).lower().replace("0", "o").replace("1", "l")

    assert by_token(typed, address=HOME, at=NOW) == Opened(DOSSIER, dossier.pk, 1)


@pytest.mark.django_db
def test_a_token_opens_until_ninety_days_after_the_return():
    dossier = make_dossier(status=Status.RETURNED)
    last = dossier.returned_at + timedelta(days=90)

    assert by_token(token_of(dossier), address=HOME, at=last - timedelta(seconds=1)) == Opened(DOSSIER, dossier.pk, 1)
    with pytest.raises(TokenExpired):
        by_token(token_of(dossier), address=HOME, at=last)
    assert by_code(dossier.code, secret_of(dossier), address=HOME, at=last) == Opened(DOSSIER, dossier.pk, 1)


@pytest.mark.django_db
def test_the_token_of_a_supplement_slip_opens_the_slip():
    slip = make_supplement()

    assert by_token(token_of_slip(slip), address=HOME, at=NOW) == Opened(SUPPLEMENT, slip.pk)


# -- what is limited ------------------------------------------------------------------------
@pytest.mark.django_db
def test_five_failures_of_a_dossier_and_then_even_the_right_code_waits():
    dossier = make_dossier()
    for number in range(5):
        assert by_code(dossier.code, wrong_secret_of(dossier), address=f"203.0.113.{number}", at=NOW) is None

    with pytest.raises(TooManyTries) as limit:
        by_code(dossier.code, secret_of(dossier), address="203.0.113.99", at=NOW + timedelta(minutes=2))

    assert (limit.value.seconds, limit.value.minutes) == (13 * 60, 13)
    assert by_token(token_of(dossier), address="203.0.113.99", at=NOW) is not None
    assert by_code(dossier.code, secret_of(dossier), address=HOME, at=NOW + timedelta(minutes=15)) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["H61.26-261120-9999", "000.00.01.H61-261120-0001", "không phải mã", "a" * 5000])
def test_codes_that_do_not_exist_are_limited_like_those_that_do(code):
    fail(5, code=code)

    with pytest.raises(TooManyTries):
        by_code(code, "00000000", address="198.51.100.1", at=NOW)


@pytest.mark.django_db
def test_spellings_of_one_code_are_one_code():
    fail(3, code="H61.26-261120-9999")
    fail(2, code="h61.26 261120 9999")

    with pytest.raises(TooManyTries):
        by_code("H61.262611209999", "00000000", address="198.51.100.1", at=NOW)


@pytest.mark.django_db
def test_twenty_failures_of_an_address_in_an_hour():
    dossier = make_dossier()
    for number in range(20):
        fail(1, code=f"H61.26-261120-{number + 1000}")

    with pytest.raises(TooManyTries) as limit:
        by_code(dossier.code, secret_of(dossier), address=HOME, at=NOW)

    assert limit.value.minutes == 60
    assert by_code(dossier.code, secret_of(dossier), address="198.51.100.1", at=NOW) is not None
    assert by_token(token_of(dossier), address=HOME, at=NOW) is not None


@pytest.mark.django_db
def test_failures_of_the_whole_site_in_an_hour(settings):
    settings.LOOKUP_FAILURES_PER_SITE = 12
    dossier = make_dossier()
    for number in range(12):
        fail(1, code=f"H61.26-261120-{number + 1000}", address=f"203.0.113.{number}")

    with pytest.raises(TooManyTries):
        by_code(dossier.code, secret_of(dossier), address="198.51.100.1", at=NOW + timedelta(minutes=59))

    assert by_token(token_of(dossier), address="198.51.100.1", at=NOW) is not None
    assert by_code(dossier.code, secret_of(dossier), address="198.51.100.1", at=NOW + timedelta(minutes=60)) is not None


@pytest.mark.django_db
def test_wrong_tokens_count_for_address_and_site(settings):
    settings.LOOKUP_FAILURES_PER_SITE = 25
    for number in range(20):
        assert by_token(f"{number:016d}", address=HOME, at=NOW) is None
    with pytest.raises(TooManyTries):
        by_token("Z" * 16, address=HOME, at=NOW)
    for number in range(5):
        assert by_token(f"{number:016d}", address="198.51.100.1", at=NOW) is None
    with pytest.raises(TooManyTries):
        by_token("Z" * 16, address="198.51.100.2", at=NOW)


@pytest.mark.django_db
def test_a_refused_try_neither_counts_nor_lengthens_the_wait():
    fail(5)
    for _ in range(30):
        with pytest.raises(TooManyTries):
            by_code("H61.26-261120-9999", "00000000", address=HOME, at=NOW + timedelta(minutes=14))

    assert LookupCounter.objects.values_list("failures", flat=True).order_by("failures").last() == 5
    fail(5, at=NOW + timedelta(minutes=15))


@pytest.mark.django_db
def test_without_an_address_dossier_and_site_are_counted():
    fail(1, address="")

    assert LookupCounter.objects.count() == 2


@pytest.mark.django_db
def test_a_clock_that_was_wrong_locks_nobody_out():
    fail(5, at=NOW + timedelta(days=400))

    fail(5)


@pytest.mark.django_db
def test_the_counters_name_nothing_and_nobody():
    fail(1)
    kept = set(LookupCounter.objects.values_list("key", flat=True))

    assert {len(key) for key in kept} == {64}
    # Not a plain digest either: there are few enough addresses to try them all.
    assert kept.isdisjoint(sha256(text.encode()).hexdigest() for text in ("", HOME, "H61.26-261120-9999"))


@pytest.mark.django_db
def test_counters_that_are_over_are_swept():
    fail(1, at=NOW)
    sweep_leftovers((NOW + timedelta(minutes=16)).isoformat())
    assert LookupCounter.objects.count() == 2
    sweep_leftovers((NOW + timedelta(minutes=61)).isoformat())
    assert LookupCounter.objects.count() == 0


# -- one answer -----------------------------------------------------------------------------
@pytest.mark.django_db
def test_every_failure_asks_the_database_the_same(django_assert_num_queries):
    dossier, voided = make_dossier(), make_dossier(name="Lý Văn Sơn")
    lifecycle.void(voided, reason="Nhập nhầm", by=make_user(Role.MANAGER), at=NOW)

    for code, secret in [
        (dossier.code, wrong_secret_of(dossier)),
        (dossier.code, "12"),
        (voided.code, secret_of(voided)),
        ("H61.26-261120-9999", "12345678"),
        ("không phải mã", "12345678"),
    ]:
        # Savepoint, counters, dossier; the roll-back of the savepoint belongs to the test's own transaction.
        with django_assert_num_queries(4):
            by_code(code, secret, address="", at=NOW)


@pytest.mark.django_db
def test_a_secret_is_derived_and_compared_even_when_there_is_no_dossier(monkeypatch):
    compared = []
    monkeypatch.setattr(lookup.secrets, "opens", lambda *given: compared.append(given) or True)

    assert by_code("H61.26-261120-9999", "12345678", address=HOME, at=NOW) is None
    assert compared == [("H61.26-261120-9999", 1, "12345678")]


# -- many at once ---------------------------------------------------------------------------
@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_of_many_parallel_guesses_exactly_as_many_are_judged_as_the_limit_allows(full_size):
    clients, guesses = (16, 400) if full_size else (8, 40)
    dossier = make_dossier()
    codes, elsewhere = [wrong_secret_of(dossier)] * guesses, ["H61.26-261120-9999", dossier.code]

    def guess(number):
        try:
            return by_code(elsewhere[number % 2], codes[number], address=f"198.51.100.{number}", at=NOW)
        except TooManyTries:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(guess, range(guesses)))

    assert answers.count(None) == 10
    assert answers.count("refused") == guesses - 10


@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_many_citizens_behind_one_address_are_never_refused(full_size):
    clients, visits = (16, 200) if full_size else (8, 40)
    dossier = make_dossier()
    secret = secret_of(dossier)

    def visit(_):
        try:
            return by_code(dossier.code, secret, address=HOME, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(visit, range(visits)))

    assert answers == [Opened(DOSSIER, dossier.pk, 1)] * visits
    assert not LookupCounter.objects.exists()
