"""Reading of the environment: a value that cannot be used stops the start and names its variable."""

import os
import subprocess
import sys

import pytest

from onestop import env

NAME = "ONESTOP_TEST_VALUE"


@pytest.fixture
def given(monkeypatch):
    return lambda value: monkeypatch.setenv(NAME, value)


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("yes", True), ("ON", True), ("0", False), ("false", False), ("", True)])
def test_flags(given, value, meant):
    given(value)
    assert env.flag(NAME, True) is meant


@pytest.mark.parametrize("value", ["2", "ja", "tru", "0.0"])
def test_a_flag_that_is_none_is_named(given, value):
    given(value)
    with pytest.raises(env.BadSetting, match=NAME):
        env.flag(NAME, False)


@pytest.mark.parametrize(("value", "meant"), [("0", 0), ("15", 15), ("", 7), (" 8 ", 8)])
def test_numbers(given, value, meant):
    given(value)
    assert env.number(NAME, 7, high=15) == meant


@pytest.mark.parametrize("value", ["-1", "16", "1.5", "x", "١٥"])
def test_a_number_out_of_bounds_is_named_with_its_bounds(given, value):
    given(value)
    with pytest.raises(env.BadSetting, match=f"{NAME}: expected a whole number from 0 to 15"):
        env.number(NAME, 7, high=15)


def test_a_word_must_be_one_of_those_allowed(given):
    given("staging")
    with pytest.raises(env.BadSetting, match="demo, production"):
        env.text(NAME, "demo", allowed=("demo", "production"))


@pytest.mark.parametrize("value", ["ftp://host", "host", "https://", "https://host:port"])
def test_an_address_that_is_none_is_named(given, value):
    given(value)
    with pytest.raises(env.BadSetting, match=NAME):
        env.address(NAME, "", schemes=("http", "https"))


def test_an_address_loses_its_last_slash(given):
    given("https://motcua.example.vn/")
    assert env.address(NAME, "", schemes=("https",)) == "https://motcua.example.vn"


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://user:p%40ss@host:5433/one", {"NAME": "one", "USER": "user", "PASSWORD": "p@ss", "HOST": "host", "PORT": "5433"}),
        ("postgres:///one?host=/run/postgresql", {"NAME": "one", "USER": "", "PASSWORD": "", "HOST": "/run/postgresql", "PORT": ""}),
    ],
)
def test_a_database_address_is_taken_apart(given, url, parts):
    given(url)
    found = env.database(NAME, "unused")
    assert {name: found[name] for name in parts} == parts


@pytest.mark.parametrize("url", ["mysql://host/one", "postgresql://host", "postgresql://host:port/one"])
def test_a_database_address_that_is_none_is_named(given, url):
    given(url)
    with pytest.raises(env.BadSetting, match=NAME):
        env.database(NAME, "unused")


def test_without_an_address_it_is_sqlite_that_survives_a_power_cut(given):
    given("")
    options = env.database(NAME, "file")["OPTIONS"]
    assert "synchronous=FULL" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"


def test_an_empty_address_is_the_default_as_everywhere(given):
    given(" ")
    assert env.address(NAME, "http://127.0.0.1:8000", schemes=("http",)) == "http://127.0.0.1:8000"


def test_a_folder_is_there_or_named(given, tmp_path):
    given(str(tmp_path))
    assert env.folder(NAME) == str(tmp_path)
    given("")
    assert env.folder(NAME) == ""
    given(str(tmp_path / "lost"))
    with pytest.raises(env.BadSetting, match=NAME):
        env.folder(NAME)


@pytest.mark.parametrize(
    ("value", "meant"),
    [("scanner.internal:3310", True), ("scanner:0", False), ("scanner:65536", False), (":3310", False), ("scanner", False)],
)
def test_a_host_and_a_port(value, meant):
    assert env.is_host_and_port(value) is meant


# -- the settings themselves, in a process of their own ------------------------------------------

GOOD = {
    "ONESTOP_MODE": "production",
    "SECRET_KEY": "a" * 25 + "b" * 25,
    "HISTORY_KEY": "c" * 25 + "d" * 25,
    "LOOKUP_KEY": "e" * 25 + "f" * 25,
    "SITE_URL": "https://motcua.example.vn",
}


