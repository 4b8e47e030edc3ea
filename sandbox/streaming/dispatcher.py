"""Asking models: claims runs that wait, and carries each to its end."""

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from sandbox.conversation import messages_for, opening_of
from sandbox.definitions import Definition
from sandbox.guard import Pseudonyms
from sandbox.model_access import learners_provider, places_of
from sandbox.models import Provider, Run
from sandbox.providers.base import ChatProvider, Message, ProviderFailed, Reason, Usage, estimate_usage
from sandbox.services.answering import (
    Ending,
    claim_run,
    end_left_behind,
    end_run,
    stopped_among,
    write_progress,
)
from sandbox.services.guarding import GuardUnavailable, outgoing
from sandbox.storable import storable
from sandbox.streaming.database import ANSWERING, PREPARING, in_database
from sandbox.streaming.live import LiveAnswer, answers
from sandbox.streaming.warming import WarmUp

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_WRITES = 1.0
SECONDS_BETWEEN_STOPS = 0.2
"""How long a model goes on at most after its learner has stopped it: one query for all answers of a process."""
SECONDS_BETWEEN_TRIES = (0.2, 1.0, 3.0)
LOOKS_BETWEEN_SWEEPS = 3


@dataclass(frozen=True)
class Prepared:
    """What is needed to ask a model."""

    chat: ChatProvider
    messages: list[Message]
    definition: Definition
    pseudonyms: Pseudonyms
    max_tokens: int


class Dispatcher:
    """Gives every run that waits to its model, as many at once as each model has places."""

    def __init__(self, provider_of: Callable[[Provider], ChatProvider] = learners_provider) -> None:
        """Take how a stored provider becomes one that answers."""
        self._provider_of = provider_of
        self._tasks: set[asyncio.Task[None]] = set()
        self._endings: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closing = False
        self._loop_task: asyncio.Task[None] | None = None
        self._side_tasks: list[asyncio.Task[None]] = []
        self._under_way: dict[Run, LiveAnswer] = {}
        self._ahead = WarmUp()

    @property
    def running(self) -> int:
        """How many answers are under way in this process."""
        return len(self._tasks)

    def start(self) -> None:
        """Begin to look for runs."""
        self._loop = asyncio.get_running_loop()
        self._loop_task = self._loop.create_task(self._look_for_runs())
        beside = (self._look_for_stops(), self._keep_progress())
        self._side_tasks = [self._loop.create_task(each) for each in beside]

    def wake(self) -> None:
        """Look now: somebody waits. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    def read_ahead(self, definition: Definition) -> None:
        """Let the model on this machine read an exercise, unless somebody waits for it. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._read_ahead(definition), self._loop)

    async def _read_ahead(self, definition: Definition) -> None:
        chat = await in_database(partial(_rested, self._provider_of), lane=PREPARING)
        if chat is not None and not self._is_closing:
            self._ahead.begin(chat, opening_of(definition))

    async def close(self) -> None:
        """Stop looking, hang up on every model, and end what was under way."""
        self._is_closing = True
        self._ahead.drop()
        self.wake()
        if self._loop_task:
            await self._loop_task  # cancelled, it would forget a run that it is claiming just now
        tasks = [*self._tasks, *self._side_tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._endings)  # one that was written already when its task was cancelled

    async def _look_for_runs(self) -> None:
        looks = 0
        while not self._is_closing:
            try:
                if looks % LOOKS_BETWEEN_SWEEPS == 0:
                    await in_database(_sweep, lane=ANSWERING)
                looks += 1
                while not self._is_closing and (run := await in_database(_claim, lane=ANSWERING)):
                    task = asyncio.get_running_loop().create_task(self._answer(run))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            except Exception:
                logger.exception("Runs could not be looked for; trying again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), SECONDS_BETWEEN_LOOKS)
            self._woken.clear()

    async def _look_for_stops(self) -> None:
        """Stop what learners have stopped, wherever they did: on a page of another process, most of the time."""
        while not self._is_closing:
            if under_way := answers.under_way():
                try:
                    for run_id in await in_database(partial(stopped_among, under_way), lane=ANSWERING):
                        answers.stop(run_id)
                except DatabaseError:
                    logger.warning("What was stopped could not be asked for; trying again")
            await asyncio.sleep(SECONDS_BETWEEN_STOPS)

    async def _keep_progress(self) -> None:
        """Write what has come of all answers about once a second, and stop those that nobody wants any more."""
        while not self._is_closing:
            await asyncio.sleep(SECONDS_BETWEEN_WRITES)
            texts = {run: live.text for run, live in self._under_way.items()}
            if not texts:
                continue
            write = partial(write_progress, answers=texts, at=timezone.now())
            try:
                for run_id in await in_database(write, lane=ANSWERING):
                    answers.stop(run_id)
            except (DatabaseError, UnicodeError):
                logger.warning("What came of %s answers could not be written; trying again", len(texts))

    async def _answer(self, run: Run) -> None:
        """Carry one claimed run to its end, whatever happens."""
        live = self._under_way[run] = answers.begin(run.public_id)
        prepared: Prepared | None = None
        try:
            prepare = partial(_prepare, run, self._provider_of)
            prepared = await in_database(prepare, lane=PREPARING)
            ending = await self._ask(prepared, live)
        except ActionRefused as refusal:
            code = "guard" if isinstance(refusal, GuardUnavailable) else "unavailable"
            ending = _failed(code, refusal.message, live.text)
        except asyncio.CancelledError:
            usage = estimate_usage(prepared.messages, live.text, "restarted") if prepared else None
            ending = _failed("restarted", _restarted(), live.text, usage)
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the learner is told and the run is ended
            _log_without_its_words(run, error)
            usage = (
                estimate_usage(prepared.messages, live.text, "internal") if live.text and prepared else None
            )
            ending = _failed("internal", _internal(), live.text, usage)
        finally:
            del self._under_way[run]
            definition = prepared.definition if prepared else Definition()
            write = asyncio.get_running_loop().create_task(_end(run, ending, definition))
            self._endings.add(write)
            write.add_done_callback(self._endings.discard)
            await asyncio.shield(write)
            self.wake()

    async def _ask(self, prepared: Prepared, live: LiveAnswer) -> Ending:
        """Stream one answer; returns how it ended. Whoever stops it is heard even while the model is silent."""
        begin = asyncio.get_running_loop().create_task
        reading, stopping = begin(self._read(prepared, live)), begin(live.stop.wait())
        try:
            await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reading, stopping):
                task.cancel()
            await asyncio.gather(reading, stopping, return_exceptions=True)
        if reading.cancelled():
            return _stopped(estimate_usage(prepared.messages, live.text, "stopped"), live.text)
        try:
            usage = reading.result()
        except ProviderFailed as failure:
            return _failed(failure.reason, failure.sentence, live.text, failure.usage)
        return Ending(
            Run.State.DONE, live.text, usage.tokens_in, usage.tokens_out, is_estimate=usage.is_estimate
        )

    async def _read(self, prepared: Prepared, live: LiveAnswer) -> Usage:
        """Read an answer to its end, after what is being read ahead; returns what it took."""
        if prepared.chat.capabilities.is_local:
            await self._ahead.make_way(prepared.messages[0])
        return await _read(prepared, live)


