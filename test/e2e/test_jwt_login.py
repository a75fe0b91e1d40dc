"""A connector that logs in with a signed JWT (RFC 7523): the endpoint for tokens checks it with the openssl program."""

import functools

import pytest

from rig import connector, exit_codes
from rig.connector_cases import file, numbered
from rig.mock import jwt

PASSPHRASE = "open sesame"
LOGIN = """auth = { type = "jwt", auth_endpoint = "@URL@/oauth/token", client_id = "ada", private_key = "${JWT_KEY}", \
private_key_passphrase = "${JWT_PASSPHRASE}", scopes = ["read", "write"] }"""


@functools.cache
def key(passphrase: str = "") -> str:
    return jwt.private_key(passphrase)


def source_that_knows(mock, public: str):
    return mock.begin(numbered("total", "page", oauth2={"id": "ada", "public_key": public, "scope": "read write", "uses": 4}))


def test_a_key_that_is_known(mock, tmp_path):
    source = source_that_knows(mock, jwt.public_key(key(PASSPHRASE), PASSPHRASE))
    path = connector.write(tmp_path / "connector", file("", LOGIN), source)
    environment = {"JWT_KEY": key(PASSPHRASE).replace("\n", "\\n"), "JWT_PASSPHRASE": PASSPHRASE}
    result = connector.pull(path, tmp_path / "lake", "--concurrency", "1", environment=environment)
    assert result.code == 0, str(result)
    asked = [request for request in source.requests() if request["path"].endswith("/oauth/token")]
    assert len(asked) == 2, "a token ends after four requests"


@pytest.mark.parametrize("passphrase", [PASSPHRASE, "", "another"])
def test_a_key_that_nobody_knows_or_nobody_can_open(mock, tmp_path, passphrase):
    source = source_that_knows(mock, jwt.public_key(key()))
    login = LOGIN if passphrase else LOGIN.replace('private_key_passphrase = "${JWT_PASSPHRASE}", ', "")
    path = connector.write(tmp_path / "connector", file("", login), source)
    environment = {"JWT_KEY": key(PASSPHRASE), "JWT_PASSPHRASE": passphrase}
    result = connector.pull(path, tmp_path / "lake", environment=environment)
    assert result.code == (exit_codes.STATUS if passphrase == PASSPHRASE else exit_codes.USAGE), str(result)
    words = {PASSPHRASE: "invalid_grant", "": "encrypted", "another": "does not open"}[passphrase]
    assert words in result.err, str(result)
    told = result.out + result.err
    lines = [line for line in key(PASSPHRASE).splitlines() if not line.startswith("-----")]
    assert not [line for line in [*lines, PASSPHRASE, "eyJ"] if line in told], str(result)
