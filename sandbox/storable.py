"""Text that every database takes and every reader can read, with nothing of its words lost."""

import unicodedata

KEPT_CONTROLS = {"\n", "\t"}
LEFT_OUT = {
    "Cc",
    "Cs",
    "Co",
}  # control characters, half characters, and those that mean nothing to anybody else


def storable(text: str) -> str:
    """Return a text without control characters, its spaces and line breaks of one kind each.

    A space of another width becomes a space, a line separator a line break: what is pasted from a word processor keeps
    its words apart. Joiners stay, since some scripts need them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(map(_storable, text))


def _storable(character: str) -> str:
    if character in KEPT_CONTROLS:
        return character
    category = unicodedata.category(character)
    if category in {"Zl", "Zp"}:
        return "\n"
    if category == "Zs":
        return " "
    return "" if category in LEFT_OUT else character
