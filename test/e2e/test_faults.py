"""origin, our own demo source: each of its styles, and the same rows whatever it does to the answers."""

import pytest

from rig import data, origin, tool
from rig.readers import assert_table

RUNS = 20
FAULTS = {"reset": "1%", "500": "1%", "truncate": "1%"}


@pytest.fixture
def serve(tmp_path):
    servers = []

    def serving(**options):
        servers.append(origin.serve(tmp_path / f"origin-{len(servers)}", **options))
        return servers[-1]

    yield serving
    for server in servers:
        server.stop()


@pytest.mark.parametrize("style", ["page", "offset", "link", "cursor", "next"])
def test_each_style_of_origin_equals_the_source(serve, lake, style):
    tool.pull(serve(style=style).url + "/subdivisions", lake).succeeded()
    assert_table(tool.table(lake), data.subdivisions())


@pytest.mark.time_limit(120)
def test_the_same_rows_twenty_times_in_a_row_in_spite_of_faults(serve, tmp_path):
    retries = 0
    for run in range(RUNS):
        lake = tmp_path / f"lake-{run}"
        source = serve(seed=run + 1, faults=FAULTS)
        result = tool.pull(source.url + "/subdivisions", lake).succeeded()
        source.stop()
        assert_table(tool.table(lake), data.subdivisions())
        retries += result.retries
    assert retries >= RUNS, "3% of 103 pages, 20 times, are 60 faults or so: they did not happen"


def test_too_many_requests_with_retry_after_are_obeyed(serve, lake):
    source = serve(faults={"429": "2%"})
    result = tool.pull(source.url + "/subdivisions", lake).succeeded()
    assert result.retries > 0
    assert_table(tool.table(lake), data.subdivisions())
