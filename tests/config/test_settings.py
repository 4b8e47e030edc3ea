"""What each kind of settings insists on. Settings are read once per process, so each test starts one."""

import json
import os
import subprocess
import sys

import pytest

from tests.databases import ROOT

PRODUCTION = {
    "PRAXIS_SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "PRAXIS_BASE_URL": "https://learn.larkfield.example",
    "PRAXIS_DATABASE_URL": "postgresql://praxis@localhost/praxis",
    "PRAXIS_REDIS_URL": "redis://localhost/0",
    "PRAXIS_EMAIL_URL": "smtp://relay.larkfield.example",
    "PRAXIS_ENCRYPTION_KEYS": "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OS1hYmNkZWY=",
    "PRAXIS_BADGE_KEYS": "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OS1hYmNkZWc=",
}


def run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python with this environment and none of the suite's own variables, those of browser tests included."""
    ours = ("PRAXIS_", "DJANGO_")
    others = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=others | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(module: str, environment: dict[str, str], *names: str) -> dict[str, object]:
    wanted = f"{{name: getattr(s, name) for name in {names!r}}}"
    code = f"import json, {module} as s; print(json.dumps({wanted}, default=str))"
    result = run("-c", code, environment=environment)
    assert result.returncode == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"PRAXIS_DEMO": "1"}, "PRAXIS_DEMO lets anyone sign in as anyone."),
        ({"PRAXIS_SECRET_KEY": ""}, "PRAXIS_SECRET_KEY is missing (signs sessions; any long random text)."),
        ({"PRAXIS_BASE_URL": "http://learn.larkfield.example"}, "PRAXIS_BASE_URL must start with https://"),
        ({"PRAXIS_DATABASE_URL": ""}, "PRAXIS_DATABASE_URL is missing"),
        ({"PRAXIS_REDIS_URL": ""}, "PRAXIS_REDIS_URL is missing"),
        ({"PRAXIS_EMAIL_URL": ""}, "PRAXIS_EMAIL_URL is missing"),
        ({"PRAXIS_ENCRYPTION_KEYS": ""}, "PRAXIS_ENCRYPTION_KEYS is missing"),
        ({"PRAXIS_BADGE_KEYS": ""}, "PRAXIS_BADGE_KEYS is missing"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_production_refuses_what_is_not_safe(change, complaint):
    result = run("-c", "import config.settings.prod", environment=PRODUCTION | change)

    assert result.returncode == 1
    assert complaint in result.stderr.splitlines()[-1]


def test_production_passes_the_deploy_check_without_a_warning():
    result = run(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level=WARNING",
        environment=PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings.prod"},
    )

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "System check identified no issues (1 silenced).\n"


def test_production_has_an_address_for_uploaded_pictures():
    code = (
        "import django; django.setup()\n"
        "from django.urls import resolve\n"
        "print(resolve('/media/images/desk.width-1200.png'))"
    )

    result = run("-c", code, environment=PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings.prod"})

    assert "func=lms.web.media.media" in result.stdout, result.stderr


def test_production_keeps_cookies_to_https_and_one_host():
    found = settings_of(
        "config.settings.prod",
        PRODUCTION,
        *("DEBUG", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "ALLOWED_HOSTS"),
    )

    assert found == {
        "DEBUG": False,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "ALLOWED_HOSTS": ["learn.larkfield.example"],
    }


@pytest.mark.parametrize(("trusted", "header"), [("1", ["HTTP_X_FORWARDED_PROTO", "https"]), ("0", None)])
def test_a_proxys_word_counts_only_when_it_is_trusted(trusted, header):
    code = (
        "import json, config.settings.prod as s\n"
        "print(json.dumps(getattr(s, 'SECURE_PROXY_SSL_HEADER', None)))"
    )

    result = run("-c", code, environment=PRODUCTION | {"PRAXIS_TRUSTED_PROXY": trusted})

    assert json.loads(result.stdout) == header


def test_postgresql_connections_stay_open_and_are_checked():
    [database] = settings_of("config.settings.prod", PRODUCTION, "DATABASES").values()

    assert isinstance(database, dict)
    assert (database["default"]["CONN_MAX_AGE"], database["default"]["CONN_HEALTH_CHECKS"]) == (600, True)


def test_the_embedded_database_takes_its_one_writer_at_begin(tmp_path):
    environment = {"PRAXIS_DATA_DIR": str(tmp_path / "var")}

    [database] = settings_of("config.settings.dev", environment, "DATABASES").values()

    assert isinstance(database, dict)
    assert database["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert (tmp_path / "var").is_dir()


def test_with_redis_tasks_of_a_killed_worker_come_back_within_minutes_and_after_their_hard_limit():
    found = settings_of(
        "config.settings.prod", PRODUCTION, "CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_TASK_TIME_LIMIT"
    )

    options = found["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert isinstance(options, dict)
    assert (options["visibility_timeout"], found["CELERY_TASK_TIME_LIMIT"]) == (900, 300)
