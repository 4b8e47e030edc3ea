"""The people of the demo company whom one can be with one click."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CAST: dict[str, Promise] = {
    "ada@larkfield.example": _("in customer service, about to start the path of her role"),
    "bruno@larkfield.example": _("is halfway along the same path"),
    "linus@larkfield.example": _("leads the team in Porto"),
    "grace@larkfield.example": _("writes lessons and publishes them"),
    "radia@larkfield.example": _("reads lessons before they are published, and publishes them"),
    "mei@larkfield.example": _("administers Praxis"),
}
