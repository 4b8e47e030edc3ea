"""Reading content files: what they become, and what an author is told when one is wrong."""

import uuid
from datetime import date
from pathlib import Path

import pytest
from wagtail.blocks import StreamBlock

from courses.blocks import lesson_blocks
from courses.file_problems import BrokenFileError
from courses.lesson_files import LessonFile, StepEntry, read_folder, read_lesson, read_path
from tests.courses.conftest import (
    REPLY_LESSON,
    SERVICE_PATH,
    SUMMARY_LESSON,
    ContentWriter,
    lesson_file,
    path_file,
)

FILE = "lessons/customer-service/trustworthy-thread-summary.md"


def read(text: str) -> LessonFile:
    return read_lesson(text, file=FILE)


def problems_of(text: str) -> list[str]:
    with pytest.raises(BrokenFileError) as caught:
        read(text)
    return [str(problem).removeprefix(f"{FILE}:") for problem in caught.value.problems]


def with_body(body: str) -> str:
    front = lesson_file().split("---\n")[1]
    return f"---\n{front}---\n{body}"


QUESTION = "::question What now?\n- [x] Look it up.\n  > Yes.\n- [ ] Guess.\n  > No.\n"


def test_a_lesson_file_becomes_plain_data():
    lesson = read(lesson_file())

    assert lesson.slug == "trustworthy-thread-summary"
    assert lesson.title == "Turn a long thread into a summary you can trust"
    assert lesson.uuid == SUMMARY_LESSON
    assert lesson.roles == ("customer-service",)
    assert lesson.skills == ("summarizing", "checking")
    assert lesson.tools == ("Copilot",)
    assert lesson.review_by == date(2027, 5, 31)
    assert lesson.sources == ("GDPR, Article 9",)
    assert [block["type"] for block in lesson.body] == [
        "text", "prompt_pair", "callout", "callout", "checklist", "question", "callout",
    ]  # fmt: skip


def test_the_parts_of_a_prompt_make_one_block():
    pair = read(lesson_file()).body[1]

    assert pair["value"] == {
        "before": "<p>Summarise this email thread.</p>",
        "answer": "<p>The customer is unhappy and has been offered a refund.</p>",
        "flaw": "<p>Nobody offered a refund. The two sentences became one event.</p>",
        "after": "<p>List <b>what we promised, with date and name</b>.</p>",
        "why": "<p>You can check three quotes in twenty seconds.</p>",
    }


def test_a_question_keeps_its_answers_with_their_feedback():
    question = read(lesson_file()).body[5]["value"]

    assert question["several"] is False
    assert question["question"] == "<p>The summary says “Promised: replacement”. What do you do?</p>"
    assert [answer["value"] for answer in question["answers"]] == [
        {
            "text": "<p>Tell the customer that our records show a replacement.</p>",
            "is_right": False,
            "feedback": "<p>The summary is not the record; the thread is.</p>",
        },
        {
            "text": "<p>Look up the line of 3 March.</p>",
            "is_right": True,
            "feedback": "<p>Yes. One search settles it.</p>",
        },
    ]


def test_reading_twice_gives_the_same_ids():
    assert read(lesson_file()).body == read(lesson_file()).body


def test_an_answer_that_moves_keeps_its_id_and_a_reworded_one_is_another():
    first = "- [ ] Guess.\n  > No.\n"
    second = "- [x] Look it up.\n  > Yes.\n"
    third = "- [ ] Ask the tool.\n  > No.\n"

    def ids(answers: str) -> dict[str, str]:
        question = read(with_body(f"::question What now?\n{answers}")).body[0]["value"]
        return {answer["value"]["text"]: answer["id"] for answer in question["answers"]}

    before = ids(first + second + third)
    after = ids(third + second.replace("Look it up.", "Look up the line.") + first)

    assert after["<p>Guess.</p>"] == before["<p>Guess.</p>"]
    assert after["<p>Ask the tool.</p>"] == before["<p>Ask the tool.</p>"]
    assert after["<p>Look up the line.</p>"] not in before.values()


