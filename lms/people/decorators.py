"""Pages that exist for one persona only."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
GuardedView = Callable[Concatenate[Any, P], HttpResponseBase]  # it may count on a `SignedInRequest`


def requires(permission: str) -> Callable[[GuardedView[P]], View[P]]:
    """Show a view only to those who have a permission, such as `people.act_as_manager`.

    Someone who is not signed in signs in first and then comes back. For everyone else the page does not
    exist, 404 and not 403: a page of another persona is nothing to know about.
    """

    def decorate(view: GuardedView[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                raise Http404
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return decorate
