"""SVG from a stranger: a picture, or a program that looks like one.

Read with expat, which fetches nothing; a document type is refused before its entities could be expanded.
"""

import re
from collections.abc import Callable
from xml.parsers import expat

from django.utils.translation import gettext as _

SVG = "http://www.w3.org/2000/svg"
ACTIVE_ELEMENTS = {
    "script",
    "foreignobject",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "handler",
    "listener",
}
EMBEDDED = r"data:image/(?:png|jpeg|gif|webp);"
LOCAL = re.compile(rf"\s*(?:#|{EMBEDDED})", re.IGNORECASE)
LINKS_OUT = re.compile(rf"url\(\s*[\"']?(?!#|{EMBEDDED})", re.IGNORECASE)
REACHES_OUT = re.compile(rf"@import|\\|expression\s*\(|{LINKS_OUT.pattern}", re.IGNORECASE)
"""In styles. A backslash can spell any of the others, and no picture needs one."""

DEEPEST = 100
MOST_ELEMENTS = 20_000

StartHandler = Callable[[str, dict[str, str]], None]


class UnsafeSvg(ValueError):
    """The picture would do something; the message says what, for a person."""


class SvgReading:
    """One pass over a picture that stops at the first thing which is none.

    Namespaces are written before names, as in ``http://www.w3.org/2000/svg svg``.
    """

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(
            "utf-8", " "
        )  # whatever encoding the picture claims: it comes as text
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.ProcessingInstructionHandler = self._refuse_instruction
        self.open: list[str] = []
        self.elements = 0
        self.style = ""

    def read(self, svg: str) -> None:
        """Read all of it.

        Raises:
            UnsafeSvg: It is not well-formed, is no SVG, or would do something.
        """
        try:
            self.parser.Parse(svg.encode(errors="replace"), True)
        except expat.ExpatError as error:
            raise UnsafeSvg(_("The picture is not well-formed: %(error)s.") % {"error": error}) from None
        if REACHES_OUT.search(self.style):
            raise UnsafeSvg(_("A style in the picture reaches for something outside it."))

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of an element; for whoever looks for one."""

    def text(self, text: str) -> None:
        """Take note of text; split wherever expat likes."""
        if self.open and _local(self.open[-1]) == "style":
            self.style += text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if not self.open and (_local(name) != "svg" or name not in {f"{SVG} svg", "svg"}):
            raise UnsafeSvg(_("The picture is XML and no SVG."))
        if len(self.open) >= DEEPEST or self.elements > MOST_ELEMENTS:
            raise UnsafeSvg(_("The picture has more parts than any badge."))
        if _local(name) in ACTIVE_ELEMENTS:
            raise UnsafeSvg(_("The picture holds a %(name)s element. Remove it.") % {"name": _local(name)})
        for attribute, value in attributes.items():
            _check_attribute(_local(attribute), value)
        self.open.append(name)
        self.element(name, attributes)

    def _end(self, _name: str) -> None:
        self.open.pop()

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise UnsafeSvg(
            _("The picture declares a document type, which could hide anything. Remove the DOCTYPE.")
        )

    def _refuse_instruction(self, _target: str, _data: str) -> None:
        raise UnsafeSvg(_("The picture holds a processing instruction, such as a style sheet. Remove it."))


def check_svg(svg: str) -> None:
    """Refuse a picture that would run, load or declare something.

    Raises:
        UnsafeSvg: It would.
    """
    SvgReading().read(svg)


def _check_attribute(name: str, value: str) -> None:
    if name.startswith("on"):
        raise UnsafeSvg(_("The picture reacts to events (%(name)s). Remove that.") % {"name": name})
    if name in {"href", "src"} and value.strip() and not LOCAL.match(value):
        raise UnsafeSvg(
            _("The picture links to something outside it. Remove the link, or embed what it loads.")
        )
    if (name == "attributename" and _local(value) == "href") or "javascript:" in re.sub(
        r"\s", "", value
    ).lower():
        raise UnsafeSvg(_("The picture would run a script. Remove it."))
    if name == "base" or (REACHES_OUT if name == "style" else LINKS_OUT).search(value):
        raise UnsafeSvg(_("A style in the picture reaches for something outside it."))


def _local(name: str) -> str:
    return name.rpartition(" ")[2].rpartition(":")[2].lower()
