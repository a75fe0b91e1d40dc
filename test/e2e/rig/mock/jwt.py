"""Signed JSON Web Tokens, checked as a server checks them (RFC 7523, section 3): the signature by the openssl program."""

import base64
import json
import subprocess
import tempfile
import time
from pathlib import Path

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def openssl(*arguments: str, text: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(["openssl", *arguments], input=text, capture_output=True, timeout=30, check=False)


def private_key(passphrase: str = "") -> str:
    encrypted = ["-aes256", "-pass", f"pass:{passphrase}"] if passphrase else []
    made = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", *encrypted)
    assert made.returncode == 0, made.stderr
    return made.stdout.decode()


def public_key(of: str, passphrase: str = "") -> str:
    made = openssl("pkey", "-pubout", "-passin", f"pass:{passphrase}", text=of.encode())
    assert made.returncode == 0, made.stderr
    return made.stdout.decode()


def fault_of(token: str, key: str, issuer: str, audience: str, scope: str | None) -> str:
    """What is wrong with it; nothing if it is good."""
    try:
        head, claims, signature = token.split(".")
        said = json.loads(_decoded(head)), json.loads(_decoded(claims))
    except ValueError:
        return "no JWT"
    if said[0] != {"alg": "RS256", "typ": "JWT"}:
        return "another algorithm"
    if not _is_signed(f"{head}.{claims}".encode(), _decoded(signature), key):
        return "another signature"
    wanted = {"iss": issuer, "sub": issuer, "aud": audience} | ({"scope": scope} if scope else {})
    wrong = [name for name, value in wanted.items() if said[1].get(name) != value]
    now = time.time()
    if not said[1]["iat"] - 5 <= now < said[1]["exp"] <= said[1]["iat"] + 3600:
        wrong.append("times")
    return ", ".join(wrong)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _is_signed(text: bytes, signature: bytes, key: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "signature"), Path(folder, "key")
        written[0].write_bytes(signature)
        written[1].write_text(key)
        return openssl("dgst", "-sha256", "-verify", str(written[1]), "-signature", str(written[0]),
                       text=text).returncode == 0