def test_two_lessons_share_no_ids():
    other = read(lesson_file(lesson_uuid=REPLY_LESSON))

    assert {block["id"] for block in read(lesson_file()).body} & {
        block["id"] for block in other.body
    } == set()


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("For E2: =MAX(0,$H$1-B2) and =A1*B1*C1", "<p>For E2: =MAX(0,$H$1-B2) and =A1*B1*C1</p>"),
        ("Dear [CUSTOMER A], [214 rows]", "<p>Dear [CUSTOMER A], [214 rows]</p>"),
        ("Ask <name@firm.example> & co", "<p>Ask &lt;name@firm.example&gt; &amp; co</p>"),
        ("`grep -oE '^[A-Z0-9_]+='`", "<p><code>grep -oE '^[A-Z0-9_]+='</code></p>"),
        ("`a*b*c` and *really*", "<p><code>a*b*c</code> and <i>really</i></p>"),
        (
            "[the rule](https://rules.example/?a=1&b=2)",
            '<p><a href="https://rules.example/?a=1&amp;b=2">the rule</a></p>',
        ),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("One line\nand the next", "<p>One line and the next</p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("## Why\n\nBecause.", "<h2>Why</h2><p>Because.</p>"),
    ],
)
def test_markdown_becomes_rich_text_and_formulas_stay_as_written(written: str, stored: str):
    assert read(with_body(f"{written}\n\n{QUESTION}")).body[0]["value"] == stored


