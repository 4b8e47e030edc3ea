"""Tips as files: what is read, and what is said about what cannot be."""

import uuid

import pytest

from courses.file_problems import BrokenFileError, Problem
from lms.tips.tip_files import read_tip, read_tips
from tests.tips.files import DOUBT, tip_file

FILE = "shared/ask-for-the-doubt.md"


def problems_of(content: str, *, file: str = FILE) -> list[tuple[int, str]]:
    with pytest.raises(BrokenFileError) as broken:
        read_tip(content, file=file)
    return [(problem.line, problem.message) for problem in broken.value.problems]


def test_a_tip_is_read_with_its_thought_its_try_and_its_question():
    tip = read_tip(tip_file(), file=FILE)

    assert (tip.slug, tip.title, tip.uuid) == ("ask-for-the-doubt", "Ask for the doubt", DOUBT)
    assert (tip.roles, tip.level, tip.skills, tip.tools) == (
        ("customer-service",),
        "basic",
        ("checking",),
        (),
    )
    assert (tip.lesson, tip.exercise) == ("", "")
    assert tip.body == (
        "<p>End a prompt with “list what you are <b>unsure</b> of”. It will not find every mistake, but it tells you"
        " where to look first.</p>"
    )
    assert tip.try_it == "When you next ask for a summary, add “what are you unsure of?”."
    [question] = tip.question
    assert question["type"] == "question"
    assert question["value"]["question"] == "<p>It says: unsure about the date. What now?</p>"
    assert [answer["value"] for answer in question["value"]["answers"]] == [
        {
            "text": "<p>Ask it to be sure.</p>",
            "is_right": False,
            "feedback": "<p>It will only sound surer.</p>",
        },
        {"text": "<p>Look up the date.</p>", "is_right": True, "feedback": "<p>Ten seconds settle it.</p>"},
    ]


def test_the_ids_of_a_question_follow_from_the_uuid_and_of_an_answer_from_its_words():
    first, moved = (
        read_tip(content, file=FILE).question[0]
        for content in (tip_file(), tip_file().replace("- [x] Look", "- [ ] Wait.\n  > No.\n- [x] Look"))
    )

    assert first["id"] == moved["id"] == str(uuid.uuid5(DOUBT, "question/1"))
    ids = [[each["id"] for each in question["value"]["answers"]] for question in (first, moved)]
    assert ids[0] == [ids[1][0], ids[1][2]]
    assert ids[0][1] == str(uuid.uuid5(uuid.UUID(first["id"]), "Look up the date."))


def test_a_tip_may_ask_nothing():
    assert read_tip(tip_file().partition("::question")[0], file=FILE).question == []


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        (
            "::try When",
            "When",
            14,
            "There is no ::try. Add one: something to do within a minute, with its cue.",
        ),
        ("level: basic", "level: easy", 5, "“level” is “easy”. Write one of: basic, intermediate, advanced."),
        (
            "sources: []",
            "sources: []\nlesson: one\nexercise: two",
            11,
            "A tip leads to a lesson or to an exercise. Remove one of the two.",
        ),
        ("sources: []\n", "", 1, "“sources” is missing. Add a line such as: sources: []"),
        (
            "you are **unsure** of",
            "[a list](https://praxis.example) of",
            11,
            "A tip has no links. Name a lesson or an exercise in the front matter.",
        ),
        (
            "It will not find every mistake, but it tells you\nwhere to look first.",
            "It will not find it.",
            11,
            "The tip has 15 words; it needs 20 to say what to do and why.",
        ),
        (
            "where to look first.",
            "where to look first. " + "More words. " * 20,
            11,
            "The tip has 64 words; 60 is the most. Leave out the second-best thought.",
        ),
        (
            "where to look first.",
            "where to look first.\n- one",
            13,
            "A tip has no lists. Write one paragraph; one thought needs no more.",
        ),
        (
            "where to look first.",
            "where to look first.\n\nAnd then more.",
            11,
            "The tip has several paragraphs. Keep the one thought that helps.",
        ),
        (
            'add "what',
            'add **now** "what',
            14,
            "::try has markup. Write plain text; it is shown where there is no bold.",
        ),
        (
            "::try When",
            f"::try {'Very ' * 40}When",
            14,
            "::try has 263 characters; 200 is the most. Shorten it.",
        ),
        (
            "Look up the date.",
            "Look up the date in **the notes**.",
            19,
            "The answer has markup. Write plain text; it is shown where there is no bold.",
        ),
        (
            "Look up the date.",
            "Look up the date. " * 5,
            19,
            "The answer has 89 characters; 70 is the most. Shorten it.",
        ),
        (
            "Ten seconds settle it.",
            "Ten seconds settle it. " * 11,
            19,
            "The feedback has 252 characters; 240 is the most. Shorten it.",
        ),
        (
            "What now?",
            "What now? " * 30,
            16,
            "The question has 331 characters; 280 is the most. Shorten it.",
        ),
        (
            "- [x] Look",
            "".join(f"- [ ] {number}\n  > No.\n" for number in range(3)) + "- [x] Look",
            16,
            "This question has 5 answers. Give it two to four, each as “- [ ] answer”.",
        ),
        ("- [x] Look", "- [ ] Look", 16, "This question has no right answer. Mark one with [x]."),
        ("::question", "::quiz", 16, "Unknown block “::quiz”. Known are: try, question."),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_its_remedy(before: str, after: str, line: int, message: str):
    content = tip_file()
    assert before in content

    assert (line, message) in [
        (at if "There is no ::try" not in said else line, said)
        for at, said in problems_of(content.replace(before, after, 1))
    ]


def test_the_parts_stand_in_one_order():
    head, _, question = tip_file().partition("::question")
    thought, _, attempt = head.partition("::try")
    content = f"{thought}::question{question}\n::try{attempt}"

    assert (11, "The parts are out of order. The order is: the tip, ::try, ::question.") in problems_of(
        content
    )


def test_a_name_that_is_no_address_is_told():
    assert problems_of(tip_file(), file="shared/Ask for it.md") == [
        (
            0,
            "The name of the file has “Ask for it”. Use lower case letters, digits and hyphens, such as"
            " customer-service.",
        )
    ]


def test_two_tips_with_one_name_or_one_uuid_are_told_and_the_others_are_read(tmp_path):
    for name, content in (
        ("shared/one.md", tip_file()),
        ("sales/one.md", tip_file(tip_uuid=uuid.uuid4())),
        ("sales/two.md", tip_file()),
        ("sales/three.md", tip_file(tip_uuid=uuid.uuid4())),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")

    found = read_tips(tmp_path)

    assert [tip.file for tip in found.tips] == ["sales/one.md", "sales/three.md", "sales/two.md"]
    assert found.problems == [
        Problem("shared/one.md", 0, "sales/one.md has the same name. Rename one of the two."),
        Problem("shared/one.md", 0, "sales/two.md has the same uuid. Give the newer one its own."),
    ]
