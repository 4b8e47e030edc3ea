"""Very many rows at once: all or none."""

import pytest
from django.db import IntegrityError

from lms.core.bulk import insert_rows
from lms.people.models import ExternalIdentity

pytestmark = pytest.mark.django_db
FIELDS = ("person", "source", "kind", "value")


def test_rows_are_written_as_they_are_given(ada):
    rows = [(ada.pk, "hr", "badge", "tab\there"), (ada.pk, "hr", "card", "line\nbreak \\ “ﬁ”")]

    assert insert_rows(model=ExternalIdentity, fields=FIELDS, rows=rows) == 2

    assert sorted(ExternalIdentity.objects.values_list("person", "source", "kind", "value")) == sorted(rows)


def test_one_row_that_cannot_be_written_keeps_all_out(ada):
    rows = [(ada.pk, "hr", "badge", "1"), (ada.pk, "hr", "badge", "1")]

    with pytest.raises(IntegrityError):
        insert_rows(model=ExternalIdentity, fields=FIELDS, rows=rows)

    assert not ExternalIdentity.objects.exists()


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_rows(model=ExternalIdentity, fields=FIELDS, rows=[]) == 0
