"""Several pulls into one table at once: whoever reports success has committed, and the table is whole."""

import json

from rig import data, exit_codes, tool
from rig.readers import assert_table


def commits(lake):
    return sorted((tool.table(lake) / "_delta_log").glob("*.json"))


def test_each_pull_that_reports_success_has_committed(nginx, lake):
    url = nginx.url + "/pages/subdivisions"
    running = [tool.start("pull", url, "--to", lake, "--name", "rows") for _ in range(4)]
    results = [tool.finish(process) for process in running]
    succeeded = [result for result in results if result.code == exit_codes.OK]
    assert all(result.code in (exit_codes.OK, exit_codes.LAKE) for result in results), "\n".join(map(str, results))
    assert len(succeeded) == len(commits(lake)) >= 1
    assert_table(tool.table(lake), data.subdivisions())


def test_a_clock_that_went_back_does_not_stop_the_next_pull(nginx, lake):
    url = nginx.url + "/pages/subdivisions"
    tool.pull(url, lake).succeeded()
    entry = commits(lake)[0]
    actions = [json.loads(line) for line in entry.read_text().splitlines()]
    for action in actions:
        if "txn" in action:
            action["txn"]["version"] += 10**12  # committed thirty years from now
    entry.write_text("".join(json.dumps(action) + "\n" for action in actions))
    tool.pull(url, lake).succeeded()
    assert len(commits(lake)) == 2
