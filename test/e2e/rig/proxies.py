"""Proxies that others wrote: tinyproxy (HTTP, CONNECT) and microsocks (SOCKS 5), each for one user."""

import socket
from pathlib import Path

from rig import process
from rig.wait import wait_until

USER, PASSWORD = "ada", "hush"

TINYPROXY_CONF = """
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 100
LogLevel Connect
BasicAuth {user} {password}
"""


def http(folder: Path) -> process.Server:
    def command(port: int) -> list:
        conf = folder / "tinyproxy.conf"
        conf.write_text(TINYPROXY_CONF.format(port=port, user=USER, password=PASSWORD))
        return ["tinyproxy", "-d", "-c", conf]

    return _serve("tinyproxy", command, folder)


def socks5(folder: Path) -> process.Server:
    def command(port: int) -> list:
        return ["microsocks", "-i", "127.0.0.1", "-p", port, "-u", USER, "-P", PASSWORD]

    return _serve("microsocks", command, folder)


def url(server: process.Server, scheme: str, password: str = PASSWORD) -> str:
    return server.url.replace("http://", f"{scheme}://{USER}:{password}@")


def _serve(name: str, command, folder: Path) -> process.Server:
    port = process.free_port()
    log = folder / f"{name}.log"
    started = process.spawn(name, [str(part) for part in command(port)], log, {})
    server = process.Server(name, started, f"http://127.0.0.1:{port}", log)
    process.running.append(server)
    wait_until(lambda: _listens(port), name)
    return server


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
