"""Audit entries in plain words. An action that is not named here is still readable: its own words are used.

An app that writes entries of a new kind adds a line to `ACTIONS`, and to `FACTS` what it says before and after.
"""

import re
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

ACTIONS: dict[str, Promise] = {
    "people.set_status": gettext_lazy("changed the status of"),
    "people.set_persona": gettext_lazy("changed what someone may act as:"),
    "people.import": gettext_lazy("imported people from the HR system:"),
    "people.import_person": gettext_lazy("changed by an import from the HR system:"),
    "courses.create": gettext_lazy("loaded a new page:"),
    "courses.update": gettext_lazy("loaded changes to a page:"),
    "tips.create": gettext_lazy("loaded a new tip:"),
    "tips.update": gettext_lazy("loaded changes to a tip:"),
    "courses.publish_path": gettext_lazy("published a path:"),
    "courses.publish_lesson": gettext_lazy("published a lesson:"),
    "courses.unpublish_lesson": gettext_lazy("unpublished a lesson:"),
    "paths.create_rule": gettext_lazy("wrote the assignment rule"),
    "paths.edit_rule": gettext_lazy("changed the text of the assignment rule"),
    "paths.rename_rule": gettext_lazy("renamed the assignment rule"),
    "paths.confirm_rule": gettext_lazy("put into force the assignment rule"),
    "paths.pause_rule": gettext_lazy("paused the assignment rule"),
    "paths.archive_rule": gettext_lazy("archived the assignment rule"),
    "paths.discard_draft": gettext_lazy("threw away a draft of the assignment rule"),
    "paths.note_problem": gettext_lazy("looked whether it can be applied:"),
    "paths.exclude": gettext_lazy("excluded from a path"),
    "paths.clear_exclusion": gettext_lazy("cleared the exclusion of"),
    "paths.extend": gettext_lazy("gave more time to"),
    "paths.enroll": gettext_lazy("asked to take a path:"),
    "jobs.preview": gettext_lazy("planned the job"),
    "jobs.start": gettext_lazy("started the job"),
    "jobs.confirm": gettext_lazy("confirmed the job"),
    "jobs.discard": gettext_lazy("discarded the job"),
    "jobs.cancel": gettext_lazy("cancelled the job"),
    "jobs.resume": gettext_lazy("continued the job"),
    "jobs.undo": gettext_lazy("took back the job"),
    "jobs.finish": gettext_lazy("came to the end of the job"),
    "sandbox.save_provider": gettext_lazy("set up for practice:"),
    "sandbox.switch_provider": gettext_lazy("switched on or off for practice:"),
    "sandbox.remove_provider": gettext_lazy("removed from practice:"),
    "sandbox.start_calibration": gettext_lazy("began to measure, against the gold set:"),
    "sandbox.stop_calibration": gettext_lazy("stopped measuring:"),
    "sandbox.let_judge": gettext_lazy("changed who gives second opinions:"),
    "sandbox.save_budget": gettext_lazy("set what practice may cost:"),
    "sandbox.remove_budget": gettext_lazy("removed a limit of practice:"),
    "sandbox.set_company_words": gettext_lazy("replaced the list of"),
    "badges.make_issuer": gettext_lazy("set up who vouches for credentials:"),
    "badges.change_issuer": gettext_lazy("changed what is said of who vouches for credentials:"),
    "badges.rotate_key": gettext_lazy("replaced a signing key of"),
    "badges.give_up_key": gettext_lazy("gave up a signing key of"),
    "badges.make_achievement": gettext_lazy("wrote the achievement"),
    "badges.change_achievement": gettext_lazy("changed the achievement"),
    "badges.open_achievement": gettext_lazy("opened the achievement"),
    "badges.retire_achievement": gettext_lazy("retired the achievement"),
    "badges.save_rule": gettext_lazy("wrote a rule of the achievement"),
    "badges.enable_rule": gettext_lazy("put in force a rule of the achievement"),
    "badges.disable_rule": gettext_lazy("put to rest a rule of the achievement"),
    "badges.award": gettext_lazy("awarded"),
    "badges.renew": gettext_lazy("renewed"),
    "badges.revoke": gettext_lazy("revoked"),
    "badges.vouch": gettext_lazy("vouched for"),
    "badges.take_word_back": gettext_lazy("took back their word about"),
    "badges.take_back_word_of_another": gettext_lazy("took back the word of an earlier manager about"),
    "badges.register_program": gettext_lazy("let ask people whether it may read their credentials:"),
    "badges.retire_program": gettext_lazy("retired, so that it reads nobody's credentials any more:"),
    "badges.end_access": gettext_lazy("took back what they let read their credentials:"),
    "badges.nominate": gettext_lazy("put somebody forward:"),
    "badges.add_evidence": gettext_lazy("added evidence to a"),
    "badges.remove_evidence": gettext_lazy("removed evidence from a"),
    "badges.submit_nomination": gettext_lazy("handed to the reviewers a"),
    "badges.withdraw_nomination": gettext_lazy("withdrew a"),
    "badges.close_nomination": gettext_lazy("closed, as it was awarded otherwise, a"),
    "badges.appeal_nomination": gettext_lazy("appealed a"),
    "badges.review": gettext_lazy("decided about a"),
    "badges.start_claim": gettext_lazy("let credentials be claimed to an address of their own:"),
    "badges.confirm_claim": gettext_lazy("confirmed an address that keeps the credentials of"),
    "badges.give_up_address": gettext_lazy("gave up an address that kept the credentials of"),
    "notifications.stop": gettext_lazy("stopped messages to"),
    "notifications.resume": gettext_lazy("let messages come again to"),
    "notifications.set_reach": gettext_lazy("changed when and where messages reach"),
    "notifications.pause": gettext_lazy("changed the break from messages of"),
    "notifications.set_types": gettext_lazy("changed which messages reach"),
    "notifications.try_again": gettext_lazy("queued again:"),
    "notifications.mail_works": gettext_lazy("let mail go again to the"),
    "notifications.stop_mail": gettext_lazy("let no more mail go to the"),
    "tips.set_weekly_plan": gettext_lazy("changed when tips go out:"),
    "tips.save_campaign": gettext_lazy("wrote the campaign"),
    "tips.start_campaign": gettext_lazy("started the campaign"),
    "tips.end_campaign": gettext_lazy("ended the campaign"),
    "tips.add_holidays": gettext_lazy("added"),
    "tips.remove_holiday": gettext_lazy("removed from the"),
    "tips.set_time": gettext_lazy("changed when the weekly tip reaches"),
    "records.replay": gettext_lazy("sent a reader of learning records back:"),
}
"""What each action does to an object, as the middle of "Mei changed the status of Ada"."""

