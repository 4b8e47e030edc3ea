"""A coroutine is waited for, whatever the calling thread is doing."""

import asyncio
import contextvars

import pytest

from lms.core.coroutines import result_of

language = contextvars.ContextVar("language", default="none")


async def answer():
    await asyncio.sleep(0)
    return language.get()


def test_its_result_is_returned_and_what_is_set_here_holds_there():
    language.set("de")

    assert result_of(answer()) == "de"


def test_an_event_loop_that_runs_in_this_thread_is_no_hindrance():
    async def call_from_within():
        return result_of(answer())

    language.set("fr")

    assert result_of(call_from_within()) == "fr"


def test_what_it_raises_reaches_the_caller():
    async def fail():
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        result_of(fail())
