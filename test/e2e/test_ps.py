"""`trawl ps PID`: what the tasks of a pull that runs are doing."""

import os
import re
import signal

import pytest

from rig import exit_codes, tool
from test_interrupt import start_slow


def test_shows_the_tasks_of_a_running_pull(nginx, lake):
    process = start_slow(nginx, lake)
    try:
        result = tool.run("ps", str(process.pid)).succeeded()
    finally:
        process.send_signal(signal.SIGINT)
        tool.finish(process, timeout=20)
    assert re.search(r"pull.*waits for", result.out), str(result)
    assert re.search(r"\.[ch]pp:\d+", result.out), str(result)


def test_a_process_that_does_not_report_is_an_error():
    result = tool.run("ps", str(os.getpid()))
    assert result.code == exit_codes.CONNECT, str(result)
    assert f"process {os.getpid()}" in result.err, str(result)


@pytest.mark.parametrize("what", ["0", "-1", "abc", ""])
def test_what_is_no_process_is_refused(what):
    assert tool.run("ps", what).code == exit_codes.USAGE
