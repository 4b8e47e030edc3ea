"""Assignment rules, enrollments, and the steps and answers within them."""

from lms.paths.models.assignments import Assignment, AssignmentVersion, Exclusion
from lms.paths.models.enrollments import Encouragement, Enrollment, EnrollmentChange
from lms.paths.models.learning import Answer, StepCompletion

__all__ = [
    "Answer",
    "Assignment",
    "AssignmentVersion",
    "Encouragement",
    "Enrollment",
    "EnrollmentChange",
    "Exclusion",
    "StepCompletion",
]
