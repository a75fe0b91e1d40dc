"""A secret in a URL is sent to the source and shown nowhere: not in an answer, a message, a file of the lake."""

import re
from pathlib import Path

import pytest

from rig import exit_codes, tool
from rig.pages import SECRET
from rig.process import free_port
from rig.readers import committed

KEYS = ["token", "access_token", "api_key", "password"]


def assert_silent(result: tool.Result, lake: Path) -> None:
    assert SECRET not in result.out + result.err, f"the secret is shown:\n{result}"
    files = [file for file in lake.rglob("*") if file.is_file()] if lake.is_dir() else []
    assert [str(file) for file in files if SECRET.encode() in file.read_bytes() or SECRET in file.name] == []


def with_password(url: str) -> str:
    return url.replace("://", f"://ada:{SECRET}@")


@pytest.mark.parametrize("key", KEYS)
def test_of_a_pull_that_succeeds(nginx, lake, key):
    nginx.requests()
    result = tool.pull(f"{nginx.url}/pages/subdivisions?{key}={SECRET}", lake).succeeded()
    assert_silent(result, lake)
    assert committed(lake)
    without = [line for line in nginx.requests() if f"{key}={SECRET}" not in line]
    assert without == [], "the source did not get it with every page"


def test_of_a_password_of_a_pull_that_succeeds(nginx, lake):
    assert_silent(tool.pull(with_password(nginx.url) + "/pages/subdivisions", lake).succeeded(), lake)
    assert committed(lake)


@pytest.mark.parametrize("path, code", [
    ("/nowhere.json", exit_codes.STATUS),
    ("/single/page.html", exit_codes.PAGE),
    ("/single/no-records.json", exit_codes.PAGE),
])
def test_of_a_bad_first_page(nginx, lake, path, code):
    result = tool.pull(f"{with_password(nginx.url)}{path}?token={SECRET}", lake)
    assert result.code == code and re.search(re.escape(path), result.err), str(result)
    assert_silent(result, lake)


def test_of_a_bad_later_page_whose_url_the_source_gave(nginx, lake):
    result = tool.pull(nginx.url + "/broken/next/secret/page-1.json", lake)
    assert result.code == exit_codes.STATUS and "page-7.json" in result.err, str(result)
    assert_silent(result, lake)


@pytest.mark.parametrize("url, code", [
    ("http://ada:{secret}@127.0.0.1:{port}/items?token={secret}", exit_codes.CONNECT),
    ("http://ada:{secret}@no-such-host.invalid/items?token={secret}", exit_codes.CONNECT),
    ("http://ada:{secret}@127.0.0.1:99999/items?token={secret}", exit_codes.USAGE),
    ("ftp://ada:{secret}@127.0.0.1/items?token={secret}", exit_codes.USAGE),
])
def test_of_a_url_that_leads_nowhere(lake, url, code):
    result = tool.pull(url.format(secret=SECRET, port=free_port()), lake)
    assert result.code == code, str(result)
    assert_silent(result, lake)
