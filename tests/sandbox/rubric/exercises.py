"""Invented exercises to score prompts against."""

from sandbox.definitions import Definition, Fact, Material

ALL_WEIGHTS = {
    "task": 20,
    "context": 20,
    "constraints": 15,
    "format": 15,
    "role": 5,
    "examples": 5,
    "grounding": 10,
    "data_hygiene": 10,
}

KETTLE = Definition(
    weights=ALL_WEIGHTS,
    facts=(
        Fact("the order", ("4711",)),
        Fact("how long she has waited", ("nineteen days", "19 days")),
        Fact("what the policy grants", ("replacement", "refund only after")),
    ),
    materials=(
        Material(
            "Complaint",
            "text",
            "I ordered a kettle on 3 March, order 4711, and it leaks. I have waited nineteen days for an answer "
            "and now I want my money back. Please do not send me another form letter.",
        ),
        Material(
            "Policy",
            "text",
            "Faulty goods: replacement within 14 days. A refund only after a second failure.",
        ),
    ),
    reference_prompt=(
        "Write a reply to the customer below, who has waited nineteen days for an answer about order 4711. Apologize "
        "once, offer the replacement that our policy grants, and promise nothing else. At most 120 words, warm and "
        "plain, with a subject line. If the policy does not answer something, say so in a line to me."
    ),
)

INCIDENT = Definition(
    weights=ALL_WEIGHTS,
    facts=(
        Fact("the plant", ("Plant North",)),
        Fact("the cause", ("power cut", "outage")),
        Fact("how long it lasted", ("six hours", "6 hours")),
        Fact("who decides", ("plant manager",)),
    ),
    materials=(
        Material(
            "Incident log",
            "text",
            "02:10 power cut at Plant North, line 3 stops. 02:40 shift lead calls the supplier. 08:05 line 3 runs.",
        ),
    ),
)

JOB = Definition(
    weights=ALL_WEIGHTS,
    facts=(
        Fact("the salary band", ("52,000", "salary")),
        Fact("the place", ("Leipzig",)),
        Fact("the shift", ("night shift", "nights")),
    ),
    materials=(
        Material(
            "Job description",
            "text",
            "Warehouse lead wanted. You are a rockstar who lives logistics and runs our warehouse in Leipzig.",
        ),
    ),
)

VARIANCE = Definition(
    weights={"task": 20, "context": 20, "constraints": 15, "format": 15, "grounding": 20, "data_hygiene": 10},
    facts=(Fact("the reader", ("CFO",)), Fact("the quarter", ("Q2", "second quarter"))),
    materials=(Material("Variance table", "table", "Cost center,Plan,Actual\nSales,120,140\nService,80,71"),),
)

NOTE = Definition(weights={key: weight for key, weight in ALL_WEIGHTS.items() if key != "grounding"})

WARD = Definition(
    weights=ALL_WEIGHTS,
    situation=(
        "Hand over a ward\nThe night nurse leaves at seven and somebody else takes over ward four. Two patients move "
        "to surgery; one must not eat until noon."
    ),
    facts=(
        Fact("the ward", ("Ward 4",)),
        Fact("the meal", ("breakfast", "nothing to eat")),
        Fact("the source", ("night notes",)),
    ),
    materials=(Material("Night notes, as typed", "text", "Bed 12 had fever until three, then calm."),),
)

SCHICHT = Definition(
    language="de",
    weights=ALL_WEIGHTS,
    facts=(
        Fact("die Anlage", ("Linie 3",)),
        Fact("die Dauer", ("sechs Stunden", "6 Stunden")),
        Fact("wer entscheidet", ("Werksleiterin",)),
    ),
    materials=(
        Material("Schichtprotokoll", "text", "02:10 Stromausfall im Werk Nord. 08:05 Linie 3 läuft wieder."),
    ),
)
