"""A kind of job whose effect can be counted: one row in the database for each number, none twice."""

from lms.core.errors import ActionRefused
from lms.jobs.models import JobFile
from lms.jobs.registry import Item, JobKind, RowResult, job_kind
from lms.people.models import ExternalIdentity


class Numbers(JobKind):
    """Gives the person of the job the numbers from 1 to `count`, each as an external identity."""

    chunk_size = 3
    undo_kind = "tests.take_back_numbers"
    undo_says = "The numbers are taken away again."

    def count(self, job):
        return job.params["count"]

    def items(self, job, cursor, limit):
        first = (cursor or 0) + 1
        last = min(first + limit - 1, job.params["count"])
        return [Item(number, f"number {number}", number) for number in range(first, last + 1)]

    def apply(self, job, items):
        given = ExternalIdentity.objects.bulk_create(number_row(job, item.value) for item in items)
        for item in items:
            if item.value in job.params.get("refused", []):
                raise ActionRefused(f"{item.value} is not given to anybody.")
            if item.value in job.params.get("broken", []):
                raise ValueError(item.value)
        skipped = [item for item in items if item.value in job.params.get("skipped", [])]
        ExternalIdentity.objects.filter(
            pk__in=[row.pk for row in given], value__in=[f"{i.value:06}" for i in skipped]
        ).delete()
        return [RowResult(item.reference, "skipped", "left out on purpose") for item in skipped]


def number_row(job, number):
    people = job.params["people"]
    return ExternalIdentity(
        person_id=people[number % len(people)],
        source=str(job.key or "numbers"),
        kind="number",
        value=f"{number:06}",
    )


class TakeBackNumbers(JobKind):
    """Takes away what a job of `Numbers` gave."""

    chunk_size = 3

    def count(self, job):
        return self._given(job).count()

    def items(self, job, cursor, limit):
        following = self._given(job).filter(value__gt=cursor or "").order_by("value")[:limit]
        return [Item(row.value, row.value, row.pk) for row in following]

    def apply(self, _job, items):
        ExternalIdentity.objects.filter(pk__in=[item.value for item in items]).delete()
        return []

    def _given(self, job):
        return ExternalIdentity.objects.filter(source=str(job.undoes.key or "numbers"))


class NumbersAndFile(Numbers):
    """Ends with a file that says how many there were."""

    def finish(self, job):
        JobFile.objects.create(
            job=job,
            name="numbers.txt",
            content_type="text/plain",
            content=b"%d" % job.done_count,
            created_at=job.created_at,
        )


class ManyNumbers(Numbers):
    """The same for thousands: what is refused costs no second look at its chunk, what breaks does."""

    chunk_size = 200

    def apply(self, job, items):
        if any(item.value % 5_000 == 0 for item in items):
            raise ValueError("the whole chunk is done one by one")
        kept = [item for item in items if item.value % 1_000 != 1]
        ExternalIdentity.objects.bulk_create(number_row(job, item.value) for item in kept)
        return [
            RowResult(item.reference, "failed", "no number ends like this")
            for item in items
            if item.value % 1_000 == 1
        ]


def register():
    """Make the kinds known; called by the tests, and by the workers that they start."""
    for name, kind in {
        "tests.numbers": Numbers,
        "tests.take_back_numbers": TakeBackNumbers,
        "tests.numbers_and_file": NumbersAndFile,
        "tests.many_numbers": ManyNumbers,
    }.items():
        job_kind(name)(kind)
