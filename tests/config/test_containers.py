"""No container engine is at hand in most places, so what the container files refer to is proven to exist."""

import inspect
import re
import shutil
import subprocess
from importlib import import_module
from itertools import chain
from uuid import uuid4

import click
import pytest
import yaml
from celery.bin.celery import celery
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import reverse
from gunicorn.config import Config
from uvicorn.main import main as uvicorn_command

from config.env import FILE_SUFFIX, VARIABLES
from tests.databases import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service.get("image") == "praxis"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
CADDYFILE = (ROOT / "docker" / "Caddyfile").read_text(encoding="utf-8")
IMAGE_COMMAND = yaml.safe_load(
    re.findall(r"^CMD (\[.*?\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)[-1]
)


def command_of(service: str) -> list[str]:
    """Return the command of a service, or that of the image."""
    return list(SERVICES[service].get("command", IMAGE_COMMAND))


def test_web_stream_workers_beat_migration_and_the_practice_model_are_ours():
    assert OURS == ["migrate", "web", "stream", "worker", "sender", "beat", "llm", "fetch-model"]


def test_the_migration_names_a_command_that_exists():
    python, script, command, *_options = command_of("migrate")

    assert (python, (ROOT / script).is_file()) == ("python", True)
    assert command in get_commands()


@pytest.mark.parametrize("service", ["worker", "sender", "beat"])
def test_celery_knows_the_application_the_subcommand_and_every_option(service):
    program, application, subcommand, *options = command_of(service)
    command = celery.commands[subcommand]

    _values, rest, _order = command.make_parser(click.Context(command)).parse_args(options)

    assert (program, rest) == ("celery", [])
    assert import_module(application.removeprefix("--app=")).celery_app.main == "praxis"


def test_every_queue_has_a_worker_and_messages_have_one_of_their_own():
    taken = {name: queues_of(name) for name in OURS if "worker" in command_of(name)}

    assert taken == {"worker": ["urgent", "work"], "sender": ["messages"]}
    assert sorted(chain(*taken.values())) == sorted(settings.CELERY_TASK_QUEUES)


def queues_of(service: str) -> list[str]:
    """Return what the worker of a service takes tasks from, in its order."""
    [queues] = [option for option in command_of(service) if option.startswith("--queues=")]
    return queues.removeprefix("--queues=").split(",")


def test_every_route_leads_from_a_task_that_exists_to_a_queue_that_exists():
    app = import_module("config").celery_app
    app.autodiscover_tasks(force=True)
    queues = set(settings.CELERY_TASK_QUEUES)

    assert set(settings.CELERY_TASK_ROUTES) <= set(app.tasks)
    assert set(settings.CELERY_TASK_ROUTES.values()) <= queues
    assert settings.CELERY_TASK_DEFAULT_QUEUE in queues
    assert app.amqp.router.route({}, "lms.notifications.tasks.send")["queue"].name == "messages"
    assert app.amqp.router.route({}, "lms.tips.tasks.plan_tips")["queue"].name == "work"


def test_gunicorn_knows_the_application_and_every_option():
    program, *arguments = command_of("web")

    options = Config().parser().parse_args(arguments)

    assert (program, options.workers) == ("gunicorn", 2)
    settings = import_module(options.config.removeprefix("python:"))
    assert (settings.threads, settings.worker_class) == (4, "gthread")
    module, name = options.args[0].split(":")
    assert callable(getattr(import_module(module), name))


def test_uvicorn_knows_the_application_and_every_option_and_gives_answers_time_to_end():
    program, *arguments = command_of("stream")
    context = click.Context(uvicorn_command)

    uvicorn_command.parse_args(context, arguments)

    options = context.params
    assert (program, options["host"], options["port"]) == ("uvicorn", "0.0.0.0", 8001)
    assert SERVICES["stream"]["expose"] == ["8001"]
    module, name = options["app"].split(":")
    assert inspect.iscoroutinefunction(getattr(import_module(module), name))
    grace = int(SERVICES["stream"]["stop_grace_period"].removesuffix("s"))
    assert options["timeout_graceful_shutdown"] == 20 < grace


def test_the_proxy_lets_answers_stream_from_their_own_process_and_takes_pages_from_the_other():
    routes = re.findall(r"handle ?(\S*) \{\s+reverse_proxy (\S+):(\d+)", CADDYFILE)

    assert routes == [("/practice/stream/*", "stream", "8001"), ("", "web", "8000")]
    assert [SERVICES[name]["expose"] for _path, name, _port in routes] == [["8001"], ["8000"]]
    assert reverse("practice-stream", args=[uuid4()]).startswith("/practice/stream/")
    assert {"web", "stream"} == SERVICES["proxy"]["depends_on"].keys()
    assert "./docker/Caddyfile:/etc/caddy/Caddyfile:ro" in SERVICES["proxy"]["volumes"]


def test_what_streams_asks_its_own_readiness_where_it_listens(client, db):
    [address] = re.findall(
        r"urlopen\('http://127\.0\.0\.1:8001(/\w+)'", str(SERVICES["stream"]["healthcheck"]["test"])
    )

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_hardened_and_stops_gracefully(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [port for port in service.get("ports", []) if not port.startswith("127.0.0.1:")] == []
    assert name == "migrate" or "stop_grace_period" in service


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in {"web", "migrate", "fetch-model"}])
def test_every_container_says_how_it_is(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_the_web_container_asks_its_own_readiness_through_the_image(client, db):
    [address] = re.findall(r"urlopen\('http://127\.0\.0\.1:8000(/\w+)'", DOCKERFILE)

    assert "healthcheck" not in SERVICES["web"]
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("service", "process"), [("worker", "worker"), ("beat", "beat"), ("llm", "model")])
def test_worker_beat_and_model_are_judged_by_the_file_they_touch(service, process, settings):
    from lms.core.signs_of_life import sign_of_life  # noqa: PLC0415  the path depends on settings

    settings.DATA_DIR = "/srv/praxis/var"

    assert f"find {sign_of_life(process)} -mmin -1" in SERVICES[service]["healthcheck"]["test"][1]
    assert any(each.startswith("/srv/praxis/var/tasks:") for each in SERVICES[service]["tmpfs"])


