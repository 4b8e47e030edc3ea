"""The addresses that stand in credentials. They must lead somewhere for as long as a credential lives."""

from urllib.parse import urlsplit

from badges.models import Achievement, AchievementVersion, Award, Issuer, IssuerKey, StatusList
from badges.ob3.did import did_web
from badges.ob3.keys import Algorithm, PublicKey


def did_of(issuer: Issuer) -> str:
    """Return the identity of an issuer, such as ``did:web:praxis.example:badges:issuers:larkfield``."""
    return did_web(urlsplit(issuer.base_url).netloc, "badges", "issuers", issuer.slug)


def did_key_id(key: IssuerKey) -> str:
    """Return the id of a key for embedded proofs: its own letters as the fragment, so a verifier needs no document."""
    return f"{did_of(key.issuer)}#{PublicKey.from_multibase(key.public_key).multibase}"


def key_url(key: IssuerKey) -> str:
    """Return where the key alone stands as one JSON Web Key, as verifiers of web tokens fetch it."""
    return f"{key.issuer.base_url}/badges/keys/{key.public_id}"


def key_id(key: IssuerKey) -> str:
    """Return how a signature names its key."""
    return did_key_id(key) if key.algorithm == Algorithm.ED25519 else key_url(key)


def achievement_url(achievement: Achievement) -> str:
    """Return the id of an achievement, which is also its page."""
    return f"{achievement.issuer.base_url}/badges/achievements/{achievement.public_id}"


def award_url(award: Award) -> str:
    """Return the id of a credential, which is also its page."""
    return f"{award.achievement.issuer.base_url}/badges/awards/{award.public_id}"


def image_url(version: AchievementVersion) -> str:
    """Return where the image of one version of an achievement stands; a later version has another one."""
    return f"{achievement_url(version.achievement)}/{version.number}/image.png"


def refresh_url(award: Award) -> str:
    """Return where a verifier asks for the newest signed version; nobody can guess it."""
    return f"{award.achievement.issuer.base_url}/badges/refresh/{award.refresh_token}"


def award_ob2_url(award: Award, *, is_personal: bool = False) -> str:
    """Return where a credential stands in the older form, Open Badges 2.0.

    Args:
        award: Which one.
        is_personal: Where it names the address of the holder's own: an assertion of 2.0 names one address alone.
    """
    address = f"{award.achievement.issuer.base_url}/badges/ob2/assertions/{award.public_id}"
    return f"{address}/personal" if is_personal else address


def achievement_ob2_url(achievement: Achievement) -> str:
    """Return where an achievement stands in the older form, Open Badges 2.0."""
    return f"{achievement.issuer.base_url}/badges/ob2/classes/{achievement.public_id}"


def issuer_ob2_url(issuer: Issuer) -> str:
    """Return where an issuer stands in the older form, Open Badges 2.0, which knows no DIDs."""
    return f"{issuer.base_url}/badges/ob2/issuers/{issuer.slug}"


def status_list_url(status_list: StatusList) -> str:
    """Return where a status list stands."""
    issuer = status_list.issuer
    return f"{issuer.base_url}/badges/issuers/{issuer.slug}/status/{status_list.number}"
