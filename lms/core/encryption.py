"""Secrets that Praxis must be able to read again, such as the key of a model provider, encrypted at rest.

Each kind of secret has a ring of keys of its own, from a setting: the first key encrypts, every one decrypts, so a key
is replaced by putting a new one before it. Without any, which production refuses, one is made and kept in the data
folder.
"""

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused


@dataclass(frozen=True)
class KeyRing:
    """The keys for one kind of secret.

    Attributes:
        setting: Name of the setting that holds them, as of its variable in the environment.
        file: Name of the file in the data folder that holds the key that is made when the setting is empty.
    """

    setting: str
    file: str

    @property
    def keys(self) -> Sequence[str]:
        """The keys, the one that encrypts first."""
        return getattr(settings, self.setting) or [_own_key(Path(settings.DATA_DIR) / self.file)]


SECRETS = KeyRing("PRAXIS_ENCRYPTION_KEYS", "encryption-key")


class DecryptionFailed(ActionRefused):
    """What was stored cannot be read with the keys there are."""

    def __init__(self, ring: KeyRing = SECRETS) -> None:
        """Say what to do; the token is not repeated."""
        super().__init__(
            _(
                "A stored secret cannot be read: it was encrypted with a key that is no longer among "
                "%(setting)s, or it was changed. Put that key back behind the current one, or enter "
                "the secret again."
            )
            % {"setting": ring.setting}
        )


def encrypt(text: str, *, ring: KeyRing = SECRETS) -> str:
    """Return the text encrypted with the first key of a ring; never the same twice."""
    return _fernet(tuple(ring.keys)).encrypt(text.encode()).decode()


def decrypt(token: str, *, ring: KeyRing = SECRETS) -> str:
    """Return the text that `encrypt` was given.

    Raises:
        DecryptionFailed: No key fits, or the token was changed.
    """
    fernet = _fernet(tuple(ring.keys))
    with contextlib.suppress(InvalidToken):
        return fernet.decrypt(token.encode()).decode()
    raise DecryptionFailed(ring)


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _own_key(file: Path) -> str:
    """Return the key in the file, made by whichever process comes first."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}-{secrets.token_hex(4)}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as private:  # noqa: PTH123
                private.write(Fernet.generate_key())
            with contextlib.suppress(FileExistsError):
                os.link(draft, file)  # unlike a rename, it never replaces a key that another process made
        finally:
            draft.unlink(missing_ok=True)
    return file.read_text(encoding="ascii").strip()