def test_numbers_at_the_beginning_of_a_block_are_not_a_list():
    body = read(with_body(f"::note 1. Applicant 7: strong.\n  2. Applicant 9.\n\n{QUESTION}")).body

    assert body[0]["value"]["text"] == "<p>1. Applicant 7: strong. 2. Applicant 9.</p>"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            "Only text.",
            " There is no ::question. Add one: answering it is how a learner completes the lesson.",
        ),
        (f"::befor Text\n\n{QUESTION}", '12: Unknown block “::befor”. Did you mean "before"?'),
        (f"::answer Text\n\n{QUESTION}", "12: ::answer without a ::before above it. Begin with ::before."),
        (f"::before Text\n\n{QUESTION}", "12: ::before without an ::after. Add the repaired prompt."),
        (
            f"::before A\n::why B\n::after C\n\n{QUESTION}",
            "13: ::why without an ::after above it. Put ::after before it.",
        ),
        (
            f"::before A\n::after B\n::flaw C\n\n{QUESTION}",
            "14: ::flaw is out of order. The order is ::before, ::answer, ::flaw, ::after, ::why, each once.",
        ),
        (
            f"::limit\n\n{QUESTION}",
            "12: ::limit is empty. Write its text on the same line, or indented below.",
        ),
        (
            f"::limit One\ntwo\n\n{QUESTION}",
            "13: Indent this line by two spaces if it belongs to ::limit, or put an empty line before it.",
        ),
        (
            "::question What?\n- [ ] A\n  > a\n- [ ] B\n  > b",
            "12: This question has no right answer. Mark one with [x].",
        ),
        (
            "::question What?\n- [x] A\n  > a\n- [x] B\n  > b\n- [ ] C\n  > c",
            "12: 2 answers are marked right. Leave one, or begin the block with ::question-multiple.",
        ),
        (
            "::question-multiple What?\n- [x] A\n  > a\n- [ ] B\n  > b",
            "12: Only one answer is marked right. Mark another, or begin the block with ::question.",
        ),
        (
            "::question-multiple What?\n- [x] A\n  > a\n- [x] B\n  > b",
            "12: Every answer is marked right. Add one that a sensible person would give and that is not.",
        ),
        (
            "::question What?\n- [x] A\n  > a",
            "12: This question has 1 answers. Give it two to six, each as “- [ ] answer”.",
        ),
        (
            "::question What?\n- [x] A\n  > a\n- [ ] B",
            "15: This answer has no feedback. Add an indented line below it: “  > feedback”.",
        ),
        (
            "::question What?\n- [x] A\n  > a\n- [ ] B\n> b",
            "16: Indent the feedback of an answer by two spaces.",
        ),
        (
            f"> b\n\n{QUESTION}",
            "12: This feedback belongs to no answer. Put it below an answer of a ::question.",
        ),
        (
            "::question What?\n- [x] A\n  > a\n- [ ] A\n  > b",
            "12: Two answers of this question are the same. Change or remove one.",
        ),
        (
            "::question What?\n- [y] A\n  > a\n- [x] B\n  > b",
            "13: “[y]” marks no answer. Write [x] for a right one and [ ] for a wrong one.",
        ),
        (
            f"- [ ] A\n\n{QUESTION}",
            "12: This answer belongs to no question. Put it right below ::question and its text.",
        ),
        (
            f"::checklist Title\n  - one\n\n{QUESTION}",
            "12: A ::checklist needs two items or more. Write each as “  - item” below it.",
        ),
        (
            f"::checklist\n  - one\n  - two\n\n{QUESTION}",
            "12: The ::checklist has no title. Write it on the same line.",
        ),
        (
            f"A ** bold ** word.\n\n{QUESTION}",
            "12: A pair of asterisks ** does not become bold. Close it, with no space inside the pair.",
        ),
        (
            f"[a file](ftp://files.example)\n\n{QUESTION}",
            "12: The link “ftp://files.example” must begin with https:, http: or mailto:.",
        ),
        (
            f"# Title\n\n{QUESTION}",
            "12: This heading has the wrong level. Begin it with ## or, below such a one, with ###.",
        ),
        (
            f"### Deep\n\n{QUESTION}",
            "12: “Deep” is a subheading (###) with no heading above it. Begin it with ##.",
        ),
    ],
)
def test_a_body_that_cannot_be_used_is_explained_at_its_line(body: str, problem: str):
    assert problems_of(with_body(body)) == [problem]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("tools:", "tool: []\ntools:", '7: Unknown key “tool”. Did you mean "tools"?'),
        ("level: basic\n", "", "1: “level” is missing. Add a line such as: level: basic"),
        ("level: basic", "level: easy", "5: “level” is “easy”. Write one of: basic, intermediate, advanced."),
        (
            "roles: [customer-service]",
            "roles: customer-service",
            "4: “roles” is not a list. Write it in brackets, such as [one, two], or [] for none.",
        ),
        (
            "roles: [customer-service]",
            "roles: [Customer Service]",
            "4: “roles” has “Customer Service”. Use lower case letters, digits and hyphens, such as customer-service.",
        ),
        (
            "skills: [summarizing, checking]",
            "skills: [checking, checking]",
            "6: “skills” names something twice. Remove one.",
        ),
        (
            "2027-05-31",
            '"2027-05-31"',
            "8: “review_by” is not a date. Write it like 2027-05-31, without quotes.",
        ),
        ("2027-05-31", "2027-02-31", "8: “review_by” is 2027-02-31, which does not exist. Correct it."),
        ("2027-05-31", "soon", "8: “review_by” is not a date. Write it like 2027-05-31, without quotes."),
        (
            str(SUMMARY_LESSON),
            "6f0d4c1e",
            "3: “uuid” is not a UUID. Make one with: python -c 'import uuid; print(uuid.uuid4())'",
        ),
        (
            "title: Turn a long thread into a summary you can trust",
            "title: 2027",
            "2: “title” is not text. Put it in double quotes.",
        ),
        ("See where", "x" * 200 + " where", "9: “summary” has 249 characters; 200 is the most. Shorten it."),
        ("level: basic", "level: basic\nlevel: basic", "6: “level” stands here a second time. Remove one of the two."),
        (
            "title: Turn",
            "title: Turn: and",
            "2: The front matter is not valid YAML: mapping values are not allowed here."
            " Text with a colon, a bracket or a quote in it needs double quotes around it.",
        ),
    ],
)  # fmt: skip
def test_front_matter_that_cannot_be_used_is_explained_at_its_line(old: str, new: str, problem: str):
    assert problems_of(lesson_file().replace(old, new, 1)) == [problem]


def test_all_problems_of_a_file_are_told_at_once():
    text = lesson_file().replace("level: basic", "level: easy").replace("::limit", "::limits")

    assert problems_of(text) == [
        "5: “level” is “easy”. Write one of: basic, intermediate, advanced.",
        '22: Unknown block “::limits”. Did you mean "limit"?',
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("No front matter", "1: There is no front matter. Begin the file with a line of three hyphens: ---"),
        ("---\ntitle: A\n", "1: The front matter does not end. Close it with a line of three hyphens: ---"),
    ],
)
def test_a_file_without_front_matter_is_explained(text: str, problem: str):
    assert problem in problems_of(text)


