"""The pages that a person can open, for tests that look at all of them."""

from courses.rendering import revision_content
from lms.paths.library import library
from lms.paths.services import answer_question

SIGNED_IN_PAGES = [
    "/",
    "/learning/",
    "/paths/begun/",
    "/paths/completed/",
    "/paths/free/",
    "/lessons/done/",
    "/lessons/wrong/",
    "/lessons/locked/",
    "/lessons/short/?done=1",
    "/me/record/",
    "/me/record/{completion}/",
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
]


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
