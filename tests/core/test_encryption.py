"""Stored secrets: readable with the right keys, unreadable without, and keys can be replaced."""

import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from lms.core import encryption
from lms.core.encryption import DecryptionFailed, decrypt, encrypt

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "var"
    settings.PRAXIS_ENCRYPTION_KEYS = []


def test_what_was_encrypted_is_read_again_and_does_not_show():
    token = encrypt("sk-larkfield-ü")

    assert decrypt(token) == "sk-larkfield-ü"
    assert "larkfield" not in token


def test_the_same_text_never_looks_the_same():
    assert encrypt("sk-larkfield") != encrypt("sk-larkfield")


def test_the_first_key_encrypts_and_every_key_decrypts(settings):
    settings.PRAXIS_ENCRYPTION_KEYS = [OLD]
    before = encrypt("sk-before")
    settings.PRAXIS_ENCRYPTION_KEYS = [NEW, OLD]

    after = encrypt("sk-after")

    assert decrypt(before) == "sk-before"
    assert Fernet(NEW).decrypt(after) == b"sk-after"


def test_a_lost_key_is_said_with_the_remedy_and_without_the_token(settings):
    settings.PRAXIS_ENCRYPTION_KEYS = [OLD]
    token = encrypt("sk-larkfield")
    settings.PRAXIS_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(DecryptionFailed) as failed:
        decrypt(token)

    assert failed.value.message == (
        "A stored secret cannot be read: it was encrypted with a key that is no longer among PRAXIS_ENCRYPTION_KEYS, "
        "or it was changed. Put that key back behind the current one, or enter the secret again."
    )
    assert failed.value.__context__ is None


@pytest.mark.parametrize("kept", [0, 1, 40, -2])
def test_a_shortened_token_is_refused(kept):
    with pytest.raises(DecryptionFailed):
        decrypt(encrypt("sk-larkfield")[:kept])


@pytest.mark.parametrize("token", ["sk-larkfield", "ü", "gAAAAA=="])
def test_what_never_was_a_token_is_refused(token):
    with pytest.raises(DecryptionFailed):
        decrypt(token)


def test_without_a_given_key_one_is_made_for_this_user_alone_and_kept(settings):
    token = encrypt("sk-larkfield")
    file = Path(settings.DATA_DIR) / "encryption-key"
    encryption._fernet.cache_clear()

    assert (file.stat().st_mode & 0o777, len(file.read_text())) == (0o600, 44)
    assert decrypt(token) == "sk-larkfield"
    assert list(Path(settings.DATA_DIR).iterdir()) == [file]


def test_with_given_keys_no_file_is_made(settings):
    settings.PRAXIS_ENCRYPTION_KEYS = [NEW]

    encrypt("sk-larkfield")

    assert not Path(settings.DATA_DIR).exists()


def test_processes_that_begin_together_agree_on_one_key(settings):
    file, keys, barrier = Path(settings.DATA_DIR) / "encryption-key", [], threading.Barrier(8)

    def begin():
        barrier.wait()
        keys.append(encryption._own_key(file))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert keys == [file.read_text()] * 8