FACTS: dict[str, Promise] = {
    "status": gettext_lazy("Status"),
    "suspended_by": gettext_lazy("Suspended by"),
    "email": gettext_lazy("E-mail address"),
    "manager": gettext_lazy("Manager"),
    "unit": gettext_lazy("Unit"),
    "role": gettext_lazy("Job role"),
    "hris_id": gettext_lazy("Personnel number"),
    "kind": gettext_lazy("Kind of work"),
    "title": gettext_lazy("Title"),
    "employee_number": gettext_lazy("Employee number"),
    "author": gettext_lazy("Author"),
    "reviewer": gettext_lazy("Reviewer"),
    "admin": gettext_lazy("Administrator"),
    "path": gettext_lazy("Path"),
    "excluded": gettext_lazy("Excluded"),
    "due_on": gettext_lazy("Due"),
    "closes_on": gettext_lazy("Closes"),
    "state": gettext_lazy("State"),
    "problem": gettext_lazy("Problem"),
    "audience": gettext_lazy("Who"),
    "is_required": gettext_lazy("Required"),
    "on_leaving": gettext_lazy("On leaving"),
    "job": gettext_lazy("Job"),
    "source": gettext_lazy("System"),
    "created": gettext_lazy("People new"),
    "updated": gettext_lazy("People changed"),
    "unchanged": gettext_lazy("People unchanged"),
    "left": gettext_lazy("People who left"),
    "rejected": gettext_lazy("Rows refused"),
    "warnings": gettext_lazy("Warnings"),
    "numbers_left": gettext_lazy("Numbers of those who left"),
    "base_url": gettext_lazy("Address"),
    "data_region": gettext_lazy("Where data goes"),
    "weakness": gettext_lazy("What it is bad at"),
    "policy": gettext_lazy("Private data"),
    "max_tokens": gettext_lazy("Tokens of an answer at most"),
    "position": gettext_lazy("Order"),
    "is_enabled": gettext_lazy("Learners may ask it"),
    "has_key": gettext_lazy("Has a key"),
    "key_replaced": gettext_lazy("Key replaced"),
    "scope": gettext_lazy("For"),
    "words": gettext_lazy("Words and phrases"),
    "prompts": gettext_lazy("Prompts of the gold set"),
    "decision": gettext_lazy("Decision"),
    "round": gettext_lazy("Round"),
    "may_judge": gettext_lazy("Gives second opinions"),
    "achievement": gettext_lazy("Achievement"),
    "holder": gettext_lazy("Holder"),
    "conditions": gettext_lazy("Conditions"),
    "enabled": gettext_lazy("In force"),
    "notice_days": gettext_lazy("Days of notice"),
    "name": gettext_lazy("Name"),
    "url": gettext_lazy("Web address"),
    "description": gettext_lazy("Description"),
    "picture_id": gettext_lazy("Uploaded picture"),
    "redirect_uris": gettext_lazy("Sends people back to"),
    "people": gettext_lazy("People who had let it in"),
    "until": gettext_lazy("Expires"),
    "code": gettext_lazy("Reason"),
    "public": gettext_lazy("What everybody reads"),
    "version": gettext_lazy("Version"),
    "retired": gettext_lazy("Retired key"),
    "now": gettext_lazy("Signs now"),
    "key": gettext_lazy("Key"),
    "signed_anew": gettext_lazy("Credentials signed anew"),
    "validity_months": gettext_lazy("Months it lasts"),
    "renewal_days": gettext_lazy("Days of renewal before"),
    "grace_days": gettext_lazy("Days of renewal after"),
    "takes_nominations": gettext_lazy("People can be put forward"),
    "reviewers_needed": gettext_lazy("Reviewers who have to agree"),
    "rubric": gettext_lazy("What reviewers look for"),
    "messages": gettext_lazy("Messages"),
    "channel": gettext_lazy("Channel"),
    "digest_hour": gettext_lazy("Hour of the digest"),
    "quiet_from": gettext_lazy("Quiet from"),
    "quiet_to": gettext_lazy("Quiet until"),
    "weekly_cap": gettext_lazy("Digests a week"),
    "paused_until": gettext_lazy("Break until"),
    "tip": gettext_lazy("Tip"),
    "weekday": gettext_lazy("Day"),
    "hour": gettext_lazy("Hour"),
    "first_week": gettext_lazy("First week"),
    "last_week": gettext_lazy("Last week"),
    "is_in_force": gettext_lazy("In force"),
    "holidays": gettext_lazy("Holidays"),
    "tips_moved": gettext_lazy("Queued tips that moved"),
    "said": gettext_lazy("What the mail server said"),
    "tip_time": gettext_lazy("Time of the tip"),
}

