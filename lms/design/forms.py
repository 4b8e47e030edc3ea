"""How forms look."""

from django.forms.renderers import DjangoTemplates


class PraxisFormRenderer(DjangoTemplates):
    """Renders each field with its label, help and errors tied to it."""

    field_template_name = "design/field.html"
