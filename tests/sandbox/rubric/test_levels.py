"""Prompts from weak to strong, and the level that each criterion gives them.

The levels were reasoned by hand from the anchors in the docstrings of the criteria, not read off the rubric.
In a row they stand in the order task, context, constraints, format, role, examples, grounding, data; `-` is not
applicable.
"""

import pytest

from sandbox.rubric import score_prompt
from tests.sandbox.rubric.exercises import INCIDENT, JOB, KETTLE, NOTE, SCHICHT, VARIANCE

ROWS = [
    # A complaint is answered.
    (KETTLE, "0 0 0 0 0 0 0 2", "Help"),
    (KETTLE, "1 0 0 0 0 0 0 2", "Answer this."),
    (KETTLE, "2 1 0 0 0 0 0 2", "Write a reply to the customer."),
    (KETTLE, "2 1 1 0 0 0 0 2", "Write a friendly reply to the customer."),
    (
        KETTLE,
        "2 2 0 0 0 0 0 2",
        "Write a reply to the customer who ordered kettle 4711 and has waited nineteen days.",
    ),
    (
        KETTLE,
        "2 2 2 0 0 0 1 2",
        "Write a reply to the customer who ordered kettle 4711 and has waited nineteen days. "
        "At most 120 words, no promises beyond the policy.",
    ),
    (
        KETTLE,
        "2 2 2 0 0 0 2 2",
        "Write a reply to the customer who ordered kettle 4711 and has waited nineteen days. "
        "At most 120 words, no promises. Use only the policy below and say so if it does not cover the case.",
    ),
    (KETTLE, "1 0 0 0 1 0 1 2", "You are a helpful assistant. Answer the complaint."),
    (KETTLE, "0 0 0 0 2 0 0 2", "You are a customer service agent who answers complaints about kettles."),
    (
        KETTLE,
        "2 0 0 2 0 0 1 2",
        "Summarise the complaint in three bullet points: what happened, what she asks for, what is promised.",
    ),
    (
        KETTLE,
        "2 0 1 2 0 0 0 2",
        "I need an apology e-mail with a subject line, a short opening and the next steps.",
    ),
    (
        KETTLE,
        "0 0 0 0 0 0 1 2",
        "customer reply audience tone format length policy grounding example role",
    ),
    (
        KETTLE,
        "2 0 0 0 0 2 0 2",
        'Write a reply like this one: "Dear Ms Okafor, we are sorry that your kettle leaks."',
    ),
    (KETTLE, "2 0 1 0 0 1 0 2", "Write a reply. For example, mention the replacement."),
    (
        KETTLE,
        "1 0 1 0 0 0 2 2",
        "Do not invent anything. If something is not in the policy, write 'not known'.",
    ),
    (
        KETTLE,
        "2 2 2 0 0 0 1 2",
        "An angry customer wrote about order 4711. Write back, friendly but firm, do not promise a refund, offer a "
        "replacement.",
    ),
    # A night without power is summarized.
    (INCIDENT, "1 0 0 0 0 0 0 2", "Summarize."),
    (
        INCIDENT,
        "2 1 0 0 0 0 1 2",
        "Summarize the incident log for the plant manager, who decides whether line 3 starts again.",
    ),
    (
        INCIDENT,
        "2 2 0 0 0 0 1 2",
        "The power cut at Plant North stopped line 3 for six hours. Summarize the log for the plant manager.",
    ),
    (
        INCIDENT,
        "2 0 0 2 0 0 1 2",
        "Turn the incident log into a table with the columns Decision, Owner, Date.",
    ),
    (
        INCIDENT,
        "2 0 2 2 0 0 2 2",
        "List the decisions from the incident log as a table sorted by date. Only decisions, no discussions. "
        "Quote the log line for each one.",
    ),
    (
        INCIDENT,
        "2 1 0 0 2 0 0 2",
        "You are the shift lead at Plant North. Write the handover for the night crew: what failed, what runs, "
        "what to watch.",
    ),
    (INCIDENT, "1 0 1 2 0 0 0 2", "Give me 5 bullet points, max 15 words each."),
    (
        INCIDENT,
        "2 1 1 1 0 0 1 2",
        "pls summarise incident log 4 plant manager, power cut 6 hours, 100 words, bullets",
    ),
    (
        INCIDENT,
        "2 0 2 2 0 0 0 2",
        "Write an incident report. Structure: 1. Cause 2. Effect 3. Next steps. Neutral tone, no blame, one page.",
    ),
    (
        INCIDENT,
        "2 0 0 2 0 0 2 2",
        "From the log below, extract every decision with its owner. If an owner is not named, put 'unknown'. Return a "
        "table: Decision | Owner | Due.",
    ),
    # A job description puts good people off.
    (JOB, "1 0 0 0 0 0 1 2", "Improve the job description."),
    (
        JOB,
        "2 1 1 0 0 0 1 2",
        "Make the job description shorter, clearer and free of buzzwords so that more women apply.",
    ),
    (
        JOB,
        "2 2 2 2 0 0 2 2",
        "Rewrite the job description below for experienced warehouse leads who compare offers on their phone, so "
        "that more of them apply. Keep the salary of 52,000 euros, Leipzig and the night shift. At most 200 words, "
        "plain language, no jargon. Three short sections with headings: the work, what we offer, how to apply. Use "
        "only facts from the text and mark what is missing as [OPEN].",
    ),
    (JOB, "1 0 0 0 1 0 0 2", "Act as a world-class award-winning copywriter. Write the best job ad ever."),
    (JOB, "2 1 0 0 0 0 0 2", "Rewrite the ad for Leipzig"),
    (JOB, "1 0 0 0 0 0 0 2", "What makes a job ad good?"),
    # Figures are explained.
    (
        VARIANCE,
        "2 1 1 1 - - 2 2",
        "Explain the variances to the CFO in five lines, largest first. Check every sum against the table and list "
        "what you cannot explain from it.",
    ),
    (
        VARIANCE,
        "2 2 2 1 - - 2 2",
        "Write a Q2 commentary for the CFO: the three largest variances, each with sign, amount and cause. 5 lines "
        "at most, no adjectives. Take figures only from the variance table.",
    ),
    (VARIANCE, "1 0 0 0 - - 0 2", "Analyse the numbers"),
    (
        VARIANCE,
        "2 0 0 2 - - 1 2",
        "Summarise the variance table as JSON with the keys cost_center and amount.",
    ),
    (
        VARIANCE,
        "2 0 0 2 - - 1 2",
        '{"cost_center": "...", "amount": 0}\nFill this in from the variance table.',
    ),
    # A note without material.
    (
        NOTE,
        "2 2 2 0 0 0 - 2",
        "Write a four-sentence note to my team about my first week with the tool, because they have not tried it "
        "yet. Honest tone, no hype.",
    ),
    (NOTE, "2 1 0 0 0 0 - 2", "Write a note to my team."),
    (
        NOTE,
        "2 1 0 2 0 0 - 2",
        "Ask five open questions for a difficult talk with an employee who missed three deadlines. Begin each with "
        "how or what.",
    ),
    # The same in German.
    (SCHICHT, "1 0 0 0 0 0 0 2", "Fass das zusammen."),
    (
        SCHICHT,
        "2 2 2 0 0 0 1 2",
        "Fasse das Schichtprotokoll für die Werksleiterin zusammen: Linie 3 stand sechs Stunden. Höchstens 100 "
        "Wörter, keine Schuldzuweisungen.",
    ),
    (
        SCHICHT,
        "2 0 1 2 0 0 2 2",
        "Bitte eine Tabelle mit den Spalten Entscheidung, Verantwortlich und Termin aus dem Schichtprotokoll "
        "erstellen. Wenn ein Termin fehlt, schreibe 'offen'. Erfinde nichts.",
    ),
    (
        SCHICHT,
        "2 2 0 2 2 0 0 2",
        "Du bist Schichtleiter im Werk Nord und übergibst an die Nachtschicht. Linie 3 stand sechs Stunden. Schreibe "
        "eine Übergabe in fünf Stichpunkten.",
    ),
    (
        SCHICHT,
        "2 0 0 2 0 0 1 2",
        "Erstelle aus dem Protokoll eine Liste mit Datum, Ereignis, Verantwortlichem. Sortiere nach Uhrzeit.",
    ),
]


@pytest.mark.parametrize(
    ("definition", "expected", "prompt"),
    ROWS,
    ids=[f"{number}-{row[2][:40]}" for number, row in enumerate(ROWS)],
)
def test_each_criterion_gives_the_level_that_its_anchors_ask_for(definition, expected, prompt):
    feedback = score_prompt(prompt, definition)

    levels = ["-" if each.level is None else str(each.level) for each in feedback.criteria]
    assert " ".join(levels) == expected


def test_the_table_above_holds_at_least_forty_prompts():
    assert len(ROWS) >= 40
