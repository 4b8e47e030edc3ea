"""Addresses of the practice area. `my`, `shared` and `stream` are no names of exercises."""

from django.urls import URLPattern, path

from lms.web.views.practice import exercises, keeping, runs, streams

practice_urls: list[URLPattern] = [
    path("practice/", exercises.practice, name="practice"),
    path("practice/stream/<uuid:run_id>/", streams.stream, name="practice-stream"),
    path("practice/stream/ahead/<slug:slug>/", streams.read_ahead, name="practice-read-ahead"),
    path("practice/shared/<uuid:copy_id>/", runs.shared, name="practice-shared"),
    path("practice/my/", keeping.mine, name="practice-mine"),
    path("practice/my/export/", keeping.export, name="practice-export"),
    path("practice/my/keep/", keeping.keep, name="practice-keep"),
    path("practice/my/templates/new/", keeping.new_template, name="practice-template-new"),
    path("practice/my/templates/<uuid:template_id>/", keeping.template, name="practice-template"),
    path("practice/my/templates/<uuid:template_id>/use/", keeping.use, name="practice-template-use"),
    path(
        "practice/my/templates/<uuid:template_id>/delete/",
        keeping.delete_template,
        name="practice-template-delete",
    ),
    path("practice/my/copies/<uuid:copy_id>/revoke/", keeping.revoke, name="practice-revoke"),
    path("practice/my/attempts/<uuid:attempt_id>/delete/", runs.forget, name="practice-forget"),
    path("practice/my/attempts/<uuid:attempt_id>/opinion/", runs.ask_opinion, name="practice-opinion"),
    path("practice/my/answers/<uuid:run_id>/", runs.result, name="practice-result"),
    path("practice/my/answers/<uuid:run_id>/stop/", runs.stop, name="practice-stop"),
    path("practice/my/answers/<uuid:run_id>/review/", runs.review, name="practice-review"),
    path("practice/my/answers/<uuid:run_id>/prefer/", runs.prefer, name="practice-prefer"),
    path("practice/my/answers/<uuid:run_id>/share/", runs.share, name="practice-share"),
    path("practice/<slug:slug>/", exercises.exercise, name="practice-exercise"),
    path("practice/<slug:slug>/try/", exercises.attempt, name="practice-try"),
    path("practice/<slug:slug>/compare/", exercises.compare, name="practice-compare"),
    path("practice/<slug:slug>/material/<int:number>/", exercises.material, name="practice-material"),
]
