"""Exercises, what people try on them, the models that answer, and what that may cost.

Attempts, runs, reviews and templates belong to one person: read them through `visible_to`.
"""

from sandbox.models.attempts import Attempt, PracticeSettings, Review, Run
from sandbox.models.budgets import Budget, BudgetUse
from sandbox.models.exercises import Exercise, Level, RubricVersion
from sandbox.models.keeping import PromptTemplate, SharedAttempt, TemplateUse
from sandbox.models.months import PracticeMonth
from sandbox.models.opinions import SecondOpinion
from sandbox.models.providers import Calibration, CompanyWord, GuardCount, Provider

__all__ = [
    "Attempt",
    "Budget",
    "BudgetUse",
    "Calibration",
    "CompanyWord",
    "Exercise",
    "GuardCount",
    "Level",
    "PracticeMonth",
    "PracticeSettings",
    "PromptTemplate",
    "Provider",
    "Review",
    "RubricVersion",
    "Run",
    "SecondOpinion",
    "SharedAttempt",
    "TemplateUse",
]
