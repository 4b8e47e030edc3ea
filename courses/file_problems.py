"""What is wrong with a content file: where it stands, what it is, and what to do about it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to repair.

    Attributes:
        file: Path of the file inside the content folder.
        line: Line of the file, from 1; 0 when it concerns the whole file.
        message: What is wrong and the remedy.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


@dataclass
class Problems:
    """The problems of one file, gathered while it is read, so that an author sees all of them at once."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        """Note one."""
        self.found.append(Problem(self.file, line, message))


class BrokenFileError(Exception):
    """A content file cannot be used.

    Attributes:
        problems: Everything that is wrong with it, top to bottom.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of the file."""
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question such as `Did you mean "level"?`, or what is known when nothing is close."""
    choices = list(known)
    close = difflib.get_close_matches(word, choices, n=1)
    return f'Did you mean "{close[0]}"?' if close else f"Known are: {', '.join(choices)}."
