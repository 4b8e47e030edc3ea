"""The files of words: every line is used as it stands, so every line is read."""

import pytest
import yaml

from sandbox.rubric.detection import detect_language
from sandbox.rubric.lexicon import FOLDER, lexicon, stopwords, supported_languages
from sandbox.rubric.typos import mended


def entries(language):
    """Give each entry of each signal and list."""
    data = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    for section in data.values():
        if isinstance(section, dict):
            for listed in section.values():
                yield from listed.split(", ") if isinstance(listed, str) else listed


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_entry_is_a_text_without_stray_spaces(language):
    assert [
        entry for entry in entries(language) if not isinstance(entry, str) or entry != entry.strip()
    ] == []


def test_all_languages_know_the_same_signals():
    assert supported_languages() == ("de", "en")
    assert lexicon("de").patterns.keys() == lexicon("en").patterns.keys()


def test_a_language_without_a_file_has_no_lexicon():
    with pytest.raises(KeyError, match="tlh"):
        lexicon("tlh")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Write a short reply to the customer and offer her a replacement.", "en"),
        ("Schreibe eine kurze Antwort an die Kundin und biete ihr einen Ersatz an.", "de"),
        (
            "Écris une courte réponse à la cliente et propose-lui un remplacement dans les jours qui suivent.",
            "fr",
        ),
        ("Escribe una respuesta corta para la clienta y ofrece un cambio en los próximos días.", "es"),
        (
            "Scrivi una breve risposta alla cliente e offri una sostituzione per il bollitore che non va.",
            "it",
        ),
        ("Schrijf een kort antwoord aan de klant en bied haar een nieuwe waterkoker aan.", "nl"),
        ("Escreva uma resposta curta para a cliente e ofereça uma troca em dez dias, não mais.", "pt"),
        ("Napisz krótką odpowiedź do klientki i zaproponuj jej wymianę, bo czajnik nie jest szczelny.", "pl"),
        ("Напишите короткий ответ клиентке и предложите замену.", None),
        ("Kirjoita asiakkaalle lyhyt vastaus, tarjoa uutta keitintä, pahoittele viivettä kerran.", None),
        ("", None),
    ],
)
def test_a_language_is_told_by_its_commonest_words(text, language):
    assert detect_language(text) == language


def test_a_few_words_are_taken_for_the_language_that_is_expected():
    assert detect_language("Kettle reply", expected="en") == "en"
    assert detect_language("Antwort Wasserkocher", expected="de") == "de"
    assert detect_language("", expected="de") == "de"


def test_every_recognized_language_has_words_of_its_own():
    assert {len(words) >= 30 for words in stopwords().values()} == {True}
    assert sorted(stopwords()) == ["de", "en", "es", "fr", "it", "nl", "pl", "pt"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tabel", "table"),
        ("wriet", "write"),
        ("paragaph", "paragraph"),
        ("paragrahp", "paragraph"),
        ("parragraph", "paragraph"),
        ("paragroph", "paragraph"),
        ("table", "table"),
        ("atble", "table"),
        ("aragraph", "paragraph"),
        ("actual", "actual"),
        ("xable", "xable"),
        ("paragraphed", "paragraphed"),
        ("tab", "tab"),
        ("elephant", "elephant"),
    ],
)
def test_only_a_slip_beyond_doubt_is_mended(typed, meant):
    assert mended(typed, frozenset(["table", "write", "paragraph", "factual"])) == meant


def test_a_slip_of_two_words_is_left_alone():
    assert mended("sotre", frozenset(["store", "sorte"])) == "sotre"
