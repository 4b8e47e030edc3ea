"""What practice may cost, decided by administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.practice_forms import BudgetForm
from sandbox.models import Budget
from sandbox.services.managing import remove_budget, save_budget

GET_AND_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def new_budget(request: SignedInRequest) -> HttpResponse:
    """Add a budget."""
    return _edit(request, None)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def budget(request: SignedInRequest, budget_id: int) -> HttpResponse:
    """Change a budget."""
    return _edit(request, _budget(budget_id))


def _edit(request: SignedInRequest, budget: Budget | None) -> HttpResponse:
    form = BudgetForm(request.POST if request.method == "POST" else None, budget=budget)
    if form.is_valid():
        try:
            save_budget(budget=budget, facts=form.facts, actor=request.user, at=timezone.now())
        except ActionRefused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("Saved. It holds from the next run on."))
            return redirect("manage-practice")
    return render(request, "web/manage/practice_budget.html", {"budget": budget, "form": form})


@require_POST
@requires("people.act_as_admin")
def remove(request: SignedInRequest, budget_id: int) -> HttpResponse:
    """Remove a budget."""
    remove_budget(budget=_budget(budget_id), actor=request.user, at=timezone.now())
    messages.success(request, _("The budget is removed. It limits nobody any more."))
    return redirect("manage-practice")


def _budget(pk: int) -> Budget:
    return get_object_or_404(Budget.objects.select_related("unit"), pk=pk)
