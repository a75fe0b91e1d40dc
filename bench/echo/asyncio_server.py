"""asyncio's server in bench/echo, on its own loop or on uvloop, as a Protocol or with streams.

Usage: asyncio_server.py protocol|stream|uvloop-protocol|uvloop-stream [<timers>]; prints its port.
"""
import asyncio
import socket
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.transport.write(data)


async def echo(reader, writer):
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve(idiom, timers):
    loop = asyncio.get_running_loop()
    if idiom.endswith("protocol"):
        server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=4096)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    asleep = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(timers)]
    await server.serve_forever()
    del asleep


def main():
    idiom = sys.argv[1] if len(sys.argv) > 1 else "protocol"
    timers = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if idiom.startswith("uvloop"):
        import uvloop  # only where it is asked for: asyncio alone needs no package

        uvloop.install()
    asyncio.run(serve(idiom, timers))


if __name__ == "__main__":
    main()
