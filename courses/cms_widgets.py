"""Makes Wagtail's choosers start without a script in the page, which the content security policy forbids.

The date widgets and panels are done by overriding their templates (templates/wagtailadmin/); choosers write
their script in Python. What both write instead is started by static/courses/cms/start-widgets.js.
"""

import json
import re
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser

CALL = re.compile(r"(?:new )?(?P<name>\w+)\((?P<arguments>.*)\);", re.DOTALL)


def start_choosers_without_script() -> None:
    """Replace how every chooser is rendered."""
    BaseChooser.render = render_chooser


def render_chooser(
    self: Any, name: str, value: Any, attrs: dict[str, Any] | None = None, **_renderer: Any
) -> SafeString:
    """Return the chooser and, as data, the call that starts it.

    Raises:
        ValueError: Wagtail starts this chooser in a way that cannot be told as a name and arguments.
    """
    attrs = attrs or {}
    value_data = self.get_value_data(value)
    html = self.render_html(name, value_data, attrs)
    script = self.render_js_init(attrs["id"], name, value_data)
    call = CALL.fullmatch(script)
    if call is None:
        raise ValueError(f"{type(self).__name__} starts by {script!r}, which the strict policy cannot run.")
    arguments = json.dumps(json.loads(f"[{call['arguments']}]"))
    return format_html('{}<template data-cms-start="{}">{}</template>', html, call["name"], arguments)
