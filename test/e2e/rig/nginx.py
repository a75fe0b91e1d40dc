"""Starts nginx over static page files: linked by the next URL in the body, or by number (`?page=N`).

    /next/<set>/page-1.json     the next URL in the body
    /pages/<set>?page=1         a total in the body; without ?page= it is page 1
    /slow/<set>?page=1          as /pages/, at 2 KB/s: a page takes seconds
    /wrapped/…  /single/…  /broken/<style>/<kind>…   see pages.py
"""

import shutil
from pathlib import Path

from rig import pages
from rig.process import Server, start

CONF = """
daemon off;
master_process off;  # one process of the user who runs the tests
error_log stderr warn;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
    types {{ application/json json; text/html html; }}
    default_type application/json;
    log_format brief '$status $request_method $request_uri';
    access_log {folder}/access.log brief;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 20;  # connections end between pages, as they do in the world
    map $arg_page $page {{ default $arg_page; "" 1; }}
    server {{
        listen 127.0.0.1:{port} backlog=511;
        root {root};
        location = /ready {{ return 200 "ready"; }}
        location ~ ^/(pages|wrapped)/[a-z]+$ {{ try_files $uri/page-$page.json =404; }}
        location ~ ^/slow/([a-z]+)$ {{ limit_rate 2k; try_files /pages/$1/page-$page.json =404; }}
        location ~ ^/broken/(next|pages)/missing/page-{bad}.json$ {{ return 404; }}
        location ~ ^/broken/(next|pages)/error/page-{bad}.json$ {{ return 500; }}
        location ~ ^/broken/next/secret/page-{bad}.json$ {{ return 404; }}
        location ~ ^/broken/pages/[a-z]+$ {{ rewrite ^ $uri/page-$page.json last; }}
    }}
}}
"""


class Nginx(Server):
    """`requests()`: the lines of the access log since the last call, each "status method URI"."""

    seen = 0

    def requests(self) -> list[str]:
        lines = (self.log.parent / "access.log").read_text().splitlines()
        new, self.seen = lines[self.seen :], len(lines)
        return new


def serve(folder: Path) -> Nginx:
    root = folder / "root"
    root.mkdir(parents=True)
    pages.write_all(root)
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "nginx"

    def command(port: int) -> list:
        conf = folder / "nginx.conf"
        conf.write_text(CONF.format(folder=folder, root=root, port=port, bad=pages.BAD_PAGE))
        return [program, "-p", folder, "-c", conf, "-e", "stderr"]

    return start("nginx", command, "/ready", folder, kind=Nginx)
