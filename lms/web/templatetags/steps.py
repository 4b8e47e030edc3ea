"""Words about steps, for templates."""

from django import template

from lms.web.path_page import completion_contract, what_opens

register = template.Library()
register.filter("what_opens", what_opens)
register.filter("completion_contract", completion_contract)
