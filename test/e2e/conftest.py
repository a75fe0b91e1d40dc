"""The servers, each started when a test first asks for it; time limits; the servers' logs on failure."""

import signal

import pytest

from rig import drf as drf_server
from rig import httpbin as httpbin_server
from rig import json_server as json_server_server
from rig import nginx as nginx_server
from rig import prism as prism_server
from rig import process
from rig.mock import client as mock_server

TIME_LIMIT_S = 60


@pytest.fixture(scope="session")
def drf(tmp_path_factory):
    yield from _serving(drf_server.serve(tmp_path_factory.mktemp("drf")))


@pytest.fixture(scope="session")
def httpbin(tmp_path_factory):
    yield from _serving(httpbin_server.serve(tmp_path_factory.mktemp("httpbin")))


@pytest.fixture(scope="session")
def json_server(tmp_path_factory):
    yield from _serving(json_server_server.serve(tmp_path_factory.mktemp("json-server")))


@pytest.fixture(scope="session")
def mock(tmp_path_factory):
    yield from _serving(mock_server.serve(tmp_path_factory.mktemp("mock")))


@pytest.fixture(scope="session")
def nginx(tmp_path_factory):
    yield from _serving(nginx_server.serve(tmp_path_factory.mktemp("nginx")))


@pytest.fixture(scope="session")
def prism(tmp_path_factory):
    yield from _serving(prism_server.serve(tmp_path_factory.mktemp("prism")))


@pytest.fixture
def lake(tmp_path):
    """A folder that is not there yet."""
    return tmp_path / "lake"


def _serving(server):
    yield server
    server.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    marker = item.get_closest_marker("time_limit")
    seconds = marker.args[0] if marker else TIME_LIMIT_S

    def too_long(*_):
        raise TimeoutError(f"the test took over its {seconds} s")

    for server in process.running:
        server.forget_log()
    previous = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for server in process.running:
            if tail := server.tail():
                report.sections.append((f"end of {server.name}'s log ({server.log})", tail))
    return report
