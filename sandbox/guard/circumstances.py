"""What a text says about one person in numbers: when they were born, what they earn, under which number they are known.

Each rule prefers to miss a case over warning about every text on pay or accounts: a salary band is nobody's salary.
"""

from collections.abc import Iterator

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading
from sandbox.guard.sentences import CAPITALIZED, find_by, rule

_MONTH = (
    r"(?:jan|feb|m\u00e4r|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|f\u00e9v|avril|juin|juil|ao\u00fbt|d\u00e9c"
    r"|enero|abril|ago|dic|gen|giu|lug|ott|mrt|mei)[^\W\d_]{0,7}\.?"
)
_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|er)?(?: de| of)? {_MONTH}(?: de)?,? \d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
_BORN = (
    r"(?:\bborn(?: on)?|date of birth|birth ?date|birthday|\bd\.?o\.?b\b\.?|geboren(?: am)?|\bgeb\.|geburtsdatum"
    r"|n\u00e9e? le|date de naissance|naci\u00f3 el|nacid[oa] el|fecha de nacimiento|nat[oa] il|data di nascita"
    r"|geboortedatum|geboren op|nascid[oa] (?:em|a)|data de nascimento|f\u00f6delsedatum|data urodzenia)"
)
_CURRENCY = r"(?:[$\u00a3\u20ac\u00a5\u20b9]|USD|EUR|GBP|CHF|SEK|PLN)"
_FIGURE = r"\d(?:[\d.,' ]{0,12}\d)?"
_AMOUNT = (
    rf"(?:{_CURRENCY} ?{_FIGURE}k?|{_FIGURE} ?(?:euros?|dollars|pounds|k|{_CURRENCY})(?!\w)|\d{{2,3}}[.,' ]\d{{3}})"
    r"(?![\d]| ?(?:m|bn|million|billion)\b)"
)
_SOMEBODY = (
    rf"(?:her|his|their|my|ihr|sein|son|su|(?:employee|colleague|candidate|applicant)'s|{CAPITALIZED}'s)"
)
_PAY = r"(?:salary|pay|wages?|bonus|compensation|income|gehalt|lohn|salaire|sueldo|salario|stipendio)"
_EARNS = r"(?:earns?|earned|is paid|verdient|gagne|gana|guadagna)"
_NUMBER = r"[ -]?(?:number|no\.?|id|#|nummer|nr\.?|num\u00e9ro|n\u00famero|numero)"

_RULES = (
    rule(
        "birth_date",
        "born birth b. dob d.o.b geb n\u00e9 naci nasc nat nascita urodz f\u00f6d",
        rf"{_BORN}\W{{1,4}}(?:is |was |the )?(?P<value>{_DATE})",
    ),
    rule(
        "salary",
        "salar pay wage bonus compensation income gehalt lohn salaire sueldo stipendio",
        rf"\b{_SOMEBODY} (?:[\w-]+ ){{0,3}}?{_PAY}\b[^.\n\d$\u00a3\u20ac]{{0,30}}(?P<value>{_AMOUNT})",
    ),
    rule(
        "salary",
        "earn paid verdient gagne gana guadagna",
        rf"\b(?:she|he|(?-i:I)|(?:colleague|employee|manager|assistant)|{CAPITALIZED}) (?:currently |now )?{_EARNS} ",
        rf"(?:about |around |only )?(?P<value>{_AMOUNT})",
    ),
    rule(
        "account_number",
        "customer client employee staff personnel patient member policy payroll kunden personal mitarbeiter klant"
        " medewerker",
        r"\b(?:customer|client|employee|staff|personnel|patient|member(?:ship)?|policy(?:holder)?|payroll|kunden|personal"
        rf"|mitarbeiter|klant|medewerker)(?: account)?{_NUMBER}(?: is|\s?[:=#])?\s?",
        r"(?P<value>(?-i:[A-Z]{0,4})[ -]?\d[\d-]{3,16})(?!\w)",
    ),
    rule(
        "account_number",
        "account konto passport reisepass passeport pasaporte driv cuenta compte rekening iban sort f\u00fchrer",
        r"\b(?:(?:bank )?account|konto|passport|reisepass|passeport|pasaporte|driver'?s? licen[cs]e|driving licen[cs]e"
        rf"|f\u00fchrerschein|cuenta|compte|rekening|iban|sort code)(?:{_NUMBER})?(?: is|\s?[:=#])?\s?",
        r"(?P<value>(?-i:[A-Z]{0,5}[ -]?\d[\dA-Z -]{4,30})\d)(?!\w)",
    ),
)


def find_circumstances(reading: Reading) -> Iterator[Hit]:
    """Return dates of birth, what people earn, and numbers that lead to one person in some system."""
    return find_by(_RULES, reading)
