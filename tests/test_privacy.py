"""What Ada keeps to herself appears on no page and in no file of anyone else.

Everything private about her carries a mark that nothing else has. Then everyone else asks for every address of the
site, with her ids in it wherever one fits and with made-up ones, and no mark may come back. A new route is asked too,
without a line here. That the search would find a leak is proven by a page that leaks.
"""

import io
import uuid
import zipfile
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import product
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone

from badges.models import Attestation
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.nominating import nominate, submit_nomination
from badges.services.reviewing import review_nomination
from config.urls import urlpatterns as every_address
from lms.paths.models import Answer, Enrollment, StepCompletion
from lms.paths.services import enroll_person, recognize_completion, send_nudge
from lms.people.models import ReportingLine
from lms.records.services import new_record, record_all
from sandbox.models import Run
from sandbox.services.keeping import save_template
from sandbox.services.trying import try_prompt
from tests.routes import NOBODYS, address_of, all_routes

LONG_AGO = datetime(2019, 3, 7, 8, 9, tzinfo=UTC)

NO_UUID, NO_SLUG = str(uuid.UUID(int=1)), "no-such-slug"
MADE_UP = {NOBODYS, NO_UUID, NO_SLUG}

CHOSEN_PATH = "plum-path-she-chose-4471"
ANSWERS = {
    "her wrong answer": "plum-wrong-answer-5583",
    "her right answer": "plum-right-answer-6694",
    "a question she answered": "00000000-4471-4000-8000-000000005583",
    "the lesson she answered in": "00000000-4471-4000-8000-000000006694",
    "a record of an answer": "plum-record-of-answer-7705",
    "her prompt": "plum-prompt-3351",
    "an answer that she got": "plum-model-answer-4462",
    "her template": "plum-template-5573",
    "why she put herself forward": "plum-why-6684",
    "evidence for reviewers": "plum-evidence-7795",
    "evidence that she keeps": "plum-private-evidence-8806",
    "a file of hers": "plum-file-of-evidence-9917",
    "what a reviewer wrote": "plum-review-1028",
}
CHOICES = {
    "the path she chose": CHOSEN_PATH,
    "a step of it": "00000000-4471-4000-8000-000000007705",
    "a lesson of it": "00000000-4471-4000-8000-000000008816",
    "a record of a lesson of it": "plum-record-of-lesson-8816",
    "a record of completing it": "plum-record-of-path-9927",
    "why she is on it": "plum-reason-1138",
    "the day she completed it": "7 March 2019",
    "the day she completed it, short": "7 Mar 2019",
    "the day she completed it, for machines": "2019-03-07",
    "words of thanks to her": "plum-thanks-2249",
    "what a manager has seen her do": "plum-attestation-3350",
}


@pytest.fixture
def secrets(ada, linus, lesson_factory, path_factory, exercise_factory, coach, person_factory):
    """Give Ada private things with marks, and a required path beside them; return ids for addresses by their type."""
    chosen = path_factory(lesson_factory(), title=CHOSEN_PATH, slug="plum")
    own = enroll_person(learner=ada, path=chosen, source=Enrollment.Source.SELF, at=LONG_AGO)
    own.reason, own.completed_at = CHOICES["why she is on it"], LONG_AGO
    own.save()
    # Published, everyone may see that it exists; taken back, only those who are on it.
    chosen.unpublish()
    step = StepCompletion.objects.create(
        enrollment=own,
        step_id=CHOICES["a step of it"],
        content_uuid=CHOICES["a lesson of it"],
        completed_at=LONG_AGO,
    )
    answer_twice(ada)
    keep_records(ada)
    lesson = lesson_factory(slug="required-lesson")
    asked = path_factory(lesson, lesson_factory(), title="What is required", slug="required")
    now = timezone.now()
    required = enroll_person(learner=ada, path=asked, source=Enrollment.Source.RULE, at=now)
    done = enroll_person(
        learner=ada, path=path_factory(lesson, title="Done"), source=Enrollment.Source.RULE, at=now
    )
    Enrollment.objects.filter(pk=done.pk).update(completed_at=now)
    send_nudge(enrollment=required, sender=linus, at=now)
    note = CHOICES["words of thanks to her"]
    thanks = recognize_completion(enrollment=done, sender=linus, note=note, at=now)
    Attestation.objects.create(
        achievement=coach, person=ada, statement=CHOICES["what a manager has seen her do"], at=now
    )
    numbers = {own.pk, done.pk, step.pk, thanks.pk, chosen.pk}
    return {
        "uuid": [str(ada.public_id), str(chosen.uuid), NO_UUID],
        "practice": practice(ada, exercise_factory(slug="plum")),
        "nomination": nomination(ada, coach, person_factory(groups=("Reviewers",))),
        "int": [*map(str, sorted(numbers)), NOBODYS],
        "slug": ["plum", "required", "required-lesson", NO_SLUG],
        "str": [str(ada.public_id), NOBODYS],
        "path": [NOBODYS],
        "page": [str(chosen.pk), NOBODYS],
    }


