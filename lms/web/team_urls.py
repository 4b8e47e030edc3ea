"""Addresses below /team/, all of them for managers."""

from django.urls import URLPattern, path

from lms.web.views import team, team_person, vouching

team_urls: list[URLPattern] = [
    path("team/", team.team, name="team"),
    path("team/export/", team.export, name="team-export"),
    path("team/remind/", team.remind, name="team-remind"),
    path("team/<uuid:person>/", team_person.person, name="team-person"),
    path("team/<uuid:person>/enroll/", team_person.enroll, name="team-enroll"),
    path("team/<uuid:person>/vouch/<uuid:achievement>/", vouching.vouch, name="team-vouch"),
    path(
        "team/<uuid:person>/vouch/<uuid:achievement>/take-back/",
        vouching.take_back,
        name="team-vouch-take-back",
    ),
    path("team/<uuid:person>/<int:enrollment>/extend/", team_person.extend, name="team-extend"),
    path("team/<uuid:person>/<int:enrollment>/remind/", team_person.remind, name="team-remind-one"),
    path("team/<uuid:person>/<int:enrollment>/thank/", team_person.thank, name="team-thank"),
]
