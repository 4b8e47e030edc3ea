"""Each outcome check on answers as models write them."""

import pytest

from sandbox.checks import CheckContext, CheckResult, outcome_total, registered_checks, run_checks
from sandbox.definitions import Definition, Material

MATERIAL = (
    "Lena Okafor of Brightkettle wrote on 3 March.\n"
    "4.1 The supplier replaces faulty goods within 14 days of the complaint.\n"
    "4.2 A refund is due only after a second failure of the same goods."
)


def run(check, answer, *, material=MATERIAL, prompt="", written_in="en", **settings):
    return registered_checks()[check].run(answer, settings, CheckContext(material, prompt, written_in))


def quoted(result, answer):
    return [answer[span.start : span.end] for span in result.spans]


@pytest.mark.parametrize("answer", ["", "  \n", "---", "```\n```", "\x00"])
@pytest.mark.parametrize(
    ("check", "settings"),
    [
        ("max_words", {"words": 5}),
        ("min_words", {"words": 1}),
        ("required_facts", {"facts": [{"name": "it", "words": ["it"]}]}),
        ("forbidden_words", {"words": ["ninja"]}),
        ("no_new_numbers", {}),
        ("no_new_names", {}),
        ("items", {"at_most": 3}),
        ("table", {"columns": ["A"]}),
        ("json", {"keys": ["a"]}),
        ("language", {"language": "en"}),
        ("cites_material", {"quotes": 1}),
    ],
)
def test_an_empty_answer_fails_every_check(check, settings, answer):
    result = run(check, answer, **settings)

    assert (result.passed, result.explanation, result.spans) == (False, "The answer is empty.", ())


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ("Dear customer, thank you.", 4),
        ("**Bold** and _italic_ – with a dash", 6),
        ("It costs 62,000.50 euros", 4),
        ("an e-mail isn't 24/7", 4),
        ("| A | B |\n|---|---|\n| c | d |", 4),
        ("- one\n- two\n\n1. three", 4),
        ("www.example.org/path and x@y.example", 3),
    ],
)
def test_words_are_counted_as_people_count_them(answer, count):
    exact = run("max_words", answer, words=count)

    assert (exact.passed, exact.explanation) == (True, f"It has {count} words.")
    assert run("min_words", answer, words=count).passed is True
    assert run("max_words", answer, words=count - 1).passed is False
    assert run("min_words", answer, words=count + 1).passed is False


def test_required_facts_names_what_is_missing_and_points_at_what_is_there():
    facts = [
        {"name": "the replacement", "words": ["replacement", "new kettle"]},
        {"name": "the time limit", "words": ["14 days", "two weeks"]},
    ]
    answer = "You get a NEW\nkettle within Two Weeks."

    full = run("required_facts", answer, facts=facts)
    half = run("required_facts", "You get a replacement, not 114 days of waiting.", facts=facts)

    assert (full.passed, full.explanation) == (True, "All of them are there.")
    assert quoted(full, answer) == ["NEW\nkettle", "Two Weeks"]
    assert (half.passed, half.explanation, half.spans) == (False, "Missing: the time limit.", ())


def test_forbidden_words_are_whole_words_in_any_case():
    answer = "A Rockstar among rock stars; no rockstars, but rock-star: ROCKSTAR."

    result = run("forbidden_words", answer, words=["rockstar", "rock stars"])

    assert result.passed is False
    assert quoted(result, answer) == ["Rockstar", "rock stars", "ROCKSTAR"]
    assert result.explanation == "It says “Rockstar”, “rock stars”, “ROCKSTAR”."
    assert run("forbidden_words", "A ninjaless text.", words=["ninja"]).passed is True


@pytest.mark.parametrize(
    ("answer", "new"),
    [
        ("Dear Lena, thank you for writing to Brightkettle in March.", []),
        ("We asked Tom Becker and Acme Corp. Paris agreed.", ["Tom Becker", "Acme Corp"]),
        (
            "Dear Ms Okafor,\n\nWe are sorry about Okafor's kettle.\n\nKind regards,\n[Your Name]\nCustomer Team",
            [],
        ),
        ("# Summary For Lena Becker\n\n**Next Steps And Owners**\n\nDone.", []),
        ("- Call Tom\n- Ask the Board", ["Tom", "Board"]),
        ("The board met. We told the Board.", []),
        ("| Owner | Date |\n|---|---|\n| Tom | Monday |", []),
        ("Our HR and IT use AI in English on Monday, I think.", []),
        ("She said: “Ask Tom.”", ["Tom"]),
    ],
)
def test_new_names_are_pointed_at(answer, new):
    result = run("no_new_names", answer)

    assert quoted(result, answer) == new
    assert result.passed is (new == [])


def test_a_name_of_the_prompt_is_not_new():
    assert run("no_new_names", "We told Tom.", prompt="My boss is Tom.").passed is True