def test_a_path_file_becomes_steps_in_order():
    path = read_path(path_file(), file="paths/customer-service.md")

    assert path.uuid == SERVICE_PATH
    assert path.introduction == "<p>A case, from start to end.</p>"
    assert path.steps == (
        StepEntry(
            "lesson", "trustworthy-thread-summary", is_required=True, opens="after-previous", delay_days=0
        ),
        StepEntry("lesson", "clear-reply", is_required=False, opens="after-previous", delay_days=2),
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "required: false",
            "optional: true",
            "“steps” has a step 2 that has an unknown key “optional”. Known are: lesson, exercise, required, opens, "
            "delay_days.",
        ),
        (
            "required: false",
            "required: maybe",
            "“steps” has a step 2 that is wrong: “required” is “maybe”. Write true or false.",
        ),
        (
            "delay_days: 2",
            "delay_days: -1",
            "“steps” has a step 2 that is wrong: “delay_days” is “-1”. Write a whole number from 0 to 365.",
        ),
        (
            "delay_days: 2",
            "opens: later",
            "“steps” has a step 2 that is wrong: “opens” is “later”."
            " Write one of: after-previous, after-all, any-time.",
        ),
        (
            "lesson: clear-reply",
            "lesson: trustworthy-thread-summary",
            "“steps” uses the lesson “trustworthy-thread-summary” twice. Remove one of the two steps.",
        ),
        (
            "- lesson: trustworthy-thread-summary",
            "- trustworthy-thread-summary",
            "“steps” has a step 1 that is “trustworthy-thread-summary”."
            " Write it like: lesson: trustworthy-thread-summary",
        ),
    ],
)
def test_a_step_that_cannot_be_used_is_explained(old: str, new: str, problem: str):
    with pytest.raises(BrokenFileError) as caught:
        read_path(path_file().replace(old, new, 1), file="paths/customer-service.md")

    assert [found.message for found in caught.value.problems] == [problem]


def test_a_path_whose_lesson_is_broken_or_missing_is_not_used(content_folder: Path, write: ContentWriter):
    write(
        "lessons/customer-service/clear-reply.md",
        lesson_file(lesson_uuid=REPLY_LESSON).replace("basic", "easy"),
    )
    write("paths/other.md", path_file(path_uuid=uuid.uuid4()).replace("clear-reply", "no-such-lesson"))

    content = read_folder(content_folder)

    assert list(content.lessons) == ["trustworthy-thread-summary"]
    assert content.paths == []
    assert [str(problem) for problem in content.problems] == [
        "lessons/customer-service/clear-reply.md:5: “level” is “easy”. Write one of: basic, intermediate, advanced.",
        "paths/customer-service.md: Step 2 needs lessons/customer-service/clear-reply.md, which cannot be used (see"
        " there). Repair that file first.",
        "paths/other.md: Step 2 names the lesson “no-such-lesson”, and there is no lessons/…/no-such-lesson.md.",
    ]


def test_names_and_identities_may_not_be_shared(content_folder: Path, write: ContentWriter):
    write("lessons/sales/clear-reply.md", lesson_file(lesson_uuid=uuid.uuid4()))
    write("lessons/sales/copied.md", lesson_file(lesson_uuid=REPLY_LESSON))

    content = read_folder(content_folder)

    assert [str(problem) for problem in content.problems] == [
        "lessons/sales/clear-reply.md: lessons/customer-service/clear-reply.md has the same name."
        " Rename one of the two.",
        "lessons/sales/copied.md: lessons/customer-service/clear-reply.md has the same uuid."
        " Give the newer one its own.",
    ]
    assert sorted(content.lessons) == ["clear-reply", "trustworthy-thread-summary"]


def test_a_file_that_is_not_text_is_explained(content_folder: Path):
    file = content_folder / "lessons/customer-service/clear-reply.md"
    file.write_bytes(b"---\ntitle: caf\xe9\n---\n")

    assert str(read_folder(content_folder).problems[0]) == (
        "lessons/customer-service/clear-reply.md: The file is not UTF-8. Save it as UTF-8."
    )


def test_windows_line_ends_change_nothing():
    assert read(lesson_file().replace("\n", "\r\n")) == read(lesson_file())


def test_the_starter_content_passes_the_checks_of_the_editor():
    content = read_folder(Path(__file__).resolve().parents[2] / "courses" / "content")
    body = StreamBlock(lesson_blocks())

    assert [str(problem) for problem in content.problems] == []
    for lesson in content.lessons.values():
        # Which exercise it leads to is looked up when it is stored.
        body.clean(body.to_python([block for block in lesson.body if block["type"] != "exercise"]))