VALUES: dict[str, Promise] = {
    "on_leave": pgettext_lazy("status", "on leave"),
    "prehire": pgettext_lazy("status", "not started yet"),
    "hr": gettext_lazy("the HR system"),
    "local": gettext_lazy("an administrator"),
    "paths.apply_rule": gettext_lazy("apply an assignment rule"),
    "paths.enroll_listed": gettext_lazy("enroll a list of people"),
    "paths.keep_rules": gettext_lazy("the daily round of the rules"),
    "paths.take_back": gettext_lazy("take back what another job did"),
    "badges.award_listed": gettext_lazy("award to a list of people"),
    "badges.follow_rule": gettext_lazy("award to everyone who meets a rule"),
    "badges.take_back": gettext_lazy("revoke what another job awarded"),
    "mistake": gettext_lazy("awarded by mistake"),
    "evidence": gettext_lazy("its evidence did not hold"),
    "conduct": gettext_lazy("misuse"),
    "request": gettext_lazy("its holder asked for it"),
}

KINDS: dict[str, Promise] = {
    "people.user": gettext_lazy("person"),
    "people.hr_export": gettext_lazy("HR file"),
    "learningpathpage": gettext_lazy("path"),
    "microlessonpage": gettext_lazy("lesson"),
    "paths.assignment": gettext_lazy("assignment rule"),
    "jobs.job": gettext_lazy("job"),
    "consumer": gettext_lazy("reader of records"),
    "nomination": gettext_lazy("nomination"),
    "sandbox.provider": gettext_lazy("model"),
    "sandbox.budget": gettext_lazy("budget"),
    "sandbox.company_words": gettext_lazy("company words"),
    "issuer": gettext_lazy("issuer"),
    "program": gettext_lazy("program"),
    "achievement": gettext_lazy("achievement"),
    "award": gettext_lazy("award"),
    "tips.plan": gettext_lazy("plan of tips"),
    "tips.holidays": gettext_lazy("holidays"),
    "notifications.ledger": gettext_lazy("messages of"),
    "notifications.address": gettext_lazy("address"),
}

