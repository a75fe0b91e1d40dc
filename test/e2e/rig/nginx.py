"""Starts nginx over static page files: linked by the next URL in the body, or by number (`?page=N`).

    /next/<set>/page-1.json     the next URL in the body
    /pages/<set>?page=1         a total in the body; without ?page= it is page 1
    /slow/<set>?page=1          as /pages/, at 2 KB/s: a page takes seconds
    /moved/<set>?page=1         a redirect to /pages/ at `tls_url`, where the same files are, compressed when asked for
    /wrapped/…  /single/…  /broken/<style>/<kind>…   see pages.py
"""

import shutil
import subprocess
from pathlib import Path

from rig import pages
from rig.process import Server, free_port, get, start
from rig.wait import wait_until

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
    log_format secure '$status $request_uri $ssl_protocol $sent_http_content_encoding $http_x_api_key $server_protocol';
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
        location ~ ^/moved/([a-z]+)$ {{ return 302 https://127.0.0.1:{tls_port}/pages/$1$is_args$args; }}
        location ~ ^/(pages|wrapped)/[a-z]+$ {{ try_files $uri/page-$page.json =404; }}
        location ~ ^/slow/([a-z]+)$ {{ limit_rate 2k; try_files /pages/$1/page-$page.json =404; }}
        location ~ ^/broken/(next|pages)/missing/page-{bad}.json$ {{ return 404; }}
        location ~ ^/broken/(next|pages)/error/page-{bad}.json$ {{ return 500; }}
        location ~ ^/broken/next/secret/page-{bad}.json$ {{ return 404; }}
        location ~ ^/broken/pages/[a-z]+$ {{ rewrite ^ $uri/page-$page.json last; }}
    }}
    server {{
        listen 127.0.0.1:{tls_port} ssl http2;
        ssl_protocols TLSv1.2 TLSv1.3;  # 1.3 is not among the defaults of Debian 12's nginx
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        access_log {folder}/tls.log secure;
        root {root};
        gzip on;
        gzip_types application/json;
        gzip_min_length 1;
        location ~ ^/pages/[a-z]+$ {{ try_files $uri/page-$page.json =404; }}
        location ~ ^/plain/([a-z]+)$ {{ return 302 http://127.0.0.1:{port}/pages/$1; }}
    }}
}}
"""


class Nginx(Server):
    """`requests()`: the lines of the access log since the last call, each "status method URI"."""

    seen = 0
    marks = 0

    def requests(self) -> list[str]:
        mark = self._mark()
        lines = (self.folder / "access.log").read_text().splitlines()
        new, self.seen = lines[self.seen :], len(lines)
        return [line for line in new if line != mark]

    def _mark(self) -> str:
        """nginx logs a request after it has answered: what came before this one is in the log when this one is."""
        self.marks += 1
        path = f"/ready?mark={self.marks}"
        get(self.url + path)
        line = f"200 GET {path}"
        wait_until(lambda: line in (self.folder / "access.log").read_text().splitlines(), "nginx's log")
        return line

    @property
    def folder(self) -> Path:
        return self.log.parent

    @property
    def tls_url(self) -> str:
        return (self.folder / "tls_url").read_text()

    @property
    def certificate(self) -> Path:
        """The server's own, signed by itself, for 127.0.0.1 and 0.0.0.0."""
        return self.folder / "server.pem"

    def tls_requests(self) -> list[list[str]]:
        """[status, URI, TLS version, content coding, X-Api-Key, HTTP version] of every request over TLS; "-" for none."""
        self._mark()
        return [line.split() for line in (self.folder / "tls.log").read_text().splitlines()]


def make_certificate(folder: Path) -> None:
    """server.pem and server.key, signed by itself, for 127.0.0.1 alone."""
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-keyout", folder / "server.key", "-out", folder / "server.pem", "-days", "2",
                    "-subj", "/CN=nginx of a test", "-addext", "subjectAltName=IP:127.0.0.1,IP:0.0.0.0"],
                   check=True, capture_output=True)


def serve(folder: Path) -> Nginx:
    root = folder / "root"
    root.mkdir(parents=True)
    pages.write_all(root)
    make_certificate(folder)
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "nginx"

    def command(port: int) -> list:
        conf = folder / "nginx.conf"
        tls_port = free_port()
        (folder / "tls_url").write_text(f"https://127.0.0.1:{tls_port}")
        conf.write_text(CONF.format(folder=folder, root=root, port=port, tls_port=tls_port, bad=pages.BAD_PAGE))
        return [program, "-p", folder, "-c", conf, "-e", "stderr"]

    return start("nginx", command, "/ready", folder, kind=Nginx)