def start(**variables: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if name not in GOOD and name not in {"DEBUG", "PORT"}}
    command = [sys.executable, "-c", "import django.conf; django.conf.settings.INSTALLED_APPS"]
    return subprocess.run(
        command, env=clean | {"DJANGO_SETTINGS_MODULE": "onestop.settings"} | variables, capture_output=True, text=True, timeout=60
    )


def test_production_starts_with_secrets_of_its_own():
    assert start(**GOOD).returncode == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"HISTORY_KEY": "short"}, "HISTORY_KEY"),
        ({"LOOKUP_KEY": ""}, "LOOKUP_KEY"),
        ({"LOOKUP_KEY": GOOD["SECRET_KEY"]}, "three different secrets"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SITE_URL": "http://motcua.example.vn"}, "SITE_URL"),
        ({"SITE_URL": "https://example.vn/motcua/"}, "SITE_URL"),
        ({"SIGNATURE_ROOTS": "/nowhere/at/all"}, "SIGNATURE_ROOTS"),
        ({"CLAMD_SOCKET": "scanner:99999"}, "CLAMD_SOCKET"),
        ({"IDLE_MINUTES": "soon"}, "IDLE_MINUTES"),
        ({"ONESTOP_MODE": "live"}, "ONESTOP_MODE"),
        ({"OUTBOX_SMS": "http"}, "SMS_GATEWAY_URL"),
        ({"OUTBOX_EMAIL": "smtp"}, "SMTP_HOST"),
        ({"OUTBOX_EMAIL": "smtp", "SMTP_HOST": "mail.example.vn"}, "MAIL_FROM"),
        ({"OUTBOX_EMAIL": "smtp", "SMTP_HOST": "mail.example.vn", "MAIL_FROM": "a@b.vn", "SMTP_SECURITY": "none"}, "SMTP_SECURITY"),
    ],
)
def test_production_refuses_and_names_the_variable(change, named):
    ended = start(**(GOOD | change))
    assert ended.returncode != 0
    assert named in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize(("variable", "value"), [("PORT", "eighty"), ("DATABASE_URL", "mysql://x/y"), ("REDIS_URL", "http://x")])
def test_a_demonstration_refuses_a_malformed_value_too(variable, value):
    ended = start(**{variable: value})
    assert ended.returncode != 0
    assert variable in ended.stderr.splitlines()[-1]


SECRET = "k" * 32


@pytest.mark.parametrize(
    ("address", "key", "needed", "found"),
    [
        ("", "", False, {"address": "", "key": ""}),
        ("https://sms.example.vn/send/", SECRET, True, {"address": "https://sms.example.vn/send", "key": SECRET}),
        ("http://127.0.0.1:8099/send", SECRET, True, {"address": "http://127.0.0.1:8099/send", "key": SECRET}),
    ],
)
def test_a_gateway_has_an_address_and_a_key(monkeypatch, address, key, needed, found):
    monkeypatch.setenv("AN_ADDRESS", address)
    monkeypatch.setenv("A_KEY", key)
    assert env.gateway("AN_ADDRESS", "A_KEY", needed=needed) == found


@pytest.mark.parametrize(
    ("address", "key", "needed", "name"),
    [
        ("", SECRET, True, "AN_ADDRESS"),
        ("http://sms.example.vn/send", SECRET, False, "AN_ADDRESS"),
        ("https:send", SECRET, True, "AN_ADDRESS"),
        ("https://sms.example.vn/send", "", True, "A_KEY"),
        ("https://sms.example.vn/send", "short", False, "A_KEY"),
    ],
)
def test_a_gateway_that_anybody_could_read_or_imitate_stops_the_start(monkeypatch, address, key, needed, name):
    monkeypatch.setenv("AN_ADDRESS", address)
    monkeypatch.setenv("A_KEY", key)
    with pytest.raises(env.BadSetting, match=f"^{name}: expected"):
        env.gateway("AN_ADDRESS", "A_KEY", needed=needed)
