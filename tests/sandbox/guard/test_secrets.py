"""Keys, tokens and passwords block; words about them do not."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Password: Sommer2026!", "Sommer2026!"),
        ("password = 'correct horse battery'", "correct horse battery"),
        ("The password for the portal is Tiger77#", "Tiger77#"),
        ("DB_PASS=hunter22secret", "hunter22secret"),
        ("pwd=Xk29;Server=db", "Xk29"),
        ('{"user": "ada", "password": "lovelace1815"}', "lovelace1815"),
        ("user: ada\npassword: sunshine\n", "sunshine"),
        ("Passwort: Geheim!23, bitte nicht weitergeben", "Geheim!23"),
        ("contraseña: Verano2026", "Verano2026"),
        ("**Password:** Welcome1", "Welcome1"),
        ("password: 1234567", "1234567"),
        ("The password is now Qwerty12", "Qwerty12"),
        ("Das Passwort lautet Geheim12!", "Geheim12!"),
        ("Login: admin / Sommer2026!", "Sommer2026!"),
        ("PIN: 4821", "4821"),
    ],
)
def test_a_password_behind_its_name_blocks(found, text, value):
    assert found(text) == [("password", value)]


@pytest.mark.parametrize(
    "text",
    [
        "password: ****",
        "password: <your password>",
        "Password: [PASSWORD_1]",
        "password=${DB_PASSWORD}",
        "password = {{ vault.password }}",
        "password: your-password-here",
        'password = os.environ["DB_PASSWORD"]',
        "password = get_password(user)",
        "self.password = password",
        'password = input("Password: ")',
        '"password": "string"',
        "Password: required",
        "password: at least 12 characters, with letters and digits",
        "The password must be 8-64 characters long",
        "password: 8-64 characters",
        "The password is incorrect.",
        "Did you forget your password? Reset it here.",
        "Explain password rotation every 90 days.",
        "max_tokens: 4096 and token count: 128000",
        "Username: email / phone number",
        "Login: Mo/Tu 8:30",
        "postgres://user:password@localhost/db",
        "https://<user>:<password>@example.com",
    ],
)
def test_words_about_passwords_and_places_for_them_do_not(found, text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("api_key = 9f8e7d6c5b4a39281706", ("api_key", "9f8e7d6c5b4a39281706")),
        ("Authorization: Bearer a1B2c3D4e5F6g7H8i9J0k1L2", ("api_key", "a1B2c3D4e5F6g7H8i9J0k1L2")),
        ("client_secret: 'q1W2e3R4t5Y6u7I8o9P0'", ("api_key", "q1W2e3R4t5Y6u7I8o9P0")),
        ("redis://:hunter2xyz@cache:6379/0", ("url_password", "hunter2xyz")),
    ],
)
def test_a_key_without_a_known_form_is_given_away_by_its_name(found, text, finding):
    assert found(text) == [finding]


@pytest.mark.parametrize(
    "text",
    [
        "sk-learn-like-pipelines-are-easy-to-read",
        "The task-force met at the risk-averse desk.",
        "commit 1b4f0e9851971998e732078544c96b36c3d01ced",
        "npm_config_registry and github_patches are variables",
        "AKIA is the prefix of an access key.",
        "A public key: -----BEGIN PUBLIC KEY-----",
    ],
)
def test_what_only_resembles_a_key_is_left_alone(found, text):
    assert found(text) == []


def test_a_key_file_is_one_finding_from_its_first_to_its_last_line(found):
    key = (
        "-----BEGIN RSA PRIVATE KEY-----\n"
        + "A1b2" * 16
        + "\n"
        + "C3d4" * 16
        + "\n-----END RSA PRIVATE KEY-----"
    )

    assert found(f"Why does ssh refuse this?\n{key}\nThanks") == [("private_key", key)]


def test_a_key_file_whose_end_was_cut_off_is_found_as_far_as_it_goes(found):
    cut = "-----BEGIN PRIVATE KEY-----\n" + "A1b2" * 16 + "\n" + "C3d4" * 16

    assert found(f"{cut}\nIs this valid?") == [("private_key", cut)]
