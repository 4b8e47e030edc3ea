"""Reading the environment: loud and specific when it is wrong, silent about secrets."""

import traceback
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import VARIABLES, Environment

KEYS = ["A" * 43 + "=", "hunter2-" * 5 + "abc="]


def refusal(environ: dict[str, str], name: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment(environ).get(name)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("DEMO", "1", True),
        ("DEMO", "Yes", True),
        ("DEMO", "off", False),
        ("ALLOWED_HOSTS", "a.example, b.example,", ["a.example", "b.example"]),
        ("TIME_ZONE", "Europe/Lisbon", "Europe/Lisbon"),
        ("BASE_URL", "https://learn.example.com/", "https://learn.example.com"),
        ("PORT", "8080", 8080),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("DATA_DIR", "/srv/praxis", Path("/srv/praxis")),
        ("DATABASE_URL", "postgresql://a:b@db/praxis", "postgresql://a:b@db/praxis"),
        ("SIGN_IN_DOMAINS", "Larkfield.example, other.example", ["larkfield.example", "other.example"]),
        ("OIDC_ID", "larkfield-sso", "larkfield-sso"),
        ("OIDC_NAME", "  Larkfield  ", "Larkfield"),
        ("ENCRYPTION_KEYS", f"{KEYS[0]}, {KEYS[1]}", KEYS),
        ("INTERNAL_HOSTS", "llm, 10.0.0.5", ["llm", "10.0.0.5"]),
        (
            "MODEL_MIRROR",
            "https://files.larkfield.example/models/",
            "https://files.larkfield.example/models/",
        ),
    ],
)
def test_a_value_is_read_as_what_it_means(name: str, text: str, value: Any) -> None:
    assert Environment({f"PRAXIS_{name}": text}).get(name) == value


def test_an_absent_value_has_the_type_of_a_given_one() -> None:
    assert [Environment({}).get(name) for name in ("DATA_DIR", "DEMO", "ALLOWED_HOSTS")] == [
        Path("var"),
        False,
        [],
    ]


@pytest.mark.parametrize("environ", [{}, {"PRAXIS_PORT": ""}, {"PRAXIS_PORT": "  "}])
def test_an_absent_or_empty_value_means_the_default(environ: dict[str, str]) -> None:
    assert Environment(environ).get("PORT") == 8000


