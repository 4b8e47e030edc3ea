"""The design system: base layout, tokens, components, form rendering, template tags. No models, no product words.

Rooms of its own: `static/design/css` (one file per component), `templates/design`, `templatetags`. In development
/design/ shows them all.
"""
