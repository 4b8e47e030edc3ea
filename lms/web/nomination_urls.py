"""Addresses around nominations: of those they are about, and of reviewers. `new` is no id of a nomination."""

from django.urls import URLPattern, path

from lms.web.views import nominations, reviews

nomination_urls: list[URLPattern] = [
    path("me/nominations/", nominations.mine, name="nominations"),
    path("me/nominations/new/<uuid:achievement_id>/", nominations.new, name="nomination-new"),
    path("me/nominations/<uuid:nomination_id>/", nominations.nomination, name="nomination"),
    path("me/nominations/<uuid:nomination_id>/evidence/", nominations.add, name="nomination-add"),
    path(
        "me/nominations/<uuid:nomination_id>/evidence/<uuid:evidence_id>/remove/",
        nominations.remove,
        name="nomination-remove",
    ),
    path("me/nominations/<uuid:nomination_id>/submit/", nominations.submit, name="nomination-submit"),
    path("me/nominations/<uuid:nomination_id>/withdraw/", nominations.withdraw, name="nomination-withdraw"),
    path("me/nominations/<uuid:nomination_id>/appeal/", nominations.appeal, name="nomination-appeal"),
    path("evidence/<uuid:evidence_id>/", reviews.evidence_file, name="evidence-file"),
    path("reviews/", reviews.queue, name="reviews"),
    path("reviews/<uuid:nomination_id>/", reviews.review, name="review"),
]