def test_variables_of_other_programs_do_not_matter() -> None:
    assert Environment({"PATH": "/bin", "PRAXISPORT": "x"}).get("PORT") == 8000


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "PRAXIS_DATABSE_URL",
            "PRAXIS_DATABSE_URL is not a setting of Praxis. Did you mean PRAXIS_DATABASE_URL?",
        ),
        (
            "PRAXIS_SECRETKEY_FILE",
            "PRAXIS_SECRETKEY_FILE is not a setting of Praxis. Did you mean PRAXIS_SECRET_KEY?",
        ),
        ("PRAXIS_QQQ", "PRAXIS_QQQ is not a setting of Praxis. All of them: PRAXIS_SECRET_KEY,"),
    ],
)
def test_a_misspelled_variable_stops_the_start_and_the_nearest_is_offered(name: str, hint: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({name: "hush"})

    assert str(refused.value).startswith(hint)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("DEMO", "maybe", "write 1 or 0"),
        ("TIME_ZONE", "Lisbon", "write an IANA name such as Europe/Lisbon"),
        ("BASE_URL", "learn.example.com", "write it like https://learn.example.com, with no path"),
        ("BASE_URL", "https://example.com/praxis", "write it like https://learn.example.com, with no path"),
        ("PORT", "0", "write a number from 1 to 65535"),
        ("PORT", "80a", "write a number from 1 to 65535"),
        ("LOG_LEVEL", "chatty", "write DEBUG, INFO, WARNING or ERROR"),
        ("SIGN_IN_DOMAINS", "@example.com", "write domains such as example.com, separated by commas"),
        ("SAML_ID", "My Company", "write small letters, digits and hyphens, 40 at most"),
        ("OIDC_SERVER_URL", "login.example.com", "start it with https: or http:"),
    ],
)
def test_a_malformed_value_is_named_with_its_meaning_and_remedy(name: str, text: str, remedy: str) -> None:
    told = refusal({f"PRAXIS_{name}": text}, name)

    assert told == f"PRAXIS_{name}: {text!r} does not work ({VARIABLES[name].meaning}): {remedy}."


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        (
            "DATABASE_URL",
            "mysql://praxis:hunter2@db/praxis",
            "start it with postgresql: or postgres: or sqlite:.",
        ),
        ("DATABASE_URL", "//praxis:hunter2@[db", "start it with postgresql: or postgres: or sqlite:."),
        ("REDIS_URL", "http://:hunter2@cache", "start it with redis: or rediss: or unix:."),
        ("ENCRYPTION_KEYS", "hunter2", "write keys as `make secrets` makes them, separated by commas."),
        (
            "ENCRYPTION_KEYS",
            f"{KEYS[0]},hunter2",
            "write keys as `make secrets` makes them, separated by commas.",
        ),
        ("EMAIL_URL", "hunter2", "start it with smtp: or smtp+tls: or smtp+ssl: or consolemail:."),
    ],
)
def test_a_secret_is_never_repeated_not_even_in_the_cause(name: str, text: str, remedy: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({f"PRAXIS_{name}": text}).get(name)

    assert (
        str(refused.value) == f"PRAXIS_{name}: its value does not work ({VARIABLES[name].meaning}): {remedy}"
    )
    assert "hunter2" not in "".join(traceback.format_exception(refused.value, limit=0))


def test_every_secret_is_marked_as_one() -> None:
    assert {name for name, variable in VARIABLES.items() if variable.is_secret} == {
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "ENCRYPTION_KEYS",
        "BADGE_KEYS",
        "OIDC_CLIENT_SECRET",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "TEAMS_APP_PASSWORD",
        "METRICS_TOKEN",
    }


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hunter2\n", encoding="utf-8")

    assert Environment({"PRAXIS_SECRET_KEY_FILE": str(tmp_path / "key")}).get("SECRET_KEY") == "hunter2"


def test_a_value_and_a_file_at_once_are_refused(tmp_path: Path) -> None:
    environ = {"PRAXIS_SECRET_KEY": "hunter2", "PRAXIS_SECRET_KEY_FILE": str(tmp_path / "key")}

    assert refusal(environ, "SECRET_KEY") == (
        "PRAXIS_SECRET_KEY and PRAXIS_SECRET_KEY_FILE are both set. Keep one of them."
    )


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    missing, folder, binary = tmp_path / "missing", tmp_path, tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00hunter2")

    assert [
        refusal({"PRAXIS_SECRET_KEY_FILE": str(path)}, "SECRET_KEY") for path in (missing, folder, binary)
    ] == [
        f"PRAXIS_SECRET_KEY_FILE: cannot read '{missing}': No such file or directory.",
        f"PRAXIS_SECRET_KEY_FILE: cannot read '{folder}': Is a directory.",
        f"PRAXIS_SECRET_KEY_FILE: '{binary}' is not a text file in UTF-8.",
    ]


def test_a_value_that_must_be_given_is_asked_for_with_its_meaning() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"PRAXIS_SECRET_KEY": " "}).require("SECRET_KEY")

    assert str(refused.value) == (
        "PRAXIS_SECRET_KEY is missing (signs sessions; any long random text). Set it and start again."
    )
    assert Environment({"PRAXIS_SECRET_KEY": "hunter2"}).require("SECRET_KEY") == "hunter2"


def test_a_list_that_must_be_given_is_asked_for_too() -> None:
    with pytest.raises(ImproperlyConfigured, match="PRAXIS_ENCRYPTION_KEYS is missing"):
        Environment({}).require("ENCRYPTION_KEYS")

    assert Environment({"PRAXIS_ENCRYPTION_KEYS": KEYS[0]}).require("ENCRYPTION_KEYS") == KEYS[:1]


def test_values_that_belong_together_are_all_given_or_none() -> None:
    names = ("OIDC_ID", "OIDC_CLIENT_ID")

    assert Environment({}).require_together(*names) is None
    assert Environment({"PRAXIS_OIDC_ID": "a", "PRAXIS_OIDC_CLIENT_ID": "b"}).require_together(*names) == {
        "OIDC_ID": "a",
        "OIDC_CLIENT_ID": "b",
    }
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"PRAXIS_OIDC_ID": "a"}).require_together(*names, "OIDC_CLIENT_SECRET")
    assert str(refused.value) == (
        "PRAXIS_OIDC_CLIENT_ID, PRAXIS_OIDC_CLIENT_SECRET missing: set them too, or unset PRAXIS_OIDC_ID and "
        "its companions."
    )