def test_a_worker_is_given_longer_to_stop_than_a_task_may_take(settings):
    assert int(SERVICES["worker"]["stop_grace_period"].removesuffix("s")) > settings.CELERY_TASK_TIME_LIMIT


PRACTICE = {"llm", "fetch-model"}


@pytest.mark.parametrize("name", OURS)
def test_every_process_shares_the_uploads_and_static_files_stay_those_of_the_image(name):
    models = "models:/srv/praxis/var/models"
    shared = [models] if name in PRACTICE else ["media:/srv/praxis/var/media", f"{models}:ro"]

    assert SERVICES[name]["volumes"] == shared
    assert {volume.partition(":")[0] for volume in shared} <= COMPOSE["volumes"].keys()


@pytest.mark.parametrize(("service", "action"), [("llm", "serve"), ("fetch-model", "fetch")])
def test_the_practice_model_is_run_by_commands_that_know_every_option(service, action):
    python, script, name, *arguments = command_of(service)
    command = load_command_class("sandbox", name)

    options = command.create_parser(script, name).parse_args(arguments)

    assert (python, options.action) == ("python", action)


def test_what_runs_the_model_has_no_way_out_and_whoever_asks_it_finds_it():
    llm = SERVICES["llm"]
    port = next(each.removeprefix("--port=") for each in llm["command"] if each.startswith("--port="))

    assert llm["networks"] == ["practice"]
    assert COMPOSE["networks"]["practice"] == {"internal": True}
    assert "ports" not in llm
    for name in ("web", "stream", "worker"):
        assert SERVICES[name]["environment"]["PRAXIS_MODEL_URL"] == f"http://llm:{port}"
        assert "practice" in SERVICES[name]["networks"]


def test_the_model_is_fetched_only_when_somebody_asks_for_it():
    assert SERVICES["fetch-model"]["profiles"] == ["fetch"]
    assert SERVICES["fetch-model"]["networks"] == ["default"]
    assert "--extra embedded" in DOCKERFILE


def test_our_processes_wait_for_the_migration():
    waiting = {name: SERVICES[name]["depends_on"] for name in ["web", "stream", "worker", "beat"]}

    assert {name: needs["migrate"]["condition"] for name, needs in waiting.items()} == dict.fromkeys(
        waiting, "service_completed_successfully"
    )


@pytest.mark.parametrize("name", OURS)
def test_our_containers_run_as_nobody_in_particular(name):
    assert SERVICES[name]["user"] == "10001"
    assert "useradd --uid 10001" in DOCKERFILE


@pytest.mark.parametrize(
    "file",
    [
        "docker-compose.yml",
        "Dockerfile",
        "Makefile",
        "README.md",
        "CONTRIBUTING.md",
        "docs/operations.md",
        "docs/practice-model.md",
        ".ci/run",
    ],
)
def test_every_variable_that_is_named_exists(file):
    named = set(re.findall(r"PRAXIS_([A-Z_]*[A-Z])", (ROOT / file).read_text(encoding="utf-8")))

    assert {name for name in named if name.removesuffix(FILE_SUFFIX) not in VARIABLES} == set()


def test_every_app_goes_into_the_image():
    packages = re.findall(
        r"^    (\w+)$", (ROOT / ".importlinter").read_text(encoding="utf-8").split("exclude")[0], re.MULTILINE
    )
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert packages
    assert [package for package in packages if f"!{package}" not in sent] == []
    assert "*" in sent


@pytest.fixture
def made_secrets(tmp_path):
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    subprocess.run(["make", "secrets"], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def test_make_secrets_makes_every_file_that_compose_reads_in_a_closed_folder(made_secrets):
    files = [made_secrets / secret["file"] for secret in COMPOSE["secrets"].values()]

    assert [file for file in files if not file.read_text().strip()] == []
    assert {file.parent.stat().st_mode & 0o777 for file in files} == {0o700}


def test_making_secrets_again_keeps_them(made_secrets):
    before = {file.name: file.read_text() for file in (made_secrets / "var/secrets").iterdir()}

    subprocess.run(["make", "secrets"], cwd=made_secrets, check=True, capture_output=True)

    assert {file.name: file.read_text() for file in (made_secrets / "var/secrets").iterdir()} == before


def test_the_database_address_carries_the_password_of_the_database(made_secrets):
    password = (made_secrets / "var/secrets/postgres_password").read_text().strip()

    assert (made_secrets / "var/secrets/database_url").read_text() == (
        f"postgresql://praxis:{password}@postgres:5432/praxis\n"
    )
