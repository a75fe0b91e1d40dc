"""Servers that are reloaded, killed and started again, or that close connections early while they are read: no row is
lost, none comes twice, none is another.

TRAWL_E2E_PAGES=100000 makes it 10^5 pages for each (2,000 otherwise); `-rP` shows the figures.
"""

import http.client
import itertools
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rig import daemon, numbered, tool
from rig.daemon import Daemon
from rig.numbered import PAGES, Source
from rig.readers import assert_table
from rig.setups import Apache, Busybox, Caddy, Gunicorn, Haproxy, Keep, Lighttpd, Nginx, NginxHttp2, NginxTls, Setup, Webfs

SECONDS = 50 + PAGES / 100  # a page takes half a millisecond or so, and ten times that when nobody keeps a connection
pytestmark = pytest.mark.time_limit(SECONDS + 10)

KINDS = [Nginx, NginxTls, NginxHttp2, Apache, Haproxy, Lighttpd, Caddy, Gunicorn, Webfs, Busybox]
KILLED = [kind for kind in KINDS if kind is not Gunicorn]  # it is away for a second: too long for some of 8 pages
RELOADED = [kind for kind in KINDS if kind.can_reload]
LIMITED = [(kind, requests) for kind in (Nginx, Apache, Lighttpd) for requests in (1, 2, 3)]
LIMITED += [(NginxTls, 1), (Haproxy, 1)]
CLOSING = [Nginx, NginxTls, NginxHttp2, Apache, Haproxy, Lighttpd, Caddy, Gunicorn]  # those that close what rests soon
# For how many pages there is peace. A restart costs up to 30 retries, for which 150 requests pay.
PAGES_TO_RELOAD = 250
PAGES_TO_RESTART = 500
PAGES_TO_PAUSE = 200
PAGES_TO_LONG_PAUSE = PAGES // 3  # where it takes a second and more
AWAY_S = 4
# Whatever was under way (256 requests at most) fails with its connection, and once more where it is refused; then the
# source is asked a dozen times in four seconds.
RETRIES_OF_AN_OUTAGE = 600
FIRST_MS = 100  # how long a server waits for the first request of a connection: a pull may be stopped before it
PAUSE_MAX_S = 5  # not all can be told to
# lighttpd keeps each file open for two to four seconds that it has given: it must not be asked for more of them in that time
# than it has descriptors.
SLOWLY = """
[client]
base_url = "{base}"
limits = {{ requests_per_second = 3000 }}
[[resources]]
name = "rows"
path = "pages?page=1"
paginator = {{ type = "page_number", total_path = "$.total_pages" }}
"""
TIMES = 2  # that a server is disturbed at least: a fast one has given 2,000 pages before it has been reloaded once
Disturbance = Callable[[subprocess.Popen], None]  # its argument is the pull


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    root = Path(tempfile.mkdtemp(prefix="trawl-e2e-"))
    root.chmod(0o755)  # the servers are another user's
    yield numbered.write(root)
    shutil.rmtree(root)


@pytest.fixture
def serve(source) -> Iterator[Callable[..., Daemon]]:
    started = []

    def serving(kind: type[Setup], keep: Keep = Keep()) -> Daemon:
        backend = serving(Nginx) if kind is Haproxy else None
        server = daemon.serve(kind, source.root, keep, backend.url.removeprefix("http://") if backend else "")
        server.backend = backend
        started.append(server)
        return server

    yield serving
    for server in reversed(started):
        server.stop()
        shutil.rmtree(server.setup.folder)


@pytest.mark.parametrize("kind", RELOADED, ids=lambda kind: kind.name)
def test_a_server_that_is_reloaded_again_and_again(serve, source, lake, kind):
    server = serve(kind)
    pull_during(server, source, lake, PAGES_TO_RELOAD, lambda _: server.reload())


@pytest.mark.parametrize("kind", KILLED, ids=lambda kind: kind.name)
def test_a_server_that_is_killed_and_started_again(serve, source, lake, kind):
    server = serve(kind)
    retries = pull_during(server, source, lake, PAGES_TO_RESTART, lambda _: server.restart())
    assert retries > 0, "nobody noticed"


