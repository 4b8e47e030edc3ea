"""Pictures of lessons reach whoever is signed in, in every environment, and nothing else in the folder does."""

import uuid
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model

from tests.conftest import question_block
from tests.web.test_security_headers import POLICY


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def picture(grace, client_of):
    """A picture that Grace uploaded in the CMS."""
    png = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(png, "PNG")
    form = {"title": "A desk", "file": SimpleUploadedFile("desk.png", png.getvalue()), "collection": 1}
    client_of(grace).post(reverse("wagtailimages:add"), form)
    return get_image_model().objects.get()


def lesson_with(picture, lesson_factory):
    value = {"image": picture.pk, "alt_text": "A tidy desk", "is_decorative": False, "caption": ""}
    return lesson_factory(body=[{"type": "image", "value": value}, question_block(uuid.uuid4())])


# Wagtail leaves the file in which it made a rendition to be closed by its destructor.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
def test_a_learner_sees_the_picture_of_a_lesson(ada, client_of, picture, lesson_factory):
    html = lesson_with(picture, lesson_factory).body.render_as_block()
    [rendition] = picture.renditions.all()
    assert f'src="{rendition.url}"' in html

    response = client_of(ada).get(rendition.url)
    shown, headers = Image.open(BytesIO(b"".join(response.streaming_content))), response.headers

    assert (response.status_code, headers["Content-Type"], shown.size) == (200, "image/png", (40, 30))
    assert headers["Content-Disposition"] == "inline"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, max-age=2592000"  # 30 days
    assert headers["Content-Security-Policy"] == POLICY


def test_a_stranger_is_asked_to_sign_in(picture):
    response = Client().get(picture.file.url)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={picture.file.url}"


def test_a_picture_that_has_not_changed_is_not_sent_again(ada, client_of, picture):
    browser = client_of(ada)
    first = browser.get(picture.file.url)
    assert b"".join(first.streaming_content)[:4] == b"\x89PNG"

    again = browser.get(picture.file.url, headers={"if-modified-since": first.headers["Last-Modified"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("name", "type_sent"), [("a.webp", "image/webp"), ("a.avif", "image/avif"), ("A.JPG", "image/jpeg")]
)
def test_the_type_follows_from_the_name_and_not_from_the_machine(ada, client_of, tmp_path, name, type_sent):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / name).write_bytes(b"picture")

    response = client_of(ada).get(f"/media/images/{name}")

    assert b"".join(response.streaming_content) == b"picture"
    assert response.headers["Content-Type"] == type_sent


@pytest.mark.parametrize(
    "address",
    [
        "documents/plan.png",
        "images/page.html",
        "images/drawing.svg",
        "images/../documents/plan.png",
        "images/../../outside.png",
        "../outside.png",
        "images/",
        "images",
        ".",
        f"images/{'long' * 100}.png",
        "images/none%00.png",
    ],
)
def test_nothing_but_pictures_below_their_folders_is_sent(ada, client_of, settings, tmp_path, address):
    settings.MEDIA_ROOT = tmp_path / "media"
    for name in ("documents/plan.png", "images/page.html", "images/drawing.svg", "../outside.png"):
        file = settings.MEDIA_ROOT / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("<script>alert(1)</script>")

    assert client_of(ada).get(f"/media/{address}").status_code == 404


def test_nothing_is_put_there_by_request(ada, client_of, picture):
    assert client_of(ada).post(picture.file.url).status_code == 405
