"""Invented certificates and digital signatures, for the demonstration and for tests. Nobody outside trusts them."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

LIFE = timedelta(days=365)


@dataclass(frozen=True)
class Authority:
    """An invented issuer of certificates: its key and its root certificate."""

    key: ec.EllipticCurvePrivateKey
    root: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The root as an operator would put it into the folder of trusted roots."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def certify(self, name: str, organisation: str, *, at: datetime, days: int = 365) -> signers.SimpleSigner:
        """A person's key and certificate, valid from a day before `at`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name, organisation)
        own = _certificate(subject, key, self.root.subject, self.key, at, timedelta(days=days), is_root=False)
        return signers.SimpleSigner(
            signing_cert=_read(own),
            signing_key=PrivateKeyInfo.load(
                key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            ),
            cert_registry=SimpleCertificateStore.from_certs([_read(self.root)]),
        )


def new_authority(name: str = "Chứng thực chữ ký số minh họa", *, at: datetime) -> Authority:
    """A fresh issuer; its keys are forgotten with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name, "Dữ liệu minh họa")
    return Authority(key, _certificate(subject, key, subject, key, at, LIFE * 10, is_root=True))


def sign_pdf(content: bytes, signer: signers.SimpleSigner, *, at: datetime, field: str = "ChuKy1") -> bytes:
    """The PDF with a signature added behind its last byte, said to be of `at`."""
    metadata = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    made: io.BytesIO = _SignerAt(metadata, signer, at).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), output=io.BytesIO())
    return made.getvalue()


class _SignerAt(signers.PdfSigner):
    """A signer with a clock of its own."""

    def __init__(self, metadata: signers.PdfSignatureMetadata, signer: signers.SimpleSigner, at: datetime) -> None:
        super().__init__(metadata, signer)
        self.at = at

    def init_signing_session(self, *args: Any, **options: Any) -> Any:
        session = super().init_signing_session(*args, **options)
        session.system_time = self.at
        return session


def _name(person: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, person[:64]),
        ]
    )


def _certificate(
    subject: x509.Name, key: Any, issuer: x509.Name, issuer_key: Any, at: datetime, life: timedelta, *, is_root: bool
) -> x509.Certificate:
    start = at.astimezone(UTC) - timedelta(days=1)
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_cert_sign=is_root,
        crl_sign=is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + life)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _read(certificate: x509.Certificate) -> Certificate:
    return Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