def test_in_german_names_cannot_be_told():
    result = run(
        "no_new_names", "Wir haben die Ware geprüft und dem Kunden einen Ersatz geschickt.", language="de"
    )

    assert result.passed is None
    assert (
        result.explanation
        == "In German every noun is capitalized, so names cannot be told by their capitals."
    )


LISTS = [
    ("- a\n- b\n- c", 3),
    ("* a\n\n* b", 2),
    ("• a\n• b", 2),
    ("1. a\n2. b\n3. c", 3),
    ("1) a\n2) b", 2),
    ("(1) a\n(2) b", 2),
    ("**1.** a\n**2.** b", 2),
    ("Here they are:\n\n1. a\n\n   more of a\n\n2. b\n   - inner\n   - inner\n3. c\n\nBye.", 3),
    ("1. a\nmore of a\n\n2. b\nmore of b", 2),
    ("### Post 1\ntext\n### Post 2\ntext", 2),
    ("Here you go:\nFirst line\nSecond line\n\nThird line", 3),
    ("First line\nSecond line", 2),
    ("- [ ] a\n- [x] b", 2),
]


@pytest.mark.parametrize(("answer", "count"), LISTS)
def test_items_are_bullets_numbers_headings_or_lines(answer, count):
    result = run("items", answer, items=count)

    assert (result.passed, result.explanation) == (True, f"It has {count} items.")
    assert run("items", answer, items=count + 5).passed is False


def test_one_of_several_lists_may_fit_and_the_longest_must_not_be_too_long():
    answer = "Must have:\n- a\n- b\n- c\n\nNice to have:\n- d\n- e"

    assert run("items", answer, items=2).passed is True
    assert run("items", answer, items=3).passed is True
    assert run("items", answer, items=5).passed is False
    assert run("items", answer, at_least=3).passed is True
    assert run("items", answer, at_least=4).passed is False
    assert run("items", answer, at_most=3).passed is True
    assert run("items", answer, at_most=2).passed is False
    assert run("items", answer, at_least=1, at_most=3).passed is True


MARKDOWN_TABLE = """Here it is:

| **Decision** | Owner | Due date |
|:---|:-:|---:|
| Stop \\| start | Lena | 3 March |
| Buy | Tom | – |"""
CSV_TABLE = 'Decision,Owner,Due date\n"Stop, then start",Lena,3 March\nBuy,Tom,4 March'


@pytest.mark.parametrize(
    "answer", [MARKDOWN_TABLE, CSV_TABLE, f"```csv\n{CSV_TABLE}\n```", CSV_TABLE.replace(",", ";")]
)
def test_a_table_may_be_markdown_or_csv_with_columns_in_any_order(answer):
    result = run("table", answer, columns=["Date", "decision"], rows=2)

    assert (result.passed, result.explanation) == (True, "The table has 2 rows.")


def test_a_table_with_other_rows_or_columns_fails_and_says_how():
    fewer = run("table", MARKDOWN_TABLE, columns=["Owner"], rows=3)
    other = run("table", MARKDOWN_TABLE, columns=["Owner", "Cost", "Risk"])
    none = run("table", "Decision: stop. Owner: Lena", columns=["Owner"])

    assert (fewer.passed, fewer.explanation) == (False, "The table has 2 rows.")
    assert (other.passed, other.explanation) == (False, "The table lacks: Cost, Risk.")
    assert (none.passed, none.explanation) == (False, "There is no table.")


@pytest.mark.parametrize(
    ("answer", "explanation"),
    [
        ('{"name": "a", "due": null}', "The answer is valid JSON."),
        ('[{"name": 1, "due": 2}, {"due": 3, "name": 4, "more": 5}]', "The answer is valid JSON."),
        ('```json\n{"name": 1, "due": 2}\n```', "The JSON between the code fences is valid."),
        ('Sure!\n\n```\n[{"name": 1, "due": 2}]\n```\nBye', "The JSON between the code fences is valid."),
        ('~~~json\n{"name": 1, "due": 2}', "The JSON between the code fences is valid."),
        ('See [1]: {"name": 1, "due": 2} done', "There is valid JSON, with other text around it."),
    ],
)
def test_json_is_accepted_alone_between_fences_and_inside_a_text(answer, explanation):
    result = run("json", answer, keys=["name", "due"])

    assert (result.passed, result.explanation) == (True, explanation)


@pytest.mark.parametrize(
    ("answer", "explanation"),
    [
        ("{'name': 1, 'due': 2}", "There is no valid JSON in it."),
        ('{"name": NaN, "due": 2}', "There is no valid JSON in it."),
        ('{"name": 1, "due": 2', "There is no valid JSON in it."),
        ('"name due"', "There is no valid JSON in it."),
        ("[1, 2]", "There is no valid JSON in it."),
        ("[]x", "There is no valid JSON in it."),
        ('{"name": 1}', "The JSON lacks: due."),
        ('[{"name": 1, "due": 2}, {"name": 1}]', "The JSON lacks: due."),
        ("[" * 100_000 + "1", "There is no valid JSON in it."),
    ],
)
def test_broken_json_and_missing_keys_fail(answer, explanation):
    result = run("json", answer, keys=["name", "due"])

    assert (result.passed, result.explanation) == (False, explanation)


