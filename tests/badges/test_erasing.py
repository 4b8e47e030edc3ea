"""Forgetting a holder."""

import json

from django.test import Client

from badges.models import Award, SignedCredential
from badges.services.erasing import forget_holder
from badges.services.signing import sign_waiting, signed_text
from badges.services.verifying import verify_text


def test_what_a_forgotten_person_held_says_nothing_about_them(awarded, ada, mei, noon):
    file = signed_text(award=awarded, format="json", at=noon)
    token = json.loads(file)["refreshService"]["id"].rsplit("/", 1)[1]

    assert forget_holder(person=ada, actor=mei, at=noon) == 1

    award = Award.objects.get()
    assert (award.recipient, award.state) == (None, "issued")
    assert not SignedCredential.objects.exists()
    assert award.salt not in file
    client = Client()
    page = client.get(f"/verify/{award.public_id}/")
    assert page.status_code == 410
    assert "Larkfield issued it on 24 November 2026." in page.text
    assert "Okafor" not in page.text
    assert client.get(f"/badges/awards/{award.public_id}.json").status_code == 404
    assert client.get(f"/badges/refresh/{token}").status_code == 404


def test_a_file_that_somebody_kept_still_verifies_and_nothing_is_signed_again(awarded, ada, mei, noon):
    file = signed_text(award=awarded, format="json", at=noon)
    forget_holder(person=ada, actor=mei, at=noon)

    report = verify_text(text=file, at=noon)

    assert {check.outcome for check in report.checks} == {"passed", "skipped"}
    assert sign_waiting(now=noon, until=noon.replace(year=2099)) == 0
