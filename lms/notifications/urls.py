"""Addresses that chats call; no page."""

from django.urls import URLPattern, path

from lms.notifications.views import slack, teams

urlpatterns: list[URLPattern] = [
    path("integrations/slack/events/", slack.events, name="slack-events"),
    path("integrations/teams/messages/", teams.messages, name="teams-messages"),
]
