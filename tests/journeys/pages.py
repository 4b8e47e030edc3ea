"""The pages that a person can open, for tests that look at all of them."""

from uuid import UUID

from courses.rendering import revision_content
from lms.paths.library import library
from lms.paths.services import answer_question

SIGNED_IN_PAGES = [
    "/",
    "/learning/",
    "/paths/begun/",
    "/paths/completed/",
    "/paths/free/",
    "/paths/begun/why/",
    "/lessons/done/",
    "/lessons/wrong/",
    "/lessons/locked/",
    "/lessons/short/?done=1",
    "/practice/",
    "/practice/hand-over/",
    "/practice/hand-over/compare/?with=2&and=1",
    "/practice/my/",
    "/practice/my/templates/new/",
    "/practice/my/templates/{template}/",
    "/practice/my/answers/{answer}/share/",
    "/practice/shared/{copy}/",
    "/me/record/",
    "/me/record/{completion}/",
    "/me/record/personal-address/",
    "/verify/{award}/",
    "/verify/{revoked}/",
    "/me/nominations/",
    "/me/nominations/new/{takes}/?q=a",
    "/me/nominations/{draft}/?add=file",
    "/me/nominations/{declined}/",
    "/me/nominations/{made}/",
    "/me/settings/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/password/set/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/3rdparty/",
    "/accounts/logout/",
    "/no-such-page/",
]

REVIEWER_PAGES = [
    "/reviews/",
    "/reviews/{waiting}/",
    "/reviews/{conflict}/",
]

MANAGER_PAGES = [
    "/team/?group=everyone",
    "/team/?group=on-track&who=direct",
    "/team/{learner}/",
    "/team/{learner}/enroll/",
    "/team/{learner}/{enrollment}/extend/",
    "/team/{learner}/{finished}/thank/",
    "/reports/",
]

ADMIN_PAGES = [
    "/manage/",
    "/manage/people/",
    "/manage/people/?q=nobody+at+all&status=left",
    "/manage/people/{person}/",
    "/manage/people/{person}/paths/begun/",
    "/manage/people/{person}/personal-address/",
    "/manage/assignments/",
    "/manage/assignments/new/",
    "/manage/assignments/{rule}/",
    "/manage/assignments/{rule}/edit/",
    "/manage/assignments/{rule}/preview/",
    "/manage/assignments/{rule}/preview/?archive",
    "/manage/enroll/",
    "/manage/enroll/{plan}/",
    "/manage/credentials/",
    "/manage/credentials/new/",
    "/manage/credentials/expiring/",
    "/manage/credentials/keys/",
    "/manage/credentials/{achievement}/",
    "/manage/credentials/{achievement}/edit/",
    "/manage/credentials/{achievement}/rule/",
    "/manage/credentials/{achievement}/rule/try/",
    "/manage/credentials/{achievement}/rule/try/?for=keep",
    "/manage/credentials/{achievement}/award/?q=larkfield",
    "/manage/credentials/{achievement}/list/",
    "/manage/credentials/lists/{award_plan}/",
    "/manage/awards/{expiring}/",
    "/manage/awards/{revoked}/",
    "/manage/practice/",
    "/manage/practice/words/",
    "/manage/practice/models/new/",
    "/manage/practice/models/{model}/",
    "/manage/practice/budgets/new/",
    "/manage/practice/budgets/{budget}/",
    "/manage/audit/",
    "/manage/audit/?since=not-a-day",
    "/reports/",
    "/reports/?status=paused",
    "/reports/?since=not-a-day",
    "/manage/settings/",
    "/manage/jobs/",
    "/manage/jobs/{running_job}/",
    "/manage/jobs/{done_job}/",
]

SIGNED_OUT_PAGES = [
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/3rdparty/login/cancelled/",
    "/demo/",
    "/verify/",
    "/credentials/",
    "/credentials/keep/no-such-link/",
]

PLACEHOLDERS = {
    "completion": 1,
    "running_job": UUID(int=1),
    "done_job": UUID(int=1),
    "person": UUID(int=1),
    "rule": UUID(int=1),
    "plan": UUID(int=1),
    "achievement": UUID(int=1),
    "award_plan": UUID(int=1),
    "expiring": UUID(int=1),
    "model": UUID(int=1),
    "budget": 1,
    "learner": UUID(int=1),
    "enrollment": 1,
    "finished": 1,
    "template": UUID(int=1),
    "answer": UUID(int=1),
    "copy": UUID(int=1),
    "award": UUID(int=1),
    "revoked": UUID(int=1),
    "takes": UUID(int=1),
    "draft": UUID(int=1),
    "declined": UUID(int=1),
    "made": UUID(int=1),
    "waiting": UUID(int=1),
    "conflict": UUID(int=1),
}
"""Something of the right form for each name in braces, for tests that only resolve the addresses."""


def answered(person, lesson, *, right, at):
    """Let a person answer the question of a lesson."""
    card = library().lessons[lesson.slug]
    question = revision_content(card.page_id, card.revision_id, None).questions[0]
    return answer_question(
        learner=person,
        lesson=card,
        question=question,
        chosen={next(answer.id for answer in question.answers if answer.is_right == right)},
        at=at,
    )
