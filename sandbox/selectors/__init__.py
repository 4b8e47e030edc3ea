"""What the pages of the practice area show, each in a fixed number of queries."""

from sandbox.selectors.exercises import (
    ExerciseLine,
    ExercisePage,
    PracticeList,
    exercise_page,
    live_exercise,
    practice_list,
)
from sandbox.selectors.export import practice_export
from sandbox.selectors.own import own_attempt, own_copies, own_run, own_template, own_templates, shared_copy

__all__ = [
    "ExerciseLine",
    "ExercisePage",
    "PracticeList",
    "exercise_page",
    "live_exercise",
    "own_attempt",
    "own_copies",
    "own_run",
    "own_template",
    "own_templates",
    "practice_export",
    "practice_list",
    "shared_copy",
]
