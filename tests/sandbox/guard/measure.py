"""Print how well and how fast the guard works: ``python -m tests.sandbox.guard.measure [--names]``.

Recall on generated values in prose, the share of clean prompts that are warned about, and the median time per prompt.
With ``--names`` the name finder is used too; it has to be installed.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from sandbox.guard import Inspection, NameFinder, Severity, inspect
from sandbox.guard.names import load_name_finder
from tests.sandbox.guard import generators
from tests.sandbox.guard.names_in_prose import sentences_with_names

CLEAN = Path(__file__).with_name("clean_prompts.txt")
SEED = 42
EACH = 200
ROUNDS = 5

Case = tuple[str, tuple[int, int]]


def clean_prompts() -> list[str]:
    """Return workplace prompts without anything personal; they are separated by lines of dashes."""
    return [prompt.strip() for prompt in CLEAN.read_text().split("\n---\n") if prompt.strip()]


def cases_of(kind: str, makers: Iterable[generators.Generator], number: int = EACH) -> list[Case]:
    """Return generated values of a kind in prose, the same ones at each call."""
    source = random.Random(f"{SEED}{kind}")
    makers = tuple(makers)
    return [generators.in_prose(source, makers[turn % len(makers)](source)) for turn in range(number)]


def generated_cases() -> dict[str, list[Case]]:
    """Return the cases of every kind whose recall has to be complete."""
    others = {"payment_card": generators.card, "iban": generators.iban, "email": generators.email}
    secrets = {kind: cases_of(kind, makers) for kind, makers in generators.SECRETS.items()}
    return secrets | {kind: cases_of(kind, [maker]) for kind, maker in others.items()}


def is_found(inspection: Inspection, kind: str, span: tuple[int, int]) -> bool:
    """Return whether a finding of the kind lies within the value."""
    return any(
        finding.kind == kind and finding.span.start < span[1] and span[0] < finding.span.end
        for finding in inspection.findings
    )


def is_covered(inspection: Inspection, kind: str, span: tuple[int, int]) -> bool:
    """Return whether one finding of the kind covers exactly the value."""
    return any(finding.kind == kind and finding.span == span for finding in inspection.findings)


def recall(cases: Iterable[Case], kind: str, find_names: NameFinder | None = None) -> float:
    """Return the share of values that are found, 0.0 to 1.0."""
    results = [is_found(inspect(text, find_names=find_names), kind, span) for text, span in cases]
    return sum(results) / len(results)


def alarms(prompts: Iterable[str], find_names: NameFinder | None = None) -> list[Inspection]:
    """Return the prompts that are warned about or blocked."""
    inspections = (inspect(prompt, find_names=find_names) for prompt in prompts)
    return [found for found in inspections if any(each.severity > Severity.HINT for each in found.findings)]


def median_milliseconds(prompts: list[str], check: Callable[[str], object]) -> float:
    """Return the median over prompts of the best of several rounds, so that other work on the machine counts little."""

    def best(prompt: str) -> float:
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            check(prompt)
            times.append(time.perf_counter() - start)
        return min(times)

    return 1000 * statistics.median(map(best, prompts))


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--names", action="store_true", help="look for names with the name finder")
    arguments.add_argument(
        "--verbose", action="store_true", help="print what was missed or wrongly warned about"
    )
    options = arguments.parse_args()
    find_names = load_name_finder() if options.names else None
    if options.names and find_names is None:
        arguments.error("no name finder is installed")
    for kind, cases in generated_cases().items():
        print(f"recall {kind:<16} {recall(cases, kind):.3f}  n={len(cases)}")
    names = sentences_with_names()
    print(f"recall {'person':<16} {recall(names, 'person', find_names):.3f}  n={len(names)}")
    prompts = clean_prompts()
    wrong = alarms(prompts, find_names)
    print(f"clean prompts warned {len(wrong)}/{len(prompts)} = {len(wrong) / len(prompts):.3f}")
    if options.verbose:
        for found in wrong:
            print("  ", [(each.kind, found.value_of(each)) for each in found.findings if each.severity > 1])
        for text, span in names:
            if not is_found(inspect(text, find_names=find_names), "person", span):
                print("  missed:", text)
    milliseconds = median_milliseconds(prompts, lambda prompt: inspect(prompt, find_names=find_names))
    print(
        f"median {milliseconds:.2f} ms per prompt; median length {statistics.median(map(len, prompts)):.0f}"
    )


if __name__ == "__main__":
    main()
