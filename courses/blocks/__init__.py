"""The blocks a lesson is made of, one module each.

To add one, write a module here with a block class under the `lesson_block` decorator, and its template in
`templates/courses/blocks/`. Nothing else needs to change but a migration.
"""

import importlib
import pkgutil

from wagtail.blocks import Block

from courses.blocks.base import registered_blocks


def lesson_blocks() -> list[tuple[str, Block]]:
    """Return every lesson block with its name, in the order in which the editor offers them."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return registered_blocks()
