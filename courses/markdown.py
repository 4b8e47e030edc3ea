"""Markdown of content files to the HTML that Wagtail's rich text stores: a small, fixed set of tags.

What looks like a formula or a placeholder stays as it is written: link definitions, autolinks, images,
tables, raw HTML and setext headings are not part of this dialect. Straight quotes become typographic ones, but in code.
"""

import re
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

INLINE_TAGS = {"p", "b", "i", "code", "a"}
BLOCK_TAGS = INLINE_TAGS | {"ul", "ol", "li", "h2", "h3"}
SCHEMES = {"http", "https", "mailto"}
STORED_TAGS = {"strong": "b", "em": "i"}

NOT_OURS = ["code", "fence", "blockquote", "hr", "reference", "html_block", "lheading"]
NOT_OURS_INLINE = ["image", "autolink", "html_inline", "entity"]
CODE_SPAN = re.compile(r"(`+[^`]*`+)")
PRODUCT = re.compile(r"(?<=[\w)])\*(?=[\w($])")
"""An asterisk between two values, as in =A1*B1*C1; to Markdown it would be the beginning of italics."""


class UnusableTextError(ValueError):
    """The text says something that a lesson cannot show; the message holds the remedy."""


def to_rich_text(markdown: str, *, lists_and_headings: bool = False) -> str:
    """Return the HTML of a text as Wagtail stores it.

    Args:
        markdown: The text, without indentation.
        lists_and_headings: Whether lists and headings mean something here, or are plain characters.

    Raises:
        UnusableTextError: A link leads nowhere, bold does not end, or a heading is of the wrong level.
    """
    parser = _WITH_BLOCKS if lists_and_headings else _INLINE
    tokens = parser.parse(_with_products_escaped(markdown))
    _check(tokens)
    html = parser.renderer.render(_as_stored(tokens), parser.options, {})
    return nh3.clean(
        html.replace("\n", ""),
        tags=BLOCK_TAGS if lists_and_headings else INLINE_TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )


def _parser(*, without: Sequence[str]) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    return parser.enable("smartquotes").disable([*NOT_OURS, *NOT_OURS_INLINE, *without])


_INLINE = _parser(without=["list", "heading"])
_WITH_BLOCKS = _parser(without=[])


def _with_products_escaped(markdown: str) -> str:
    parts = CODE_SPAN.split(markdown)  # every second part is code, in which nothing is escaped
    return "".join(part if place % 2 else PRODUCT.sub(r"\*", part) for place, part in enumerate(parts))


def _check(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type == "heading_open" and token.tag not in BLOCK_TAGS:
            raise UnusableTextError(
                "This heading has the wrong level. Begin it with ## or, below such a one, with ###."
            )
        for part in token.children or []:
            if part.type == "text" and "**" in part.content:
                raise UnusableTextError(
                    "A pair of asterisks ** does not become bold. Close it, with no space inside the pair."
                )
            if part.type == "link_open" and str(part.attrGet("href")).partition(":")[0] not in SCHEMES:
                raise UnusableTextError(
                    f"The link “{part.attrGet('href')}” must begin with https:, http: or mailto:."
                )


def _as_stored(tokens: Sequence[Token]) -> list[Token]:
    """Use the editor's tag names, no line breaks, and list items without paragraphs in them."""
    depth = 0
    for token in tokens:
        depth += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if depth and token.type in {"paragraph_open", "paragraph_close"}:
            token.hidden = True
        for part in token.children or []:
            part.tag = STORED_TAGS.get(part.tag, part.tag)
            if part.type in {"softbreak", "hardbreak"}:
                part.type, part.content, part.tag = "text", " ", ""
    return list(tokens)
