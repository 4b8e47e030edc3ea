"""The picture of an achievement: one of one's own in place of the drawn one, looked at before it is used."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.models import Achievement, AchievementPicture, Award
from badges.selectors.images import drawn_image_of
from badges.services.pictures import draw_picture, keep_picture, use_picture
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.picture_forms import PictureForm
from lms.web.views.manage.credentials import GET_AND_POST, achievement_or_404


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def picture(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Show the picture that it has, and one that was uploaded to be looked at; or take an upload."""
    achievement = achievement_or_404(achievement_id)
    is_sent = request.method == "POST"
    form = PictureForm(request.POST, request.FILES) if is_sent else PictureForm()
    if form.is_valid():
        try:
            kept = keep_picture(content=form.cleaned_data["picture"], at=timezone.now())
        except ActionRefused as refusal:
            form.add_error("picture", refusal.message)
        else:
            return redirect(f"{reverse('manage-picture', args=[achievement_id])}?look={kept.digest}")
    return _show(request, achievement, form)


def _show(request: HttpRequest, achievement: Achievement, form: PictureForm) -> HttpResponse:
    version = achievement.live
    assert version is not None, "made with its first version"
    look = AchievementPicture.objects.filter(pk=request.GET.get("look", "")).defer("png").first()
    context = {
        "achievement": achievement,
        "version": version,
        "form": form,
        "look": look if look and look.pk != version.picture_id else None,
        "drawn": drawn_image_of(version).svg,
        "holders": Award.objects.filter(version=version).count() if version.frozen_at else 0,
    }
    return render(request, "web/manage/credential_picture.html", context)


@require_POST
@requires("people.act_as_admin")
def use(request: SignedInRequest, achievement_id: UUID, digest: str) -> HttpResponse:
    """Let it have a picture that was uploaded."""
    achievement = achievement_or_404(achievement_id)
    chosen = get_object_or_404(AchievementPicture.objects.defer("png"), pk=digest)
    try:
        use_picture(achievement=achievement, picture=chosen, actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved. What is awarded from now on has this picture."))
    return redirect("manage-picture", achievement_id)


@require_POST
@requires("people.act_as_admin")
def draw(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Let it have the drawn one again."""
    try:
        draw_picture(achievement=achievement_or_404(achievement_id), actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved. What is awarded from now on has the drawn emblem."))
    return redirect("manage-picture", achievement_id)


@require_safe
@requires("people.act_as_admin")
@cache_control(private=True, max_age=3600)
def shown(_request: SignedInRequest, digest: str) -> HttpResponse:
    """Return a picture that was uploaded, whether or not anything has it."""
    found = get_object_or_404(AchievementPicture, pk=digest)
    return HttpResponse(bytes(found.png), content_type="image/png")