def test_a_server_that_is_away_for_seconds(serve, source, lake):
    """Longer than each of the pages that wait for it could ask on its own; and it is asked by one of them at a time."""
    server = serve(Nginx)
    pull = start(server, lake)
    assert has_answered(server, PAGES // 10, pull), "it was over before"
    server.restart(AWAY_S)
    retries = finish(pull, source, lake).retries
    assert retries <= RETRIES_OF_AN_OUTAGE, retries


@pytest.mark.parametrize("how", [Daemon.reload, Daemon.restart], ids=lambda how: how.__name__)
def test_a_server_behind_a_proxy(serve, source, lake, how):
    server = serve(Haproxy)
    pull_during(server, source, lake, PAGES_TO_RESTART, lambda _: how(server.backend))


@pytest.mark.parametrize("kind, requests", LIMITED, ids=lambda value: getattr(value, "name", value))
def test_a_server_that_closes_connections_after_a_few_requests(serve, source, lake, kind, requests):
    server = serve(kind, Keep(requests=requests))
    assert requests_on_a_connection(server) == requests
    result = finish(start(server, lake), source, lake)
    assert result.retries == 0, f"it had announced the end of each connection:\n{result}"


@pytest.mark.parametrize("kind", CLOSING, ids=lambda kind: kind.name)
def test_a_server_that_closes_connections_as_soon_as_they_rest(serve, source, lake, kind):
    server = serve(kind, Keep(idle_ms=kind.idle_min_ms, first_ms=FIRST_MS))
    pages_in_peace = PAGES_TO_PAUSE if kind.idle_min_ms < 1000 else PAGES_TO_LONG_PAUSE
    left = itertools.cycle([0, 4, 7])  # of 8: all are gone, or some, and the others go as the pull goes on
    pull_during(server, source, lake, pages_in_peace, lambda pull: pause(pull, server, next(left)))


def pull_during(server: Daemon, source: Source, lake: Path, pages_in_peace: int, disturb: Disturbance) -> int:
    """Pulls while the server is disturbed, and again when that was over too soon; each time the table must be the
    source. Returns how many retries there were."""
    times = retries = 0
    while times < TIMES:
        pull = start(server, lake)
        before = times
        try:
            while has_answered(server, pages_in_peace, pull):
                disturb(pull)
                times += 1
        except BaseException:
            pull.kill()
            pull.wait()
            raise
        retries += finish(pull, source, lake).retries
        print(f"disturbed {times - before} times")
    return retries


def start(server: Daemon, lake: Path) -> subprocess.Popen:
    if isinstance(server.setup, Lighttpd) and PAGES > 10_000:
        connector = server.setup.folder / "slowly.toml"
        connector.write_text(SLOWLY.format(base=server.url))
        return tool.start("pull", connector, "--to", lake)
    return tool.start("pull", server.setup.pages_url(server.port), "--to", lake, "--name", "rows", *server.setup.options)


def finish(pull: subprocess.Popen, source: Source, lake: Path) -> tool.Result:
    result = tool.finish(pull, SECONDS).succeeded()
    assert_table(tool.table(lake), source.rows)
    print(result.out)
    return result


def has_answered(server: Daemon, pages: int, pull: subprocess.Popen) -> bool:
    """Waits for so many more pages; false when the pull has ended before."""
    answered = 0
    while answered < pages:
        if pull.poll() is not None:
            return False
        time.sleep(0.001)
        answered += server.newly_answered()
    return True


def pause(pull: subprocess.Popen, server: Daemon, left: int) -> None:
    """Stops the pull until the server has closed all of its connections but so many."""
    pull.send_signal(signal.SIGSTOP)
    try:
        deadline = time.monotonic() + PAUSE_MAX_S
        while server.connections() > left and time.monotonic() < deadline:
            time.sleep(0.001)
    finally:
        pull.send_signal(signal.SIGCONT)


def requests_on_a_connection(server: Daemon) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for count in range(1, 10):
        connection.request("GET", daemon.READY)
        answer = connection.getresponse()
        answer.read()
        if answer.will_close:
            break
    connection.close()
    return count
