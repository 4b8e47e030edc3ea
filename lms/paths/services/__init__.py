"""What changes who is on which path, by when, and what they have done of it."""

from lms.paths.services.assigning import (
    assign_people,
    rules_in_force,
)
from lms.paths.services.by_hand import (
    clear_exclusion,
    exclude_person,
    extend_dates,
)
from lms.paths.services.crediting import (
    credit_earlier_lessons,
    credit_lessons_everywhere,
    settle_enrollment,
    settle_everyone,
)
from lms.paths.services.cycles import (
    open_cycles,
)
from lms.paths.services.encouraging import (
    Nudged,
    nudge_people,
    recognize_completion,
    see_encouragement,
    send_nudge,
)
from lms.paths.services.enrolling import (
    PlanStale,
    confirm_enrollments,
    plan_enrollments,
)
from lms.paths.services.following import (
    follow_people,
    start_daily_round,
)
from lms.paths.services.learning import (
    NotOnThisPath,
    PathClosed,
    QuestionsOpen,
    StepLocked,
    answer_question,
    complete_lesson,
    enroll_person,
)
from lms.paths.services.leave import (
    keep_leave,
)
from lms.paths.services.managing import (
    enroll_report,
)
from lms.paths.services.problems import (
    faults_of,
)
from lms.paths.services.rules import (
    NumberNotTyped,
    PreviewStale,
    RuleText,
    archive_rule,
    confirm_rule,
    create_rule,
    discard_draft,
    duplicate_rule,
    edit_rule,
    pause_rule,
    version_to_confirm,
)

__all__ = [
    "NotOnThisPath",
    "Nudged",
    "NumberNotTyped",
    "PathClosed",
    "PlanStale",
    "PreviewStale",
    "QuestionsOpen",
    "RuleText",
    "StepLocked",
    "answer_question",
    "archive_rule",
    "assign_people",
    "clear_exclusion",
    "complete_lesson",
    "confirm_enrollments",
    "confirm_rule",
    "create_rule",
    "credit_earlier_lessons",
    "credit_lessons_everywhere",
    "discard_draft",
    "duplicate_rule",
    "edit_rule",
    "enroll_person",
    "enroll_report",
    "exclude_person",
    "extend_dates",
    "faults_of",
    "follow_people",
    "keep_leave",
    "nudge_people",
    "open_cycles",
    "pause_rule",
    "plan_enrollments",
    "recognize_completion",
    "rules_in_force",
    "see_encouragement",
    "send_nudge",
    "settle_enrollment",
    "settle_everyone",
    "start_daily_round",
    "version_to_confirm",
]
