"""What pages tell people of: jobs, which know no notifications, and are known here."""

from django.utils.translation import gettext_lazy as _

from lms.notifications.registry import NotificationType, register_types

JOB_FINISHED = "web.job_finished"

register_types([NotificationType(JOB_FINISHED, _("A job of yours has finished"), in_digest=False)])
