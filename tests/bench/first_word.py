"""How long the practice model on this machine is silent: `python -m tests.bench.first_word`.

Asks the model that `manage.py sandbox_model serve` runs about exercises of the starter content, with the prompt of
middle length that people wrote on each: at first as somebody who sends at once, then as somebody whose exercise was
read ahead while they read it too.
"""

import argparse
import asyncio
import contextlib
import os
import time
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gold import GoldPrompt
    from sandbox.providers.base import ChatProvider, Message

ANSWER_TOKENS = 100


async def seconds_to_first_word(chat: "ChatProvider", messages: "Sequence[Message]") -> float:
    """Return how long it takes until something is said."""
    began = time.perf_counter()
    first = 0.0
    async with contextlib.aclosing(chat.stream(messages, max_tokens=ANSWER_TOKENS)) as pieces:
        async for _piece in pieces:
            first = first or time.perf_counter() - began
            break
    return first


async def read_to_the_end(chat: "ChatProvider", messages: "Sequence[Message]") -> None:
    """Let the model read, as the process that streams does."""
    async for _piece in chat.stream(messages, max_tokens=1):
        pass


async def measure(chat: "ChatProvider", conversations: "dict[str, list[Message]]") -> None:
    """Print both times for each exercise, and their medians."""
    from sandbox.streaming.warming import NOTHING_YET  # noqa: PLC0415

    at_once, ahead = [], []
    print(f"{'exercise':<42} characters  at once  read ahead")
    for name, (opening, prompt) in conversations.items():
        at_once.append(await seconds_to_first_word(chat, [opening, prompt]))
        # Another conversation in between, so that nothing of this one is left but what is read ahead.
        for number in range(2):
            await seconds_to_first_word(
                chat, [type(opening)("system", f"{number} {opening.content[::-1]}"[:900]), prompt]
            )
        await read_to_the_end(chat, [opening, NOTHING_YET])
        ahead.append(await seconds_to_first_word(chat, [opening, prompt]))
        length = len(opening.content) + len(prompt.content)
        print(f"{name:<42} {length:>10}  {at_once[-1]:>6.1f}s  {ahead[-1]:>9.1f}s", flush=True)
    print(f"{'median':<42} {'':>10}  {median(at_once):>6.1f}s  {median(ahead):>9.1f}s")
    print(f"{'longest':<42} {'':>10}  {max(at_once):>6.1f}s  {max(ahead):>9.1f}s")


def main() -> None:
    """Measure a few exercises, or all."""
    parser = argparse.ArgumentParser(description="How long the practice model is silent.")
    parser.add_argument("--exercises", type=int, default=8, help="how many; 0 for all")
    count = parser.parse_args().exercises
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django  # noqa: PLC0415

    django.setup()
    from courses.gold import gold_set  # noqa: PLC0415
    from sandbox.conversation import opening_of  # noqa: PLC0415
    from sandbox.providers.base import Message  # noqa: PLC0415
    from sandbox.providers.embedded import practice_provider  # noqa: PLC0415

    chat = practice_provider()
    if chat is None:
        raise SystemExit("No practice model runs. Start one: manage.py sandbox_model serve --fetch")
    written: dict[str, list[GoldPrompt]] = {}
    for each in gold_set().prompts:
        written.setdefault(each.definition.situation, []).append(each)
    conversations = {}
    for situation, prompts in list(written.items())[: count or None]:
        middle = sorted(prompts, key=lambda each: len(each.prompt))[len(prompts) // 2]
        conversations[situation.partition("\n")[0][:42]] = [
            opening_of(middle.definition),
            Message("user", middle.prompt),
        ]
    asyncio.run(measure(chat, conversations))


if __name__ == "__main__":
    main()