@pytest.mark.parametrize(
    ("answer", "passed", "explanation"),
    [
        ("We are sorry that your kettle leaks.", True, "It is."),
        (
            "Es tut uns leid, dass Ihr Wasserkocher nicht dicht ist.",
            False,
            "It seems to be written in German.",
        ),
        ("Sorry!", None, "There are too few words to tell."),
        ("Напишите короткий ответ клиентке и предложите замену.", None, "Its language is not recognized."),
    ],
)
def test_the_language_is_told_or_the_check_says_that_it_cannot(answer, passed, explanation):
    result = run("language", answer, language="en")

    assert (result.passed, result.explanation) == (passed, explanation)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (
            'It says "replaces faulty goods within 14 days" and "A refund is due\nonly after".',
            ["replaces faulty goods within 14 days", "A refund is due\nonly after"],
        ),
        (
            "»The supplier replaces faulty goods« and „a refund is due only“.",
            ["The supplier replaces faulty goods", "a refund is due only"],
        ),
        ("See clause 4.1 and § 4.2.", ["clause 4.1", "§ 4.2"]),
        ("Line 1 and line 3 matter.", ["Line 1", "line 3"]),
    ],
)
def test_quotes_and_numbers_of_the_material_are_citations(answer, shown):
    result = run("cites_material", answer, quotes=2)

    assert (result.passed, result.explanation) == (True, "2 places of the material are cited.")
    assert quoted(result, answer) == shown


@pytest.mark.parametrize(
    ("answer", "invented"),
    [
        (
            'It says "replaces all goods within 14 days" and "on request".',
            ["replaces all goods within 14 days"],
        ),
        ("See clause 4.7 and clause 4.", ["clause 4.7", "clause 4"]),
        ("Line 9 says so.", ["Line 9"]),
        ("It is due “soon” or “later”, says nobody.", []),
    ],
)
def test_invented_quotes_and_clauses_are_no_citations_and_are_pointed_at(answer, invented):
    result = run("cites_material", answer, quotes=1)

    assert result.passed is False
    assert quoted(result, answer) == invented


def test_the_same_citation_counts_once():
    assert run("cites_material", "Clause 4.1, then clause 4.1 again.", quotes=2).passed is False


def test_results_come_in_the_order_of_the_exercise_and_a_wrong_setting_says_so_itself():
    definition = Definition(
        checks=(
            {"check": "max_words", "words": 3},
            {"check": "min_words"},
            {"check": "shrink"},
            {"check": "no_new_numbers"},
        ),
        materials=(Material("Log", "text", "14 days"),),
    )

    results = run_checks("It takes 14 days.", definition, "How long?")

    assert [(result.check, result.passed) for result in results] == [
        ("max_words", False),
        ("min_words", None),
        ("shrink", None),
        ("no_new_numbers", True),
    ]
    assert results[1].name == "A check of this exercise is not set up rightly."
    assert results[1].explanation == "min_words needs “words”: a whole number from 1."


def test_the_total_is_the_share_of_passed_among_judged_checks_rounded_half_up():
    def results(*passed):
        return [CheckResult("x", "X.", each, "") for each in passed]

    assert outcome_total(results(True, True, False)) == 67
    assert outcome_total(results(True, False, None)) == 50
    assert outcome_total(results(*[True] + [False] * 7)) == 13  # 12.5
    assert outcome_total(results(None)) is None
    assert outcome_total([]) is None


def test_a_result_comes_back_from_json_as_it_was():
    result = run("forbidden_words", "A ninja.", words=["ninja"])

    assert CheckResult.from_json(result.to_json()) == result


def test_a_check_that_crashes_is_not_judged_and_takes_no_other_with_it(monkeypatch, caplog):
    def crash(*_args):
        raise RecursionError("the quoted answer")

    monkeypatch.setattr(registered_checks()["no_new_numbers"], "judge", crash)
    checks = ({"check": "no_new_numbers"}, {"check": "max_words", "words": 5})

    results = run_checks("Lena wrote.", Definition(checks=checks), "")

    assert [(result.check, result.passed) for result in results] == [
        ("no_new_numbers", None),
        ("max_words", True),
    ]
    assert results[0].explanation == "This could not be checked. Look at it yourself."
    assert outcome_total(results) == 100
    assert "Check no_new_numbers failed with RecursionError" in caplog.text
    assert "the quoted answer" not in caplog.text


def test_a_number_in_the_name_of_a_material_is_not_new():
    definition = Definition(
        checks=({"check": "no_new_numbers"},),
        materials=(Material("Clause 7 from January 1, 2027", "text", "Vacation lapses."),),
    )

    (result,) = run_checks("From January 1, 2027, vacation lapses by clause 7.", definition, "")

    assert result.passed
