"""Practice, for administrators: what may be asked and what it may cost. No page here is about a person's practice."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.practice_forms import CompanyWordsForm
from sandbox.embedded.state import model_status
from sandbox.selectors.managing import company_word_count, practice_overview
from sandbox.services.managing import replace_company_words


@require_safe
@requires("people.act_as_admin")
def overview(request: SignedInRequest) -> HttpResponse:
    """Show models, budgets, and what the guard found, as numbers."""
    context = {"shown": practice_overview(timezone.now()), "status": model_status()}
    return render(request, "web/manage/practice.html", context)


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_admin")
def words(request: SignedInRequest) -> HttpResponse:
    """Take the company's own words; those that are stored cannot be read by anybody."""
    count = company_word_count()
    form = CompanyWordsForm(request.POST or None, count=count)
    if request.method == "POST" and form.is_valid():
        try:
            number = replace_company_words(words=form.lines, actor=request.user, at=timezone.now())
        except ActionRefused as refusal:
            form.add_error("words", refusal.message)
        else:
            messages.success(request, _told(number))
            return redirect("manage-practice")
    return render(request, "web/manage/practice_words.html", {"form": form, "count": count})


def _told(number: int) -> str:
    if not number:
        return _("No words are kept any more.")
    told = ngettext(
        "%(number)d word or phrase is looked for from now on.",
        "%(number)d words and phrases are looked for from now on.",
        number,
    )
    return told % {"number": number}
