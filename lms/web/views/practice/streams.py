"""An answer as it comes, over server-sent events. Served by the process that speaks ASGI."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from lms.people.requests import SignedInRequest
from sandbox.exercise_definition import definition_of
from sandbox.selectors import live_exercise, own_run
from sandbox.streaming import follow, wake
from sandbox.streaming import read_ahead as let_model_read


@require_safe
@login_required
def stream(request: SignedInRequest, run_id: UUID) -> StreamingHttpResponse:
    """Stream the answer of a run to the person who asked for it.

    Finding the run is a short question like any other; only what is sent afterwards is asynchronous.
    """
    run = own_run(request.user, run_id)
    if run is None:
        raise Http404
    if not connection.in_atomic_block:
        connection.close()  # the thread of a request lives as long as its stream; the connection need not
    wake()
    after = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    seen = int(after) if after.isdecimal() and len(after) < 9 else 0
    response = StreamingHttpResponse(follow(run, after=seen), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-store"
    response["X-Accel-Buffering"] = "no"  # a proxy that gathers would hold back what has come
    return response


@require_POST
@login_required
def read_ahead(_request: SignedInRequest, slug: str) -> HttpResponse:
    """Let the model on this machine read an exercise while the person does; nothing of the person is sent."""
    exercise = live_exercise(slug)
    if exercise is None:
        raise Http404
    let_model_read(definition_of(exercise))
    return HttpResponse(status=204)
