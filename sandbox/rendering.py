"""An answer as HTML that can do nothing: no images, no links, no script, whatever a model writes.

Source: OWASP Top 10 for LLM applications, improper output handling.
"""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td", "hr", "del",
}  # fmt: skip
HEADINGS = {"h1": "h4", "h2": "h4", "h3": "h5"}

_parser = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["table", "strikethrough"])
    .disable(["image", "autolink"])
)


def answer_html(text: str) -> SafeString:
    """Return an answer as HTML: its Markdown, with headings below those of the page and links as plain text."""
    tokens = _parser.parse(text)
    for token in tokens:
        token.tag = HEADINGS.get(token.tag, token.tag)
    html = _parser.renderer.render(tokens, _parser.options, {})
    # A link keeps its words and loses its address: nothing that a model says leads anywhere.
    return mark_safe(nh3.clean(html, tags=TAGS, attributes={}, link_rel=None))  # noqa: S308 - just cleaned
