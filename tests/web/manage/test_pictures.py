"""An achievement gets a picture of one's own: looked at first, then shown everywhere, and not in the past."""

import io
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from badges.models import AchievementPicture, AchievementVersion, Award
from badges.ob3.baking import read_baked
from badges.picture_files import clean_png
from badges.services.achievements import change_achievement, make_achievement, retire_achievement
from badges.services.awarding import award_achievement
from badges.services.pictures import keep_picture, use_picture
from badges.services.verifying import verify_text
from lms.core.models import AuditEntry
from tests.badges.pictures import png_file
from tests.web.pages import text_of

pytestmark = pytest.mark.usefixtures("at_noon")


def page_of(achievement):
    return f"/manage/credentials/{achievement.public_id}/picture/"


def upload(browser, achievement, content, name="badge.png"):
    return browser.post(page_of(achievement), {"picture": SimpleUploadedFile(name, content, "image/png")})


@pytest.fixture
def pictured(prompt_craft, mei, noon):
    """Prompt craft has an uploaded picture."""
    picture = keep_picture(content=png_file(), at=noon)
    return use_picture(achievement=prompt_craft, picture=picture, actor=mei, at=noon)


def test_a_picture_is_looked_at_large_and_small_before_it_is_used(admin, mei, prompt_craft):
    sent = upload(admin, prompt_craft, png_file())

    picture = AchievementPicture.objects.get()
    assert sent.headers["Location"] == f"{page_of(prompt_craft)}?look={picture.digest}"
    page = admin.get(sent.headers["Location"]).content.decode()
    shown = f"/manage/credentials/pictures/{picture.digest}.png"
    assert f'<img src="{shown}" width="160"' in page
    assert f'<img src="{shown}" width="64"' in page
    assert admin.get(shown).content == clean_png(png_file())
    assert AchievementVersion.objects.get().picture is None

    page = admin.post(f"{page_of(prompt_craft)}{picture.digest}/use/", follow=True)

    assert "Saved. What is awarded from now on has this picture." in text_of(page)
    assert AchievementVersion.objects.get().picture == picture
    entry = AuditEntry.objects.get(action="badges.change_achievement")
    assert (entry.actor, entry.before, entry.after) == (
        mei.as_actor,
        {"picture_id": None},
        {"picture_id": picture.digest, "version": 1},
    )
    history = text_of(admin.get(f"/manage/credentials/{prompt_craft.public_id}/"))
    assert f"{picture.digest[:12]}…" in history
    assert picture.digest not in history


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (png_file(300, height=200), "A badge is square"),
        (b"<svg/>", "An SVG cannot be taken"),
        (b"x" * 1_000_001, "The file is larger than 1 MB."),
        (b"", "The submitted file is empty."),
    ],
    ids=["flat", "svg", "large", "empty"],
)
def test_what_is_not_fit_is_refused_and_nothing_is_kept(admin, prompt_craft, content, told):
    page = upload(admin, prompt_craft, content)

    assert told in text_of(page)
    assert not AchievementPicture.objects.exists()
    assert AchievementVersion.objects.get().picture is None


def test_no_file_at_all_is_asked_for(admin, prompt_craft):
    assert "Choose a PNG file." in text_of(admin.post(page_of(prompt_craft)))


def test_whoever_holds_it_keeps_its_picture(admin, awarded, prompt_craft, bruno, noon):
    drawn = Client().get(f"/badges/achievements/{prompt_craft.public_id}/1/image.png").content
    assert "1 credential was awarded with the present picture (version 1) and keeps it." in text_of(
        admin.get(page_of(prompt_craft))
    )
    picture = keep_picture(content=png_file(), at=noon)

    admin.post(f"{page_of(prompt_craft)}{picture.digest}/use/")

    prompt_craft.refresh_from_db()
    later = award_achievement(
        achievement=prompt_craft, recipient=bruno, at=noon, source=Award.Source.PERSON, actor=None
    )
    assert (later.version.number, later.version.picture) == (2, picture)
    awarded.refresh_from_db()
    assert (awarded.version.number, awarded.version.picture) == (1, None)
    of_version = [
        Client().get(f"/badges/achievements/{prompt_craft.public_id}/{number}/image.png").content
        for number in (1, 2)
    ]
    assert of_version == [drawn, clean_png(png_file())]


def test_going_back_to_the_drawn_one_is_one_click(admin, pictured):
    admin.post(f"{page_of(pictured)}draw/")
    admin.post(f"{page_of(pictured)}draw/")

    assert AchievementVersion.objects.get().picture is None
    assert AuditEntry.objects.filter(action="badges.change_achievement").count() == 2


