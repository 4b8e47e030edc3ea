"""Links to the plans of jobs."""

from django import template

from lms.web import job_plans

register = template.Library()
register.filter(job_plans.plan_address)
register.filter(job_plans.discard_address)
