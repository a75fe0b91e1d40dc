"""https, redirects and compressed pages: the table is that of the plain pages, and a server must show who it is."""

from rig import data, exit_codes, tool
from rig.compare import assert_same_rows
from rig.readers import by_polars, committed


def test_pages_over_tls_and_http2_and_compressed_are_the_source(nginx, lake):
    before = len(nginx.tls_requests())
    tool.pull(f"{nginx.tls_url}/pages/subdivisions", lake, "rows", "--ca-file", nginx.certificate).succeeded()
    assert_same_rows(by_polars(tool.table(lake)).rows, data.subdivisions())
    requests = nginx.tls_requests()[before:]
    assert {line[2] for line in requests} == {"TLSv1.3"}
    assert {line[3] for line in requests} == {"gzip"}, "the pages came compressed"
    assert {line[5] for line in requests} == {"HTTP/2.0"}
    assert len(requests) > 40, "of which each connection serves 20, and says GOAWAY"


def test_a_server_that_nobody_vouches_for_is_refused(nginx, lake):
    before = len(nginx.tls_requests())
    result = tool.pull(f"{nginx.tls_url}/pages/subdivisions?token=hush", lake)
    assert result.code == exit_codes.CONNECT, str(result)
    assert "127.0.0.1" in result.err and "self-signed" in result.err, str(result)
    assert "hush" not in result.err
    assert nginx.tls_requests()[before:] == [], "it was told what we want"
    assert not committed(lake)


def test_a_certificate_for_another_name_is_refused(nginx, lake):
    url = nginx.tls_url.replace("127.0.0.1", "localhost")
    result = tool.pull(f"{url}/pages/subdivisions", lake, "rows", "--ca-file", nginx.certificate)
    assert result.code == exit_codes.CONNECT, str(result)
    assert "localhost" in result.err and "127.0.0.1" in result.err, str(result)


def test_a_file_of_certificates_that_is_none_is_named(nginx, lake, tmp_path):
    for file, words in [(tmp_path / "missing.pem", "missing.pem"), (nginx.folder / "nginx.conf", "nginx.conf")]:
        result = tool.pull(f"{nginx.tls_url}/pages/subdivisions", lake, "rows", "--ca-file", file)
        assert result.code not in (exit_codes.OK, exit_codes.UNEXPECTED), str(result)
        assert words in result.err, str(result)


def test_tls_to_a_server_without_it_says_so(nginx, lake):
    result = tool.pull(nginx.url.replace("http:", "https:") + "/pages/subdivisions", lake)
    assert result.code == exit_codes.CONNECT, str(result)
    assert "TLS" in result.err, str(result)


def test_a_redirect_is_followed_and_secrets_stay_behind(nginx, lake):
    before = len(nginx.tls_requests())
    tool.pull(f"{nginx.url}/moved/subdivisions", lake, "rows", "--ca-file", nginx.certificate,
              "--header", "X-Api-Key: hush").succeeded()
    requests = nginx.tls_requests()[before:]
    assert requests, "nobody came"
    assert {line[4] for line in requests} == {"-"}, "another origin was given the key"
    assert_same_rows(by_polars(tool.table(lake)).rows, data.subdivisions())


def test_a_redirect_away_from_tls_is_refused(nginx, lake):
    result = tool.pull(f"{nginx.tls_url}/plain/subdivisions", lake, "rows", "--ca-file", nginx.certificate)
    assert result.code == exit_codes.CONNECT, str(result)
    assert "https" in result.err, str(result)
    assert not committed(lake)
