"""Who signs: a key of our own, kept encrypted, or whatever else can sign in its place."""

from badges.addresses import key_id
from badges.models import IssuerKey
from badges.ob3.keys import Algorithm, LocalSigner, Signer
from lms.core.encryption import KeyRing, decrypt, encrypt

BADGE_KEYS = KeyRing("PRAXIS_BADGE_KEYS", "badge-key")


def seal_private_key(private: bytes) -> str:
    """Return a private key encrypted, as it is stored."""
    return encrypt(private.hex(), ring=BADGE_KEYS)


def signer_of(key: IssuerKey) -> Signer:
    """Return what signs with a key. A key service takes over here: whatever has `key_id`, `algorithm` and `sign`.

    Raises:
        DecryptionFailed: The key it was encrypted with is gone.
    """
    private = bytes.fromhex(decrypt(key.private_key, ring=BADGE_KEYS))
    return LocalSigner(key_id(key), Algorithm(key.algorithm), private)
