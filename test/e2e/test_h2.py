"""HTTP/2 with another stack, end to end: whatever a server does, pages are right or an error says why, in bounded time.

Each deed is done twice: for ever, to the client without a pull's retries, which tells the error; and once, to the tool,
whose table must be the source all the same.
"""

import os
import subprocess

import pytest

from rig import h2_scripts as scripts
from rig import tool
from rig.compare import assert_same_rows
from rig.h2_scripts import BAD_PAGE, Hostile
from rig.h2_server import Script, Server
from rig.nginx import make_certificate
from rig.readers import by_polars
from rig.setups import BY_NUMBER

CLIENT = os.environ.get("E2E_H2_CLIENT", tool.ROOT / "build/release/test/e2e_h2_client")
PAGES = 8
BOUND_S = 10

# What is said of the page. Those in the second table end the connection, and may end the other pages with it.
OF_THE_STREAM = {
    scripts.uppercase_name: "header field that may not stand there",
    scripts.connection_field: "header field that may not stand there",
    scripts.transfer_encoding: "header field that may not stand there",
    scripts.line_break_in_a_value: "header field that may not stand there",
    scripts.longer_than_announced: "longer than its content-length, 10",
    scripts.shorter_than_announced: "of 100000 bytes",
    scripts.two_lengths: "header field that may not stand there",
    scripts.no_status: "contradict each other",
    scripts.two_statuses: "header field that may not stand there",
    scripts.status_behind_fields: "header field that may not stand there",
    scripts.head_too_large: "header fields are larger",
    scripts.too_many_fields: "more than 200 header fields",
    scripts.header_bomb: "header fields are larger",
    scripts.endless_hints: "more 1xx responses than allowed",
    scripts.reset_midway: "reset the stream: INTERNAL_ERROR",
    scripts.stream_window_overflow: "more bytes in flight than HTTP/2 can count",
    scripts.silence: "no answer within",
}
OF_THE_CONNECTION = {
    scripts.push: "pushes responses",
    scripts.connection_window_overflow: "FLOW_CONTROL_ERROR",
    scripts.window_update_of_nothing: "breaks the rules of HTTP/2",
    scripts.more_than_the_window: "its body",  # a fast reader sees the limit of bodies first, another one the window's
    scripts.ping_flood: "the server ",  # asks for more answers than it takes in, or goes on for 10,000 frames
    scripts.settings_flood: "the server ",  # the same
    scripts.reset_flood: "the server reset",
    scripts.empty_data_flood: "frames in a row",
    scripts.continuation_flood: "CONTINUATION",
    scripts.damaged_compression: "COMPRESSION_ERROR",
    scripts.giant_frame: "frame of 20000 bytes",
    scripts.http1_answer: "are allowed",  # read as the head of a frame: only the first frame could be told apart
    scripts.cut_midway: "it breaks off: the end of its body is missing after 10 bytes",
    scripts.calm_down: "ENHANCE_YOUR_CALM",
}
DEEDS = OF_THE_STREAM | OF_THE_CONNECTION
ALLOWED = [Script, scripts.Graceful, scripts.Refusing, scripts.EarlyEnd, scripts.Late, scripts.OneAtATime,
           scripts.ClosedAtFirst, scripts.Restless, scripts.Drip, scripts.Interleaved, scripts.Ornate]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    make_certificate(folder)
    return folder


@pytest.fixture
def serve(certificates):
    servers = []

    def serving(script: Script) -> Server:
        servers.append(Server(script, PAGES, certificates))
        return servers[-1]

    yield serving
    for server in servers:
        server.close()


def fetch(server: Server, seconds: int = 5) -> dict[int, str]:
    """What became of each page: "200 <body>" or "error <why>"."""
    assert os.path.isfile(CLIENT), f"{CLIENT} is not there: build e2e_h2_client or set E2E_H2_CLIENT"
    command = [str(CLIENT), server.url, str(PAGES), str(seconds)]
    client = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=tool.environment())
    result = tool.finish(client, BOUND_S)
    assert result.code == 0, str(result)
    lines = dict(line.split(": ", 1) for line in result.out.splitlines())
    assert len(lines) == PAGES, str(result)
    return {int(number): outcome for number, outcome in lines.items()}


def whole(server: Server, number: int) -> str:
    return f"200 {server.bodies[number - 1]}"


@pytest.mark.parametrize("kind", ALLOWED, ids=lambda kind: kind.__name__)
def test_what_a_server_may_do_changes_nothing(serve, kind):
    server = serve(kind())
    outcomes = fetch(server)
    assert server.objections == []
    assert outcomes == {number: whole(server, number) for number in range(1, PAGES + 1)}


@pytest.mark.parametrize("deed", OF_THE_STREAM, ids=lambda deed: deed.__name__)
def test_a_response_that_is_broken_says_why_and_no_other_suffers(serve, deed):
    server = serve(Hostile(deed, once=False))
    outcomes = fetch(server, seconds=1)
    said = outcomes.pop(BAD_PAGE)
    assert said.startswith("error ") and OF_THE_STREAM[deed] in said
    assert outcomes == {number: whole(server, number) for number in outcomes}
    assert server.connections == 1 and len(server.requests) == PAGES


@pytest.mark.parametrize("deed", OF_THE_CONNECTION, ids=lambda deed: deed.__name__)
def test_a_connection_that_is_broken_says_why(serve, deed):
    server = serve(Hostile(deed, once=False))
    outcomes = fetch(server)
    said = outcomes.pop(BAD_PAGE)
    assert said.startswith("error ") and OF_THE_CONNECTION[deed] in said
    for number, outcome in outcomes.items():
        assert outcome == whole(server, number) or outcome.startswith("error "), outcome
    assert server.requests.count(BAD_PAGE) <= 2, "once more when a connection dies in use, and no oftener"


@pytest.fixture(scope="module")
def pulls(certificates, tmp_path_factory):
    """All at once: they mostly wait, for the servers and before they try again."""
    lakes = tmp_path_factory.mktemp("lakes")
    begun = {}
    for script in [Hostile(deed, once=True) for deed in DEEDS if deed is not scripts.silence] + [kind() for kind in ALLOWED]:
        name = name_of(script)
        server = Server(script, PAGES, certificates)
        process = tool.start("pull", f"{server.tls_url}/pages?page=1", "--to", lakes / name, "--name", "rows", *BY_NUMBER,
                             "--ca-file", certificates / "server.pem")
        begun[name] = server, process, tool.table(lakes / name)
    yield begun
    for server, process, _ in begun.values():
        server.close()
        process.kill()
        process.wait()


def name_of(script: Script) -> str:
    return script.deed.__name__ if isinstance(script, Hostile) else type(script).__name__


@pytest.mark.parametrize("name", [deed.__name__ for deed in DEEDS if deed is not scripts.silence] +
                         [kind.__name__ for kind in ALLOWED])
def test_a_pull_over_tls_is_the_source_in_spite_of_it(pulls, name):
    server, process, table = pulls[name]
    tool.finish(process, BOUND_S * 2).succeeded()
    assert_same_rows(by_polars(table).rows, server.rows)
    if name not in [kind.__name__ for kind in ALLOWED]:
        assert server.requests.count(BAD_PAGE) > 1, "the deed was not done"
