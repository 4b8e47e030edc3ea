"""The environment is read once, in one place, and complains in words."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import VARIABLES, Environment


def complaint(environ: dict[str, str], name: str = "") -> str:
    with pytest.raises(ImproperlyConfigured) as refusal:
        Environment(environ).get(name)
    return str(refusal.value)


def test_an_absent_variable_has_its_default():
    assert Environment({}).get("PORT") == 8000
    assert Environment({}).get("DATA_DIR") == Path("var")
    assert Environment({}).get("DEMO") is False


def test_an_empty_variable_counts_as_absent():
    assert Environment({"PRAXIS_PORT": " "}).get("PORT") == 8000


def test_variables_of_other_programs_are_nobodys_business():
    assert Environment({"PORT": "1", "DJANGO_SETTINGS_MODULE": "x"}).get("PORT") == 8000


def test_a_misspelled_variable_stops_the_start_and_offers_the_right_one():
    assert complaint({"PRAXIS_DATABSE_URL": "postgresql://localhost/praxis"}).startswith(
        "PRAXIS_DATABSE_URL is not a setting of Praxis. Did you mean PRAXIS_DATABASE_URL? "
        "All of them: PRAXIS_SECRET_KEY, "
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "PORT",
            "eighty",
            "PRAXIS_PORT: 'eighty' does not work ({meaning}): write a number from 1 to 65535.",
        ),
        ("PORT", "70000", "PRAXIS_PORT: '70000' does not work ({meaning}): write a number from 1 to 65535."),
        ("DEMO", "maybe", "PRAXIS_DEMO: 'maybe' does not work ({meaning}): write 1 or 0."),
        (
            "TIME_ZONE",
            "Lisbon",
            "PRAXIS_TIME_ZONE: 'Lisbon' does not work ({meaning}): write an IANA name such as Europe/Lisbon.",
        ),
        (
            "LOG_LEVEL",
            "LOUD",
            "PRAXIS_LOG_LEVEL: 'LOUD' does not work ({meaning}): write DEBUG, INFO, WARNING or ERROR.",
        ),
        (
            "BASE_URL",
            "learn.example.com",
            "PRAXIS_BASE_URL: 'learn.example.com' does not work ({meaning}): "
            "write it like https://learn.example.com, with no path.",
        ),
        (
            "BASE_URL",
            "https://example.com/learn",
            "PRAXIS_BASE_URL: 'https://example.com/learn' does not work ({meaning}): "
            "write it like https://learn.example.com, with no path.",
        ),
        (
            "REDIS_URL",
            "localhost:6379",
            "PRAXIS_REDIS_URL: its value does not work ({meaning}): "
            "start it with redis: or rediss: or unix:.",
        ),
    ],
)
def test_a_value_that_does_not_work_is_named_with_what_would(name, text, message):
    assert complaint({f"PRAXIS_{name}": text}, name) == message.format(meaning=VARIABLES[name].meaning)


def test_a_complaint_about_a_secret_never_repeats_it():
    assert "hunter2" not in complaint({"PRAXIS_DATABASE_URL": "mysql://root:hunter2@db"}, "DATABASE_URL")


def test_a_secret_may_be_a_file(tmp_path):
    file = tmp_path / "secret_key"
    file.write_text("from a file\n")

    assert Environment({"PRAXIS_SECRET_KEY_FILE": str(file)}).get("SECRET_KEY") == "from a file"


def test_a_file_that_cannot_be_read_is_named():
    assert complaint({"PRAXIS_SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY") == (
        "PRAXIS_SECRET_KEY_FILE: cannot read '/nowhere/key': No such file or directory."
    )


def test_a_variable_and_its_file_together_are_refused():
    both = {"PRAXIS_SECRET_KEY": "a", "PRAXIS_SECRET_KEY_FILE": "/run/secrets/key"}

    assert complaint(both, "SECRET_KEY") == (
        "PRAXIS_SECRET_KEY and PRAXIS_SECRET_KEY_FILE are both set. Keep one of them."
    )


def test_variables_that_belong_together_are_asked_for_together():
    with pytest.raises(ImproperlyConfigured) as refusal:
        Environment({"PRAXIS_OIDC_ID": "entra"}).require_together(
            "OIDC_ID", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"
        )

    assert str(refusal.value) == (
        "PRAXIS_OIDC_CLIENT_ID, PRAXIS_OIDC_CLIENT_SECRET missing: "
        "set them too, or unset PRAXIS_OIDC_ID and its companions."
    )