def test_other_words_leave_the_picture_as_it_is(admin, mei, pictured, ada, noon):
    award_achievement(achievement=pictured, recipient=ada, at=noon, source=Award.Source.PERSON, actor=mei)
    changed = change_achievement(achievement=pictured, actor=mei, at=noon, name="Craft")

    assert changed.live is not None
    assert (changed.live.number, changed.live.picture_id) == (2, AchievementPicture.objects.get().pk)


def test_every_file_and_page_of_a_credential_shows_the_picture(client_of, pictured, ada, mei, noon):
    award = award_achievement(
        achievement=pictured, recipient=ada, at=noon, source=Award.Source.PERSON, actor=mei
    )
    Award.objects.update(visibility="public")
    browser, png = client_of(ada), clean_png(png_file())
    image = f"/badges/achievements/{pictured.public_id}/1/image"

    files = {
        form: browser.get(f"/badges/awards/{award.public_id}.{form}").content
        for form in ("png", "svg", "json")
    }
    older = browser.get(f"/badges/ob2/assertions/{award.public_id}.png").content

    assert Client().get(f"{image}.png").content == png
    for baked in (files["png"], older):
        dots = Image.open(io.BytesIO(baked))
        assert (dots.size, dots.getpixel((9, 9))) == ((300, 300), (10, 85, 72, 255))
    assert b64encode(png) in files["svg"]
    for baked in (files["png"], files["svg"]):
        checks = verify_text(text=read_baked(baked), at=timezone.now()).checks
        assert {check.outcome for check in checks} <= {"passed", "skipped"}
    assert f"https://praxis.example{image}.png".encode() in files["json"]
    page = browser.get(f"/verify/{award.public_id}/").content.decode()
    assert f'<img src="{image}.png" width="120"' in page
    assert f'property="og:image" content="https://praxis.example{image}.png"' in page
    assert f'<img src="{image}.png" width="72"' in browser.get("/me/record/").content.decode()


def test_a_retired_achievement_keeps_its_picture(admin, mei, pictured, noon):
    retire_achievement(achievement=pictured, actor=mei, at=noon)
    other = keep_picture(content=png_file(400), at=noon)

    page = admin.post(f"{page_of(pictured)}{other.digest}/use/", follow=True)
    again = admin.post(f"{page_of(pictured)}draw/", follow=True)

    assert "This is retired, so its words stay as they are." in text_of(page)
    assert "This is retired, so its words stay as they are." in text_of(again)
    assert AchievementVersion.objects.get().picture != other


def test_one_picture_in_two_achievements_is_kept_once(admin, pictured, achievement_factory, mei, noon):
    other = achievement_factory("Coach")

    upload(admin, other, png_file())
    admin.post(f"{page_of(other)}{AchievementPicture.objects.get().digest}/use/")

    assert AchievementPicture.objects.get().versions.count() == 2


def test_pictures_that_nothing_has_for_a_day_go(pictured, noon):
    used = AchievementPicture.objects.get()
    keep_picture(content=png_file(400), at=noon)

    newest = keep_picture(content=png_file(500), at=noon + timedelta(days=2))

    assert set(AchievementPicture.objects.all()) == {used, newest}


@pytest.mark.parametrize("who", ["ada", "linus", "grace", "radia"])
def test_nobody_else_changes_or_sees_an_upload(request, pictured, client_of, noon, who):
    browser, other = client_of(request.getfixturevalue(who)), keep_picture(content=png_file(400), at=noon)

    assert upload(browser, pictured, png_file(500)).status_code == 404
    assert browser.post(f"{page_of(pictured)}{other.digest}/use/").status_code == 404
    assert browser.post(f"{page_of(pictured)}draw/").status_code == 404
    assert browser.get(f"/manage/credentials/pictures/{other.digest}.png").status_code == 404

    assert AchievementPicture.objects.count() == 2
    assert AchievementVersion.objects.get().picture != other


def test_the_picture_of_a_draft_is_seen_by_no_stranger(larkfield, mei, noon):
    draft = make_achievement(
        issuer=larkfield, actor=mei, at=noon, name="Draft", description="x", criteria="x"
    )
    use_picture(achievement=draft, picture=keep_picture(content=png_file(), at=noon), actor=mei, at=noon)

    assert Client().get(f"/badges/achievements/{draft.public_id}/1/image.png").status_code == 404


def test_a_list_of_credentials_loads_no_picture(client_of, pictured, ada, mei, noon):
    award_achievement(achievement=pictured, recipient=ada, at=noon, source=Award.Source.PERSON, actor=mei)
    browser = client_of(ada)
    browser.get("/me/record/")

    with CaptureQueriesContext(connection) as queries:
        browser.get("/me/record/")

    assert not [query for query in queries if "badges_achievementpicture" in query["sql"]]