def practice(person, exercise):
    """Try a prompt, get an answer and save a template; return what may stand in an address."""
    prompt = f"Summarize {ANSWERS['her prompt']} for a colleague."
    tried = try_prompt(learner=person, exercise=exercise, prompt=prompt, at=timezone.now())
    Run.objects.update(answer=f"It was {ANSWERS['an answer that she got']}.")
    body = ANSWERS["her template"]
    template = save_template(owner=person, title=body, body=body, at=timezone.now())
    return [str(each.public_id) for each in (tried.attempt, tried.runs[0], template)]


def nomination(person, achievement, reviewer):
    """Let a person put themselves forward, and get a comment; return what may stand in an address."""
    now = timezone.now()
    why = ANSWERS["why she put herself forward"]
    made = nominate(achievement=achievement, nominee=person, nominated_by=person, why=why, at=now)
    file = ANSWERS["a file of hers"].encode()
    pieces = [
        add_evidence(nomination=made, actor=person, new=new, at=now)
        for new in (
            NewEvidence("result", ANSWERS["evidence for reviewers"], text="12 cases"),
            NewEvidence("result", ANSWERS["evidence that she keeps"], text="12 cases", visibility="private"),
            NewEvidence("file", "Notes", content=file),
        )
    ]
    submit_nomination(nomination=made, actor=person, at=now)
    review_nomination(
        nomination=made, reviewer=reviewer, seen_round=1, decision="return", levels={},
        comment=ANSWERS["what a reviewer wrote"], at=now,
    )  # fmt: skip
    return [str(made.public_id), str(pieces[-1].public_id), str(achievement.public_id)]


def answer_twice(person):
    """Keep a wrong and a right answer, as no service writes them, so that their marks are texts to look for."""
    questions = [uuid.UUID(ANSWERS["a question she answered"]), uuid.uuid4()]
    marks = [("her wrong answer", False), ("her right answer", True)]
    for question, (mark, is_right) in zip(questions, marks, strict=True):
        Answer.objects.create(
            learner=person,
            lesson_uuid=ANSWERS["the lesson she answered in"],
            question_id=question,
            chosen=[ANSWERS[mark]],
            is_right=is_right,
            right_at=LONG_AGO if is_right else None,
            answered_at=LONG_AGO,
        )


def keep_records(person):
    """Write what the ledger says of it."""
    records = [
        ("answered", "question", ANSWERS["a record of an answer"]),
        ("completed", "lesson", CHOICES["a record of a lesson of it"]),
        ("completed", "path", CHOICES["a record of completing it"]),
    ]
    record_all(
        records=[
            new_record(
                actor=person,
                verb=verb,
                object_type=kind,
                object_id=uuid.uuid4(),
                object_title=title,
                at=LONG_AGO,
                result={"success": False},
            )
            for verb, kind, title in records
        ]
    )


VARIANTS = ["", "?format=csv&group=everyone", "?format=xlsx&group=everyone", "?q=ada&status=any"]
"""What else the address of a list may ask for; one that does not know the question ignores it."""


def converters_of(pattern):
    """Return the types of the arguments of a route, such as uuid and int."""
    found = [part.partition(":")[0] for part in pattern.replace(">", "<").split("<")[1::2]]
    if pattern.startswith("practice/"):  # her ids there fit nowhere else, and the others not there
        found = ["practice" if name == "uuid" else name for name in found]
    if pattern.startswith(("me/nominations/", "evidence/", "reviews/")):
        found = ["nomination" if name == "uuid" else name for name in found]
    return [
        name if name in {"uuid", "practice", "nomination", "int", "slug", "path"} else "str" for name in found
    ]


def addresses_of(pattern, ids):
    """Return every address of a route: with each id that fits, and with made-up ones.

    One that is a list of somebody's is followed by what else it may ask for; with a made-up id it is nobody's.
    """
    if "(" in pattern or "^" in pattern:
        return [address_of(pattern, slug="plum", completion=ids["int"][0])]
    is_a_list = "int:" not in pattern and not pattern.startswith(("cms/", "accounts/"))
    literal = pattern.replace(">", "<").split("<")[::2]
    found = []
    for values in product(*(ids[name] for name in converters_of(pattern))):
        address = "/" + "".join(text + value for text, value in zip(literal, [*values, ""], strict=True))
        is_somebodys = is_a_list and not MADE_UP & set(values)
        found += [address + variant for variant in (VARIANTS if is_somebodys else VARIANTS[:1])]
    return found


def text_of(response):
    """Return all that a response says; a workbook is unpacked."""
    if getattr(response, "is_async", False):
        return ""  # an answer as it comes: whoever is not its learner gets no such response at all
    content = response.getvalue() if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{content.decode(errors='replace')}"


