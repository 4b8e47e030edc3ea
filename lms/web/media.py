"""Pictures that authors uploaded, for everyone who is signed in."""

import posixpath
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

FOLDERS = {"images", "original_images"}  # documents have a view of their own, which knows who may read them
TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
KEPT_SECONDS = 30 * 24 * 60 * 60


@require_safe
@login_required
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a picture under the type that its name says; 404 for anything else that lies in the media folder.

    The type is not guessed from the machine's own list, which on a small image does not know every format, and
    browsers may not guess either.
    """
    picture = PurePosixPath(posixpath.normpath(name))
    content_type = TYPES.get(picture.suffix.lower())
    if content_type is None or picture.parts[0] not in FOLDERS:
        raise Http404
    try:
        response: HttpResponseBase = serve(request, str(picture), document_root=str(settings.MEDIA_ROOT))
    except OSError as error:  # a name longer than file systems take
        raise Http404 from error
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return response
