"""Print how far the rubric agrees with the ratings of the gold set: `python -m tests.sandbox.gold.measure`.

With `--open` it measures the other 60 %, which whoever works on the rubric may read and try things on.

The 40 % held back are those whose id hashes below the bound: nobody chose them, and no detector was written with any
of them in sight.
"""

import argparse
import hashlib
import os
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HELD_BACK = 0.4


def is_held_back(identity: str) -> bool:
    """Return whether a prompt belongs to the part that was held back."""
    first = int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16)
    return first / 0xFFFFFFFF < HELD_BACK


def main() -> None:
    """Print agreement by criterion on one part of the set: of the raters, and of the rubric with each."""
    parser = argparse.ArgumentParser(
        description="How far the rubric agrees with the ratings of the gold set."
    )
    parser.add_argument("--open", action="store_true", help="measure the open part, not the one held back")
    is_measured_held_back = not parser.parse_args().open
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django  # noqa: PLC0415

    django.setup()
    from courses.gold import gold_set  # noqa: PLC0415
    from sandbox.agreement import agreement  # noqa: PLC0415
    from sandbox.definitions import CRITERIA  # noqa: PLC0415
    from sandbox.guard import inspect  # noqa: PLC0415
    from sandbox.rubric import score_prompt  # noqa: PLC0415

    levels: list[dict[str, Mapping[str, int | None]]] = []
    for each in gold_set().prompts:
        if is_held_back(each.identity) != is_measured_held_back:
            continue
        look = inspect(each.prompt, known=each.definition.released_text)
        private = look.is_blocked or bool(look.warnings)
        feedback = score_prompt(each.prompt, each.definition, has_private_data=private)
        rubric = {found.key: found.level for found in feedback.criteria}
        levels.append({"rubric": rubric, **dict(zip("ab", each.ratings, strict=True))})
    for one, other in (("a", "b"), ("rubric", "a"), ("rubric", "b")):
        print(f"{one} and {other}")
        kappas = []
        for key in CRITERIA:
            pairs = [(each[one][key], each[other][key]) for each in levels]
            both = [(first, second) for first, second in pairs if first is not None and second is not None]
            found = agreement([first for first, _ in both], [second for _, second in both])
            kappa = (
                "-" if found.kappa is None else f"{found.kappa:5.2f} ({found.low:.2f} to {found.high:.2f})"
            )
            kappas += [] if found.kappa is None else [found.kappa]
            print(f"  {key:<14} n={found.n:<4} exact {found.exact:.2f}  kappa {kappa}")
        print(f"  mean of kappas {fmean(kappas):.2f}")


if __name__ == "__main__":
    main()
