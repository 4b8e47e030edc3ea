"""Addresses of the pages."""

from django.conf import settings
from django.urls import URLPattern, path

from lms.web.health_urls import health_urls
from lms.web.manage_urls import manage_urls
from lms.web.nomination_urls import nomination_urls
from lms.web.practice_urls import practice_urls
from lms.web.team_urls import team_urls
from lms.web.views import (
    demo,
    design,
    encouragements,
    holders,
    inbox,
    learning,
    lesson,
    messages,
    record,
    reports,
    tips,
    today,
    verify,
)
from lms.web.views import paths as path_views
from lms.web.views import settings as settings_views

urlpatterns: list[URLPattern] = [
    *health_urls,
    path("", today.today, name="today"),
    path("learning/", learning.learning, name="learning"),
    path("paths/<slug:slug>/", path_views.path, name="path"),
    path("paths/<slug:slug>/start/", path_views.start, name="path-start"),
    path("paths/<slug:slug>/why/", path_views.why, name="path-why"),
    path("lessons/<slug:slug>/", lesson.lesson, name="lesson"),
    path("lessons/<slug:slug>/answer/", lesson.answer, name="lesson-answer"),
    path("lessons/<slug:slug>/complete/", lesson.complete, name="lesson-complete"),
    *practice_urls,
    path("me/record/", record.record, name="record"),
    path("me/record/export/", record.export, name="record-export"),
    path("me/record/credentials.json", record.credentials, name="record-credentials"),
    path("me/record/<int:completion_id>/", record.as_learned, name="record-lesson"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<uuid:award_id>/", verify.award, name="verify-award"),
    path("verify/<uuid:award_id>/show/", verify.show, name="verify-award-show"),
    path("me/record/personal-address/", holders.own_address, name="record-address"),
    path("me/record/personal-address/give-up/", holders.give_up_own, name="record-address-give-up"),
    path("credentials/", holders.ask, name="credentials-return"),
    path("credentials/keep/<str:token>/", holders.confirm, name="credentials-keep"),
    path("credentials/open/<str:token>/", holders.come_back, name="credentials-open"),
    path("credentials/mine/", holders.mine, name="credentials-mine"),
    path("credentials/mine/give-up/", holders.give_up, name="credentials-give-up"),
    path("credentials/mine/leave/", holders.leave, name="credentials-leave"),
    *nomination_urls,
    path("me/inbox/", inbox.inbox, name="inbox"),
    path("me/inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("me/inbox/<int:notification_id>/open/", inbox.open_one, name="inbox-open"),
    path("me/settings/", settings_views.settings_page, name="settings"),
    path("tips/", tips.own, name="tips"),
    path("tips/your/<str:token>/", tips.answer, name="tip-answer"),
    path("tips/your/<str:token>/useful/", tips.useful, name="tip-useful"),
    path("me/settings/messages/", messages.preferences, name="settings-messages"),
    path("me/settings/messages/types/", messages.types, name="settings-messages-types"),
    path("me/settings/messages/pause/", messages.pause, name="settings-messages-pause"),
    path("me/settings/messages/stop/", messages.stop_all, name="settings-messages-stop"),
    path("stop/<str:token>/", messages.stop, name="notifications-stop"),
    path("me/settings/programs/<str:program>/end/", settings_views.end_program, name="settings-program-end"),
    path("encouragements/<int:encouragement>/seen/", encouragements.seen, name="encouragement-seen"),
    *team_urls,
    path("reports/", reports.reports, name="reports"),
    path("reports/export/", reports.export, name="reports-export"),
    *manage_urls,
]
if settings.PRAXIS_DEMO:
    urlpatterns += [
        path("demo/", demo.choose, name="demo"),
        path("demo/sign-in/", demo.sign_in, name="demo-sign-in"),
    ]
if settings.DEBUG:
    urlpatterns += [path("design/", design.living_style, name="design")]
