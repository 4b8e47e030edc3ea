"""What the law protects most about a person: health, belief, union, origin of love, convictions.

Source: GDPR, articles 9 and 10. Each rule wants a person beside the word, because a policy on parental leave is
nobody's pregnancy and a campaign against depression nobody's illness.
"""

from collections.abc import Iterator

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading
from sandbox.guard.sentences import CAPITALIZED, SOME_WORDS, find_by, rule

_KIND = "special_category"
_ILLNESS = (
    r"(?:cancer|tumou?r|leuk\w+|diabetes|epilepsy|depression|burn-?out|anxiety(?: disorder)?|bipolar(?: disorder)?|adhd"
    r"|autism|ptsd|alcoholism|addiction|asthma|multiple sclerosis|parkinson\w*|crohn\w*|hiv|aids|hepatitis|miscarriage"
    r"|schizophrenia|eating disorder|chronic (?:pain|illness|fatigue)|heart (?:attack|condition|disease))"
)
_ILLNESSES = (
    "cancer tumo leuk diabetes epilep depress burn anxiety bipolar adhd autis ptsd alcohol addict asthma sclerosis"
    " parkinson crohn hiv aids hepatitis miscarr schizo disorder chronic heart"
)
_BELIEF = (
    r"(?:muslim|jewish|christian|catholic|protestant|hindu|buddhist|sikh|atheist|gay|lesbian|bisexual|homosexual"
    r"|transgender|trans|queer|schwul|lesbisch|muslimisch|j\u00fcdisch)"
)
_BELIEFS = (
    "muslim jewish christ catholic prote hindu buddhi sikh atheist gay lesb sexual trans queer schwul j\u00fc"
)
_ONE = rf"(?:she|he|(?-i:I)|{CAPITALIZED})"
_WHOSE = rf"(?:her|his|my|{CAPITALIZED}'s)"

_RULES = (
    rule(_KIND, "diagnos", rf"\bdiagnosed with (?P<value>{SOME_WORDS})"),
    rule(_KIND, "diagnos", rf"\b{_WHOSE} diagnosis(?: is|:) (?P<value>{SOME_WORDS})"),
    rule(
        _KIND,
        "diagnos",
        rf"\b(?:diagnostiqu\u00e9e?|diagnosticad[oa]|diagnostiziert) (?:de |con |mit |d')?(?P<value>{SOME_WORDS})",
    ),
    rule(
        _KIND,
        "suffer treated",
        rf"\b(?:suffer(?:s|ed|ing) from|(?:is|was|being) treated for) (?:\w+ ){{0,2}}?(?P<value>{_ILLNESS})",
    ),
    rule(_KIND, _ILLNESSES, rf"\b{_WHOSE} (?:\w+ )?(?P<value>{_ILLNESS})\b"),
    rule(_KIND, _ILLNESSES, rf"\b{_ONE} (?:has|had|have) (?:been )?(?:\w+ )?(?P<value>{_ILLNESS})\b"),
    rule(_KIND, "positive", r"\b(?P<value>HIV[- ]positive)\b"),
    rule(
        _KIND,
        "pregnan",
        r"\b(?:is|she's|was|I'm|am|got|became|being) (?:\w+ (?:weeks|months) )?(?P<value>pregnant)\b",
    ),
    rule(_KIND, "pregnan", rf"\b{_WHOSE} (?P<value>pregnancy)\b"),
    rule(
        _KIND,
        "schwanger enceinte embarazada zwanger incinta",
        r"\b(?:ist|est|est\u00e1|is|\u00e8) (?P<value>schwanger|enceinte|embarazada|zwanger|incinta)\b",
    ),
    rule(
        _KIND,
        "erkrankt schwerbehindert atteint",
        r"\b(?:ist|hat|est|a \u00e9t\u00e9) (?:an )?"
        r"(?P<value>schwerbehindert|atteinte? d(?:e |'|u )\w+|[^\W\d_]+ erkrankt)",
    ),
    rule(
        _KIND,
        "union",
        r"\b(?:is|was|as|am|I'm) (?:a|an|the) (?:active )?",
        r"(?P<value>(?:trade |labou?r )?union (?:member|rep(?:resentative)?|organi[sz]er))\b",
    ),
    rule(
        _KIND,
        "union",
        rf"\b{_ONE} (?:is|was|am) (?P<value>(?:a )?(?:member of|active in) (?:a|the) (?:\w+ ){{0,2}}union)\b",
    ),
    rule(
        _KIND,
        "syndiqu gewerkschaft sindicato",
        r"\b(?P<value>syndiqu\u00e9e?|Gewerkschaftsmitglied|afiliad[oa] al sindicato)\b",
    ),
    rule(
        _KIND,
        _BELIEFS,
        rf"\b(?:(?:she|he|{CAPITALIZED}) (?:is|ist)|(?-i:I) am|(?-i:I)'m|(?:he|she)'s) "
        r"(?:openly |(?:a|an) |practi[cs]ing |devout ){0,2}",
        rf"(?P<value>{_BELIEF})\b",
    ),
    rule(_KIND, "religion faith", rf"\b{_WHOSE} (?:religion|faith)(?: is)? (?P<value>\w+)"),
    rule(
        _KIND,
        "sick leave",
        rf"\b{_WHOSE} (?:long-term )?sick leave (?:for|because of|due to) (?P<value>{SOME_WORDS})",
    ),
    rule(
        _KIND,
        "on sick leave",
        rf"\bis on (?:long-term )?sick leave (?:for|because of|due to) (?P<value>{SOME_WORDS})",
    ),
    rule(_KIND, "disab", rf"\b{_WHOSE} (?P<value>disability)\b"),
    rule(_KIND, "convict", rf"\b(?:was|been) (?P<value>convicted of {SOME_WORDS})"),
)


def find_private_details(reading: Reading) -> Iterator[Hit]:
    """Return what is said of a person's health, belief and private life."""
    return find_by(_RULES, reading)