async def _read(prepared: Prepared, live: LiveAnswer) -> Usage:
    """Read an answer to its end, with values in place of placeholders; returns what it took."""
    restorer = prepared.pseudonyms.restorer()
    stream = prepared.chat.stream(prepared.messages, max_tokens=prepared.max_tokens)
    try:
        async with contextlib.aclosing(stream):
            async for piece in stream:
                if isinstance(piece, Usage):
                    return piece
                live.add(storable(restorer.feed(piece.text)))
    finally:
        live.add(storable(restorer.finish()))
    raise ProviderFailed(Reason.CUT_OFF)  # no provider ends without its usage


async def _end(run: Run, ending: Ending, definition: Definition) -> None:
    """Write how a run ended and tell whoever watches; a database that is away for a moment is waited for."""
    try:
        for seconds in (*SECONDS_BETWEEN_TRIES, None):
            try:
                write = partial(end_run, run=run, ending=ending, definition=definition, at=timezone.now())
                await in_database(write, lane=ANSWERING)
            except DatabaseError:
                if seconds is None:
                    raise
                await asyncio.sleep(seconds)
            else:
                break
    except Exception as error:  # noqa: BLE001  its lease runs out, and then the run is ended as one left behind
        _log_without_its_words(run, error)
    finally:
        answers.end(run.public_id)


def _log_without_its_words(run: Run, error: Exception) -> None:
    """Log where something failed, without the message: it may quote what a person practices."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Run %s failed with %s:\n%s", run.public_id, type(error).__name__, where)


def _sweep() -> None:
    """End what nobody answers any more, and what waits for a model that is gone."""
    now = timezone.now()
    end_left_behind(at=now)
    for run in Run.objects.queued().filter(provider=None):
        end_run(run=run, ending=_failed("unavailable", _switched_off(), ""), definition=Definition(), at=now)


def _claim() -> Run | None:
    return claim_run(at=timezone.now(), places_of=places_of)


def _rested(provider_of: Callable[[Provider], ChatProvider]) -> ChatProvider | None:
    """Return the model on this machine while nobody waits for it; None when somebody does, or it does not run."""
    provider = Provider.objects.usable().filter(kind=Provider.Kind.EMBEDDED).first()
    if provider is None or Run.objects.under_way().filter(provider=provider).exists():
        return None
    try:
        return provider_of(provider)
    except ActionRefused:
        return None


def _prepare(run: Run, provider_of: Callable[[Provider], ChatProvider]) -> Prepared:
    run = Run.objects.select_related("attempt__rubric", "attempt__continues__attempt", "provider").get(
        pk=run.pk
    )
    if run.provider is None or not run.provider.is_enabled:
        raise ActionRefused(_switched_off())
    definition = Definition.from_json(run.attempt.rubric.definition)
    messages = messages_for(run.attempt, definition)
    said = [index for index, each in enumerate(messages) if each.role != "system"]
    texts, pseudonyms = outgoing(
        texts=[messages[index].content for index in said], definition=definition, provider=run.provider
    )
    for index, text in zip(said, texts, strict=True):
        messages[index] = Message(messages[index].role, text)
    return Prepared(
        provider_of(run.provider), messages, definition, pseudonyms, max_tokens=run.provider.max_tokens
    )


def _failed(code: str, sentence: str, text: str, usage: Usage | None = None) -> Ending:
    tokens_in, tokens_out = (usage.tokens_in, usage.tokens_out) if usage else (0, 0)
    return Ending(
        Run.State.FAILED, text, tokens_in, tokens_out, is_estimate=True, failure=code, sentence=sentence
    )


def _stopped(usage: Usage, text: str) -> Ending:
    sentence = _("Stopped. What came so far and your prompt are kept.")
    return Ending(
        Run.State.STOPPED, text, usage.tokens_in, usage.tokens_out, is_estimate=True, sentence=sentence
    )


def _switched_off() -> str:
    return _("This model was switched off. Your prompt is kept; choose another one and try again.")


def _internal() -> str:
    return _("Something went wrong on our side. Your prompt is kept. Try again; it has been noted.")


def _restarted() -> str:
    return _(
        "Praxis was restarted while the answer came. What came so far and your prompt are kept. Try again."
    )
