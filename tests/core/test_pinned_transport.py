"""Requests reach the one address that was checked; TLS proves its name, whatever that resolves to by now."""

import datetime
import ssl
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lms.core import pinned_transport as transport
from lms.core.addresses import SafeAddress
from lms.core.coroutines import result_of
from lms.core.pinned_transport import PinnedTransport, ResponseTooLarge
from tests.fake_model import Behavior, FakeModel


async def send(address: SafeAddress, url: str, *, most_bytes: int = 1000) -> httpx2.Response:
    pinned = PinnedTransport(address, most_bytes=most_bytes, sends_key=True)
    async with httpx2.AsyncClient(transport=pinned) as client:
        return await client.get(url)


def pinned_name(model: FakeModel, scheme: str) -> SafeAddress:
    return SafeAddress(
        f"{scheme}://models.invalid:{model.port}/v1", "models.invalid", model.port, "127.0.0.1"
    )


def test_a_connection_goes_to_the_checked_address_whatever_its_name_resolves_to_by_now():
    with FakeModel() as model:
        address = pinned_name(model, "http")

        response = result_of(send(address, f"{address.url}/models"))

    assert response.status_code == 200
    assert model.questions[0].headers["host"] == f"models.invalid:{model.port}"


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.1:9/v1", "https://127.0.0.1/v1", "http://localhost/v1"]
)
def test_nothing_but_the_checked_address_is_called(elsewhere):
    checked = SafeAddress("http://127.0.0.1/v1", "127.0.0.1", 80, "127.0.0.1")

    with pytest.raises(httpx2.UnsupportedProtocol):
        result_of(send(checked, elsewhere))


def test_a_response_that_is_too_large_is_not_read_to_its_end():
    with FakeModel(Behavior(body="x" * 2000)) as model:
        address = pinned_name(model, "http")

        with pytest.raises(ResponseTooLarge):
            result_of(send(address, f"{address.url}/models", most_bytes=1999))

        assert len(result_of(send(address, f"{address.url}/models", most_bytes=2000)).content) == 2000


def test_compressed_answers_are_neither_asked_for_nor_unpacked():
    with FakeModel(Behavior(headers={"Content-Encoding": "gzip"}, body="not unpacked")) as model:
        address = pinned_name(model, "http")

        response = result_of(send(address, f"{address.url}/models"))

    assert response.text == "not unpacked"
    assert model.questions[0].headers["accept-encoding"] == "identity"


def certificate_for(name: str, folder: Path) -> ssl.SSLContext:
    """Return what a server of this name shows; `folder` then holds it as certificate.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return shown


@pytest.mark.parametrize(("proven", "is_trusted"), [("models.invalid", True), ("other.invalid", False)])
def test_tls_must_prove_the_name_although_the_connection_goes_to_a_number(
    proven, is_trusted, tmp_path, monkeypatch
):
    tls = certificate_for(proven, tmp_path)
    trust = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    monkeypatch.setattr(transport, "_trusted_authorities", lambda: trust)

    with FakeModel(tls=tls) as model:
        address = pinned_name(model, "https")
        if is_trusted:
            assert result_of(send(address, f"{address.url}/models")).status_code == 200
        else:
            with pytest.raises(httpx2.ConnectError, match="Hostname mismatch"):
                result_of(send(address, f"{address.url}/models"))

    assert len(model.questions) == is_trusted


def test_only_known_authorities_are_trusted_and_the_environment_adds_none(monkeypatch, tmp_path):
    certificate_for("models.invalid", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    transport._trusted_authorities.cache_clear()

    trusted = transport._trusted_authorities()

    assert (trusted.verify_mode, trusted.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert "models.invalid" not in str(trusted.get_ca_certs())
