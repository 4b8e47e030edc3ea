"""Names of persons, as far as the words around them give them away; a `NameFinder` finds the others.

Each rule wants a capital letter and a reason to think of a person: a title (Mr Harper), a part in the learner's life
(my colleague Anna Weiss), a form's field, a greeting or a signature. The title itself is no part of the finding, so
that "Mr Harper" and "Harper" get the same placeholder.
"""

import re
from collections.abc import Iterator

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading

_UPPER = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]"
_NAME = rf"{_UPPER}[\w'-]{{0,30}}"
_LINK = r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|bin|al|el|ten|ter|zu) ){0,2}"
_INITIAL = rf"(?:{_UPPER}\. ?)"
_FULL = rf"(?:{_INITIAL}){{0,2}}{_NAME}(?: {_INITIAL}?{_LINK}{_NAME}){{1,3}}"
_ANY = rf"(?:{_INITIAL}){{0,2}}{_LINK}{_NAME}(?: {_INITIAL}?{_LINK}{_NAME}){{0,3}}"

_TITLE = (
    r"(?:M(?=\.)|Mr|Mrs|Ms|Miss|Mx|Messrs|Dr|Prof|Professor|Doctor|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|Se\u00f1ora?|Sra?|Do\u00f1a|Don|Signora?"
    r"|Sig|Dott|Dhr|Mevr|Mevrouw|Meneer|Senhora?|Rev|Sir|Lady)"
)
_PART = (
    r"(?:colleague|coworker|co-worker|team ?mate|boss|line manager|manager|supervisor|assistant|intern|employee"
    r"|candidate|applicant|patient|tenant|student|pupil|resident|friend|wife|husband|partner|daughter|son|mother|father"
    r"|sister|brother|Kollegin|Kollege|Kollegen|Mitarbeiter(?:in)?|Chefin|Chef|coll\u00e8gue|compa\u00f1er[oa]|jef[ea]|collega|colega)"
)
_FIELD = (
    r"(?:(?:full |first |last |customer |client |contact |patient |employee |candidate )?name|employee|patient"
    r"|candidate|applicant|attendees?|interviewee|cardholder|signed by|nom|nombre|nome|naam|vor- und nachname)"
)
_GREETING = r"(?:Dear|Hi|Hello|Hey|Lieber?|Hallo|Ch\u00e8re?|Cher|Bonjour|Estimad[oa]|Querid[oa]|Hola|Car[oa]|Ciao|Hej)"
_CLOSING = (
    r"(?:(?:best|kind|warm)(?:est)? (?:regards|wishes)|regards|sincerely|yours (?:truly|faithfully|sincerely)|thanks"
    r"|thank you|cheers|mit freundlichen gr\u00fc\u00dfen|viele gr\u00fc\u00dfe|cordialement|saludos|cordiali saluti"
    r"|met vriendelijke groet|atenciosamente)"
)
_OUR = r"(?:[Mm]y|[Oo]ur|[Hh]er|[Hh]is|[Mm]eine?[nr]?|[Uu]nsere?[nr]?|[Mm]on|[Mm]a|[Mm]i|[Nn]uestr[oa])"
_ALONE = rf"(?P<name>{_NAME}(?: {_NAME}){{0,2}})(?= {{0,3}}(?:\n|$|,))"
_RULES = (
    re.compile(rf"\b{_TITLE}\.? (?:{_TITLE}\.? )?(?P<name>{_ANY})"),
    re.compile(rf"\b{_OUR} (?:[a-z]+ ){{0,2}}{_PART},? (?P<name>{_ANY})"),
    re.compile(rf"\b{_PART},? (?P<name>{_FULL})"),
    re.compile(rf"(?<![\w.'-])(?P<name>{_FULL})[\"']? ?<(?=[^<>\s@]{{1,64}}@)"),
    re.compile(rf"(?:^|[\n,;|>*-]) {{0,3}}(?i:{_FIELD})\*{{0,2}} ?:\*{{0,2}} ?(?P<name>{_FULL})"),
    re.compile(rf"(?:^|\n|[\"'>]) {{0,3}}{_GREETING} (?P<name>{_NAME}(?: {_NAME})?)(?=,|!| ?\n)"),
    re.compile(rf"(?:^|\n) {{0,3}}(?i:{_CLOSING})[,.!]? ?\n{{1,3}} {{0,3}}{_ALONE}"),
)
_WORD = re.compile(r"[^\W_]+")
_CAPITALIZED_WORDS = """
account accounts agent agents all and april august authority board boss business candidate ceo cfo chief client clients
colleague colleagues committee community company coordinator cto customer customers data december department desk
developer director engineer engineering everybody everyone excel executive february finance folks friend friends friday
google guest head helpdesk hiring hr human i it january july june junior kollegen lead leader legal ltd madam manager
management march market marketing may member members microsoft monday name neighbor november number october officer
operations our owner partner partners people pepper privacy president product project recipient recruiter recruitment
report resources sales saturday senior september service sir sirs staff student students sunday supplier suppliers
support talent team teams technology that the this thursday tuesday user users valued vendor vice we wednesday you your
zoom
"""
NO_NAMES = frozenset(_CAPITALIZED_WORDS.split())
"""Words with a capital letter that stand where a name would, and are none."""


def find_persons(reading: Reading) -> Iterator[Hit]:
    """Return names that the words around them give away."""
    for form in _RULES:
        for match in form.finditer(reading.text):
            end = _end_of_name(match["name"])
            if end:
                yield Hit("person", match.start("name"), match.start("name") + end)


def _end_of_name(name: str) -> int:
    """Return where the name ends: before the first word that is none; 0 when the first one is none."""
    end = 0
    for word in _WORD.finditer(name):
        if word[0].casefold() in NO_NAMES:
            break
        end = word.end()
    return end if any(len(word) > 1 for word in _WORD.findall(name[:end])) else 0
