"""What pages and other apps ask about paths and the people on them."""

from lms.paths.selectors.encouraging import Word, unseen_words
from lms.paths.selectors.learning import (
    PathStepView,
    PathView,
    answers_to,
    build_path_view,
    choose_path,
    completed_steps,
    enrollments_of,
    open_paths_for,
    path_view,
    path_views,
)
from lms.paths.selectors.team import (
    RequiredPath,
    count_statuses,
    nudges_this_week,
    people_below,
    required_history,
    required_paths,
    with_team_status,
)

__all__ = [
    "PathStepView",
    "PathView",
    "RequiredPath",
    "Word",
    "answers_to",
    "build_path_view",
    "choose_path",
    "completed_steps",
    "count_statuses",
    "enrollments_of",
    "nudges_this_week",
    "open_paths_for",
    "path_view",
    "path_views",
    "people_below",
    "required_history",
    "required_paths",
    "unseen_words",
    "with_team_status",
]