ACTORS: dict[str, Promise] = {
    "command": gettext_lazy("The command %s"),
    "system": gettext_lazy("Praxis itself (%s)"),
    "api": gettext_lazy("The system %s"),
}
LONGEST_VALUE = 300
SHOWN_OF_ID = 12
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def action_name(action: str) -> str:
    """Return what an action is called in a list of all."""
    words = str(ACTIONS[action]).rstrip(":") if action in ACTIONS else _own_words(action)
    return words[:1].upper() + words[1:]


def did(action: str) -> str:
    """Return what an action does to the object whose name follows."""
    return str(ACTIONS[action]) if action in ACTIONS else f"{_own_words(action)}:"


def actor_name(actor: str, names: dict[str, str]) -> str:
    """Return who did it, as a sentence begins; `names` holds people by public id."""
    kind, _colon, who = actor.partition(":")
    if kind == "user":
        return names.get(who) or _("Someone who is no longer known")
    return str(ACTORS[kind]) % who if kind in ACTORS and who else actor


def object_name(object_type: str, object_id: str, names: dict[str, str]) -> str:
    """Return what it was done to."""
    if object_id in names:
        return names[object_id]
    short = f"{object_id[:SHOWN_OF_ID]}…" if len(object_id) > SHOWN_OF_ID + 8 else object_id
    return f"{KINDS.get(object_type, object_type)} {short}"


def reason_text(reason: str) -> str:
    """Return why, with the digest of a file cut to what one compares by eye."""
    return DIGEST.sub(lambda found: f"{found[0][:SHOWN_OF_ID]}…", reason)


def fact_name(fact: str) -> str:
    """Return what a changed value is called."""
    return str(FACTS[fact]) if fact in FACTS else fact.replace("_", " ").capitalize()


def value_text(value: Any, names: dict[str, str]) -> str:
    """Return a value as words, shortened when it is long; `names` holds people by public id."""
    if value is None or value in ("", [], {}):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _shortened(", ".join(value_text(item, names) for item in value))
    if isinstance(value, dict):
        parts = (f"{fact_name(str(key))}: {value_text(item, names)}" for key, item in value.items())
        return _shortened("; ".join(parts))
    text = str(value)
    return names.get(text) or _shortened(reason_text(str(VALUES.get(text, text))))


def people_in(value: Any) -> set[str]:
    """Return every public id in a stored value, a person's or not; who they are is asked of the database."""
    if isinstance(value, dict):
        return {found for item in value.values() for found in people_in(item)}
    if isinstance(value, list):
        return {found for item in value for found in people_in(item)}
    return {value} if isinstance(value, str) and _is_uuid(value) else set()


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _own_words(action: str) -> str:
    return action.rpartition(".")[2].replace("_", " ")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