def leaks(client, ids, marks, *, skip=lambda _pattern: False):
    """Return the marks that anything shows, by the pattern of its route, and how many addresses were asked."""
    client.raise_request_exception = False
    found: dict[str, set[str]] = {}
    asked = 0
    # Signing out ends the visit, so it comes last.
    for pattern in sorted(all_routes(), key=lambda pattern: ("logout" in pattern, pattern)):
        if skip(pattern):
            continue
        for address in addresses_of(pattern, ids):
            response = client.get(address)
            said = text_of(response)
            asked += 1
            if shown := {name for name, mark in marks.items() if mark in said}:
                found.setdefault(pattern, set()).update(shown)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                break  # for every id: the method is refused before anything of the address is read
    return found, asked


@pytest.fixture
def others(ada, bruno, linus, grace, radia, mei, person_factory, client_of):
    """Return browsers of everyone around Ada."""
    ida = person_factory(full_name="Ida Holm")
    ReportingLine.objects.create(manager=ida, report=linus, depth=1)
    ReportingLine.objects.create(manager=ida, report=ada, depth=2)
    people = {
        "her manager": linus,
        "her manager's manager": ida,
        "an author": grace,
        "a reviewer": radia,
        "a colleague": bruno,
        "an administrator": mei,
    }
    return {name: client_of(person) for name, person in people.items()}


def of_the_cms(pattern):
    return pattern.startswith("cms/")


def proofs(*who):
    """Leave these to `make prove`: a thousand addresses take seconds, and a manager comes closest to her."""
    return [pytest.param(each, marks=pytest.mark.proof) for each in who]


@pytest.mark.parametrize(
    "who", ["her manager", *proofs("her manager's manager", "an author", "a reviewer", "a colleague")]
)
def test_nobody_sees_what_ada_keeps_to_herself(others, secrets, who):
    found, asked = leaks(others[who], secrets, {**ANSWERS, **CHOICES}, skip=of_the_cms)

    assert found == {}
    assert asked > 200


@pytest.mark.parametrize("who", ["an author", *proofs("her manager", "a reviewer")])
def test_the_cms_shows_paths_but_not_who_is_on_them(others, secrets, who):
    """Authors see that a path exists, since they write it; whatever else is Ada's they do not."""
    marks = {**ANSWERS, **{name: mark for name, mark in CHOICES.items() if mark != CHOSEN_PATH}}
    ids = {**secrets, "int": secrets["page"]}

    found, _asked = leaks(others[who], ids, marks, skip=lambda pattern: not of_the_cms(pattern))

    assert found == {}


@pytest.mark.proof
def test_administrators_see_which_path_she_chose_and_never_an_answer(others, secrets, ada):
    found, _asked = leaks(others["an administrator"], secrets, ANSWERS, skip=of_the_cms)

    assert found == {}


def test_ada_sees_her_own_things(client_of, secrets, ada):
    """Else the marks would be nowhere, and looking for them would prove nothing."""
    found, _asked = leaks(client_of(ada), secrets, {**ANSWERS, **CHOICES}, skip=of_the_cms)

    seen = set.union(*found.values())
    assert found["me/record/export/"] >= {
        "a record of an answer",
        "a record of a lesson of it",
        "a record of completing it",
    }
    assert {"the path she chose", "words of thanks to her", "the day she completed it"} <= seen
    assert {"why she put herself forward", "evidence that she keeps", "what a reviewer wrote"} <= seen
    assert "what a manager has seen her do" in found["me/record/"]
    assert found["evidence/<uuid:evidence_id>/"] == {"a file of hers"}
    assert {"her prompt", "an answer that she got", "her template"} <= found["practice/my/export/"]


def page_that_leaks(_request, person):
    answers = Answer.objects.filter(learner__public_id=person)
    titles = Enrollment.objects.filter(learner__public_id=person).values_list("path__title", flat=True)
    return HttpResponse(" ".join([*titles, *(chosen for answer in answers for chosen in answer.chosen)]))


def file_that_leaks(_request):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "sheet1.xml", " ".join(map(str, StepCompletion.objects.values_list("step_id", flat=True)))
        )
    return HttpResponse(file.getvalue())


urlpatterns: list[Any] = [
    path("", include(cast("Any", every_address))),
    path("leak/<uuid:person>/", page_that_leaks),
    path("leak/file/", file_that_leaks),
]


def test_a_page_that_leaked_would_be_found(others, secrets, settings):
    settings.ROOT_URLCONF = "tests.test_privacy"

    found, _asked = leaks(
        others["her manager"], secrets, {**ANSWERS, **CHOICES}, skip=lambda pattern: "leak" not in pattern
    )

    assert found == {
        "leak/<uuid:person>/": {"the path she chose", "her wrong answer", "her right answer"},
        "leak/file/": {"a step of it"},
    }
