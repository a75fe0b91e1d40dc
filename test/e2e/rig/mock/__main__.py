"""The process: `python -m rig.mock PORT FOLDER`. Ends when its parent does (rig.process sees to it).

    POST /_new        a scenario as JSON → {"id": "s7"}; it is then at /s7/…
    GET  /_report/s7  {"requests": […], "peak": most at once, and what the scenario says of its rows}
    POST /_add/s7     rows that /changes has from now on
    GET  /_ready
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path

from rig.mock.scenario import Scenario
from rig.mock.source import Source
from rig.mock.wire import HEAD_MAX, Answer, Request, read_request
from rig.nginx import make_certificate

OTHER_ADDRESS = "127.0.0.2"  # another host on the same machine


class Server:
    def __init__(self, port: int):
        self.plain_host, self.other_host = f"127.0.0.1:{port}", f"{OTHER_ADDRESS}:{port}"
        self.sources: dict[str, Source] = {}

    async def connected(self, reader, writer, scheme: str) -> None:
        try:
            while request := await read_request(reader, scheme):
                answer = await self.answer(request)
                writer.write(answer.bytes())
                await writer.drain()
                if answer.cut is not None:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):  # gone in the middle, or no HTTP
            pass
        finally:
            writer.close()

    async def answer(self, request: Request) -> Answer:
        where, _, rest = request.path.lstrip("/").partition("/")
        if where.startswith("_"):
            return self.control(where, rest, request)
        source = self.sources.get(where)
        if source is None:
            return Answer({"error": "there is no such scenario"}, 404)
        source.in_flight += 1
        source.peak = max(source.peak, source.in_flight)
        try:
            if wait_s := source.latency_s(request):
                await asyncio.sleep(wait_s)
            return source.answer(request)
        finally:
            source.in_flight -= 1

    def control(self, verb: str, name: str, request: Request) -> Answer:
        match verb:
            case "_new":
                name = f"s{len(self.sources) + 1}"
                self.sources[name] = Source(self, Scenario(**request.json()))
                return Answer({"id": name})
            case "_report":
                return Answer(self.sources[name].report())
            case "_add":
                self.sources[name].memory.setdefault("added", []).extend(request.json())
        return Answer({})


async def main(port: int, folder: Path) -> None:
    make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    server = Server(port)

    def serving(scheme: str):
        return lambda reader, writer: server.connected(reader, writer, scheme)

    secure = await asyncio.start_server(serving("https"), "127.0.0.1", 0, ssl=context, limit=HEAD_MAX)
    (folder / "tls_url").write_text(f"https://127.0.0.1:{secure.sockets[0].getsockname()[1]}")
    async with await asyncio.start_server(serving("http"), ["127.0.0.1", OTHER_ADDRESS], port, limit=HEAD_MAX) as plain:
        await plain.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
