"""Reviews: what waits, and deciding about one; and the files of evidence."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from badges.selectors.nominations import Waiting, pieces_of, queue_for, readable_file, waiting_for
from badges.services.reviewing import RightEnded, review_nomination
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.permissions import is_reviewer
from lms.people.requests import SignedInRequest
from lms.web.nomination_forms import ReviewForm
from lms.web.nomination_page import queue_line, said_about


@require_safe
@requires("people.act_as_reviewer")
def queue(request: SignedInRequest) -> HttpResponse:
    """Show what waits for reviewers, oldest first."""
    lines = [queue_line(each) for each in queue_for(request.user)]
    return render(request, "web/reviews/queue.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review(request: SignedInRequest, nomination_id: UUID) -> HttpResponse:
    """Show a nomination to a reviewer, or take their decision; what they wrote comes back when it cannot be taken."""
    if request.method == "POST":
        return _decide(request, nomination_id)
    if not is_reviewer(request.user):
        raise Http404
    waiting = waiting_for(request.user, nomination_id)
    if waiting is None:
        raise Http404
    return _page(request, waiting, ReviewForm(waiting.nomination))


@never_cache
@require_safe
@login_required
def evidence_file(request: SignedInRequest, evidence_id: UUID) -> HttpResponseBase:
    """Send a file of evidence to its nominee, and to reviewers while they may decide; to save, never to run."""
    piece = readable_file(request.user, evidence_id)
    if piece is None:
        raise Http404
    ending = str(piece.file.name).rpartition(".")[2]
    response = FileResponse(
        piece.file.open("rb"),
        as_attachment=True,
        filename=f"{slugify(piece.title) or 'evidence'}.{ending}",
        content_type=f"{piece.media_type}; charset=utf-8" if ending == "txt" else piece.media_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _decide(request: SignedInRequest, nomination_id: UUID) -> HttpResponse:
    if not is_reviewer(request.user):
        return _not_taken(request, RightEnded().message, status=403)
    waiting = waiting_for(request.user, nomination_id)
    if waiting is None:
        return _not_taken(request, _("It is not with the reviewers any more: it was decided or withdrawn."))
    form = ReviewForm(waiting.nomination, request.POST)
    if form.is_valid():
        try:
            review_nomination(
                nomination=waiting.nomination, reviewer=request.user, levels=form.levels,
                seen_round=form.cleaned_data["round"], decision=form.cleaned_data["decision"],
                comment=form.cleaned_data["comment"], at=timezone.now(),
            )  # fmt: skip
        except ActionRefused as refusal:
            now = waiting_for(request.user, nomination_id)
            if now is None or now.hindrance is not None or isinstance(refusal, RightEnded):
                return _not_taken(request, refusal.message)
            form.refuse(refusal)
        else:
            messages.success(request, _("Your decision is kept. The nominee reads your comment."))
            return redirect("reviews")
    return _page(request, waiting, form, status=422)


def _page(request: SignedInRequest, waiting: Waiting, form: ReviewForm, status: int = 200) -> HttpResponse:
    nomination = waiting.nomination
    line = queue_line(waiting)
    context = {"line": line, "nomination": nomination}
    if not line.why_not:
        pieces = pieces_of(nomination, for_reviewers=True)
        context |= {
            "form": form,
            "pieces": pieces,
            "confirms_results": any(piece.is_result for piece in pieces),
            # What others say in this round is left out: each reviewer decides for themselves.
            "said": [each for each in said_about(nomination) if each.review.round < nomination.round],
        }
    return render(request, "web/reviews/review.html", context, status=status)


def _not_taken(request: SignedInRequest, sentence: str, status: int = 409) -> HttpResponse:
    comment = request.POST.get("comment", "")
    return render(
        request, "web/reviews/not_taken.html", {"sentence": sentence, "comment": comment}, status=status
    )
