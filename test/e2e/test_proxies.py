"""Pulls through proxies of the environment: what comes is the source's, and a login is the proxy's alone."""

import pytest

from rig import data, exit_codes, proxies, tool
from rig.compare import assert_same_rows
from rig.readers import by_polars, committed


@pytest.fixture(scope="module")
def tinyproxy(tmp_path_factory):
    server = proxies.http(tmp_path_factory.mktemp("tinyproxy"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def microsocks(tmp_path_factory):
    server = proxies.socks5(tmp_path_factory.mktemp("microsocks"))
    yield server
    server.stop()


def elsewhere(url: str) -> str:
    """This machine by an address for which proxies are used."""
    return url.replace("127.0.0.1", "0.0.0.0")


def pull_through(variable: str, proxy: str, url: str, lake, *options):
    return tool.pull(url, lake, "rows", *options, env={**tool.environment(), variable: proxy})


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_pages_through_a_proxy_are_the_source(tinyproxy, microsocks, nginx, lake, kind, secure):
    server = {"http": tinyproxy, "socks5h": microsocks}[kind]
    before = server.log.stat().st_size
    source = nginx.tls_url if secure else nginx.url
    url = f"{elsewhere(source)}/pages/subdivisions"
    pull_through("all_proxy", proxies.url(server, kind), url, lake, "--ca-file", nginx.certificate).succeeded()
    assert_same_rows(by_polars(tool.table(lake)).rows, data.subdivisions())
    assert "0.0.0.0" in server.log.read_text()[before:], "the proxy was not used"


@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_a_wrong_login_says_so(tinyproxy, microsocks, nginx, lake, kind):
    server = {"http": tinyproxy, "socks5h": microsocks}[kind]
    url = f"{elsewhere(nginx.tls_url)}/pages/subdivisions"
    result = pull_through("https_proxy", proxies.url(server, kind, "wrong"), url, lake)
    assert result.code not in (exit_codes.OK, exit_codes.UNEXPECTED), str(result)
    assert "proxy" in result.err and "wrong" not in result.err, str(result)
    assert not committed(lake)


def test_no_proxy_is_obeyed(nginx, lake):
    env = {**tool.environment(), "all_proxy": "http://127.0.0.1:1", "no_proxy": "0.0.0.0"}
    tool.pull(f"{elsewhere(nginx.url)}/pages/subdivisions", lake, env=env).succeeded()
    assert_same_rows(by_polars(tool.table(lake)).rows, data.subdivisions())


def test_a_proxy_that_is_down_is_named(nginx, lake):
    result = pull_through("http_proxy", "http://127.0.0.1:1", f"{elsewhere(nginx.url)}/pages/subdivisions", lake)
    assert result.code == exit_codes.CONNECT, str(result)
    assert "127.0.0.1:1" in result.err and "proxy" in result.err, str(result)


def test_a_proxy_that_is_none_is_named(nginx, lake):
    result = pull_through("http_proxy", "ftp://127.0.0.1:1", f"{elsewhere(nginx.url)}/pages/subdivisions", lake)
    assert result.code not in (exit_codes.OK, exit_codes.UNEXPECTED), str(result)
    assert "http_proxy" in result.err, str(result)
