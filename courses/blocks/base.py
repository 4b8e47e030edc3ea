"""The register of lesson blocks, and what they share."""

from collections.abc import Callable

from wagtail import blocks

INLINE_FEATURES = ["bold", "italic", "code", "link"]
RICH_TEXT_FEATURES = [*INLINE_FEATURES, "ol", "ul", "h2", "h3"]

_blocks: dict[str, tuple[int, type[blocks.Block]]] = {}


def lesson_block(name: str, *, order: int) -> Callable[[type[blocks.Block]], type[blocks.Block]]:
    """Register the decorated block class under a name that stored lessons refer to; never rename it.

    Args:
        name: Type name inside the stored stream.
        order: Place in the editor's menu, low first.
    """

    def register(block_class: type[blocks.Block]) -> type[blocks.Block]:
        _blocks[name] = (order, block_class)
        return block_class

    return register


def registered_blocks() -> list[tuple[str, blocks.Block]]:
    """Return an instance of each registered block, in menu order."""
    return [
        (name, block_class())
        for name, (_, block_class) in sorted(_blocks.items(), key=lambda item: item[1][0])
    ]
