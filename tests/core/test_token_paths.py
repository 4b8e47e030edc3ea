import pytest
from django.core.signing import Signer
from django.urls import NoReverseMatch, reverse

from lms.core.token_paths import path_with


@pytest.mark.parametrize("name", ["tip-answer", "notifications-stop"])
def test_the_path_is_the_one_that_django_says(name):
    for number in range(50):
        token = Signer(salt="tests").sign(f"{number:032x}.*")
        assert path_with(name, token) == reverse(name, args=[token])


def test_a_page_that_does_not_exist_has_no_path():
    with pytest.raises(NoReverseMatch):
        path_with("no-such-page", "token")
