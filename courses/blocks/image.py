"""A picture with words for those who cannot see it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from courses.blocks.base import lesson_block


@lesson_block("image", order=60)
class LessonImageBlock(blocks.StructBlock):
    """An image from the library, its alternative text and a caption."""

    image = ImageChooserBlock(label=_("Image"))
    alt_text = blocks.CharBlock(
        label=_("Alternative text"), required=False, help_text=_("What a person who cannot see it must know.")
    )
    is_decorative = blocks.BooleanBlock(label=_("Only decoration"), required=False)
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Require alternative text unless the image only decorates."""
        cleaned = super().clean(value)
        if not (cleaned["alt_text"] or cleaned["is_decorative"] or self.is_deferred_validation):
            message = _("Describe the image in words, or tick “Only decoration”.")
            raise blocks.StructBlockValidationError({"alt_text": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("A picture with alternative text")
        template = "courses/blocks/image.html"
