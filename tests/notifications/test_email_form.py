"""Mail as bytes: read back by the library that did not write it, whatever is in it."""

from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.notifications.channels.base import Envelope
from lms.notifications.channels.email_form import mail_bytes
from lms.notifications.messages import Choice, Link, Message, Part, Question, Run, plain

ID = UUID(int=7)
# What people type: no control characters but tab and line break, which forms and editors do not let through either.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300)


def read(envelope):
    content = mail_bytes(envelope)
    assert content.endswith(b"--\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) < 998
    return message_from_bytes(content.replace(b"\r\n..", b"\r\n."), policy=default)


def envelope(**fields):
    values = {"to": "ada@larkfield.example", "name": "Ada", "subject": "A tip", "text": "Ask.", **fields}
    message = Message(
        subject=values["subject"],
        parts=(Part("A heading", (plain(values["text"]),), (Link("Open", "https://praxis.example/a"),)),),
        why="You get one a week.",
        stop_url="https://praxis.example/stop/token/",
    )
    return Envelope(ID, values["to"], values["name"], message)


@given(subject=TEXTS, name=TEXTS, text=TEXTS)
def test_every_text_arrives_as_it_was_written(subject, name, text):
    mail = read(envelope(subject=subject, name=name, text=text))

    def words(value):
        return " ".join(value.split())

    assert words(str(mail["Subject"])) == words(subject)
    assert mail["To"].addresses[0].addr_spec == "ada@larkfield.example"
    assert words(text) in words(mail.get_body(("plain",)).get_content())


@pytest.mark.parametrize("value", ["Ada\r\nBcc: eve@evil.example", "Ada\nBcc: eve@evil.example"])
@pytest.mark.parametrize("field", ["name", "subject"])
def test_a_line_break_adds_no_header(field, value):
    mail = read(envelope(**{field: value}))

    assert mail["Bcc"] is None
    assert len(mail["To"].addresses) == 1


def test_a_line_that_is_a_dot_does_not_end_the_mail():
    mail = read(envelope(text="one\n.\n..\n.three"))

    assert "one\n.\n..\n.three" in mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_a_sender_with_letters_beyond_english_is_written_as_headers_are(settings):
    settings.DEFAULT_FROM_EMAIL = "Académie Praxis <praxis@larkfield.example>"

    [sender] = read(envelope())["From"].addresses

    assert (sender.display_name, sender.addr_spec) == ("Académie Praxis", "praxis@larkfield.example")


def test_an_address_that_mail_cannot_carry_is_said_so():
    with pytest.raises(UnicodeError):
        mail_bytes(envelope(to="zoë@larkfield.example"))


def test_what_looks_like_markup_is_shown_as_it_is():
    message = Message(
        subject="x",
        parts=(Part("<b>&", ((Run("<script>", "code"),),)),),
        why="w",
        question=Question("a", "t", "1 < 2?", (Choice("v", '"yes"', "https://praxis.example/?a=1&b=2"),)),
    )

    html = read(Envelope(ID, "a@b.example", "A", message)).get_body(("html",)).get_content()

    assert "<code>&lt;script&gt;</code>" in html
    assert 'href="https://praxis.example/?a=1&amp;b=2"' in html
    assert "<script" not in html


def test_the_same_delivery_has_the_same_headers_each_time_but_the_date():
    first, second = read(envelope()), read(envelope())

    assert [(name, first[name]) for name in first if name != "Date"] == [
        (name, second[name]) for name in second if name != "Date"
    ]
