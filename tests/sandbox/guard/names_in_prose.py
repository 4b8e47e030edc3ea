"""Sentences with names of persons from many places, as they stand in prompts at work."""

import random

NAMES = (
    "Anna Weiss", "Amara Okafor", "Li Wei", "Priya Raghavan", "Søren Kjær", "María José Hernández", "Youssef Haddad",
    "Katarzyna Wójcik", "Hiroshi Tanaka", "Chloé Lefèvre", "Giovanni Esposito", "Nguyễn Thị Mai", "Kwame Mensah",
    "Olena Kovalenko", "João Pereira", "Fatima Al-Sayed", "Björn Lindqvist", "Siobhán O'Reilly", "Mehmet Yılmaz",
    "Ingrid van den Berg", "Rajesh Kumar", "Tomáš Novák", "Aisha Bello", "Dimitri Papadopoulos", "Park Ji-woo",
    "Emily Carter", "James Whitfield", "Carlos Mendoza", "Leila Rahimi", "Wanjiru Kamau", "Matthias Brandt",
    "Sofia Rossi", "Zoltán Kovács", "Isabella Moreau", "Deepak Sharma", "Grace Adeyemi", "Lars Johansen",
    "Chen Xiaoming", "Nadia Benali", "Peter Huber", "Ewa Nowak", "Tariq Mahmood",
)  # fmt: skip

SENTENCES = (
    "Write a short thank-you note to {} for covering the night shift.",
    "Summarize the feedback that {} gave in the retrospective.",
    "{} is late with the quarterly report again; draft a friendly reminder.",
    "Yesterday {} complained about the delivery, please answer politely.",
    "Prepare three questions for the interview with {} on Monday.",
    "I met {} at the trade fair and want to follow up by mail.",
    "Rewrite this: {} did not approve the travel expenses.",
    "The contract was signed by {} and the supplier.",
    "Put {} in copy and ask for the figures of the third quarter.",
    "Make this performance review of {} sound more balanced.",
    "According to {}, the machine stopped at 14:30.",
    "Who should I invite besides {} and the finance team?",
    "Draft a farewell card: {} leaves us after twelve years.",
    "Our customer {} wants a refund for the broken lamp.",
    "Translate into German: {} will take over the project in May.",
)


def sentences_with_names() -> list[tuple[str, tuple[int, int]]]:
    """Return 126 texts, each name in three of the sentences, with where the name stands."""
    source = random.Random(20261120)
    found = []
    for name in NAMES:
        for sentence in source.sample(SENTENCES, 3):
            start = sentence.index("{}")
            found.append((sentence.replace("{}", name), (start, start + len(name))))
    return found
