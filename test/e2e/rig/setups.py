"""How each server is configured, started and told to read its configuration again.

A configuration has a generation, a number that grows with every reload and restart: answers carry it in the field
X-Generation, and each generation has an access log of its own.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rig.nginx import make_certificate
from rig.process import free_port

E2E = Path(__file__).parents[1]
BY_NUMBER = ("--paginator", "page_number:total_path=$.total_pages")
BY_LINK = ("--paginator", "json_link")  # one page after the other
UNPRIVILEGED = "nobody"  # as root, Apache refuses to serve, and others leave root by themselves


@dataclass(frozen=True)
class Keep:
    """How long a connection serves: so many requests, idle for so long between them, and before the first."""

    requests: int = 1000
    idle_ms: int = 5000
    first_ms: int = 20000


class Setup:
    """`folder` and `root` can be read, and `folder` be written, by the user `user`, if there is one."""

    name = ""
    path = "/pages?page=1"
    options: tuple[str, ...] = BY_NUMBER
    user: str | None = UNPRIVILEGED
    can_reload = True
    reload_signal = signal.SIGHUP
    idle_min_ms = 1  # the shortest rest after which it closes a connection
    environment: dict[str, str] = {}

    def __init__(self, folder: Path, root: Path, keep: Keep, backend: str = ""):
        self.folder, self.root, self.keep, self.backend = folder, root, keep, backend
        self.generation = 0
        self.pages_port: int | None = None  # when it is another than that of READY

    def command(self, port: int) -> list:
        """Writes the configuration; returns what starts the server."""
        raise NotImplementedError

    def reload(self, pid: int, port: int) -> list | None:
        """Tells the server `pid` that there is another configuration. A command: the server that takes over."""
        self.command(port)
        os.kill(pid, self.reload_signal)
        return None

    def log_of(self, generation: int) -> Path:
        return self.folder / f"access-{generation}.log"

    def pages_url(self, port: int) -> str:
        """What is pulled."""
        return f"http://127.0.0.1:{port}{self.path}"

    def write_conf(self, template: str, port: int) -> Path:
        conf = self.folder / f"{self.name}.conf"
        conf.write_text(template.format(folder=self.folder, root=self.root, port=port, backend=self.backend,
                                        generation=self.generation, log=self.log_of(self.generation),
                                        requests=self.keep.requests, more_requests=self.keep.requests - 1,
                                        keeps="off" if self.keep.requests == 1 else "on",
                                        idle_ms=self.keep.idle_ms, idle_s=_seconds(self.keep.idle_ms),
                                        fds=min(16000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
                                        first_ms=self.keep.first_ms, first_s=_seconds(self.keep.first_ms)))
        return conf


class Nginx(Setup):
    name = "nginx"
    conf = """
daemon off;
worker_processes 2;
error_log stderr warn;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
    default_type application/json;
    log_format brief '$status $remote_port $request_uri';
    access_log {log} brief;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests {requests};
    keepalive_timeout {idle_ms}ms;
    client_header_timeout {first_ms}ms;
    add_header X-Generation {generation};
    server {{
        listen 127.0.0.1:{port} backlog=511;
        root {root};
        location = /pages {{ try_files /pages/$arg_page.json =404; }}
    }}
}}
"""

    def command(self, port: int) -> list:
        return [_program("nginx"), "-p", self.folder, "-c", self.write_conf(self.conf, port), "-e", "stderr"]


class NginxTls(Nginx):
    """The pages come over TLS, sessions are resumed where the server still knows them; `port` is for other questions."""

    name = "nginx-tls"
    conf = Nginx.conf.replace("        listen", """        listen 127.0.0.1:{tls_port} ssl backlog=511;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_session_cache shared:sessions:1m;
        listen""")

    def __init__(self, *arguments):
        super().__init__(*arguments)
        make_certificate(self.folder)
        for file in self.folder.glob("server.*"):
            file.chmod(0o644)
        self.pages_port = free_port()
        self.options = (*BY_NUMBER, "--ca-file", str(self.folder / "server.pem"))

    def command(self, port: int) -> list:
        self.conf = type(self).conf.replace("{tls_port}", str(self.pages_port))
        return super().command(port)

    def pages_url(self, port: int) -> str:
        return f"https://127.0.0.1:{self.pages_port}{self.path}"


class NginxHttp2(NginxTls):
    """The same over HTTP/2: a connection carries all requests, and ends by GOAWAY."""

    name = "nginx-http2"
    conf = NginxTls.conf.replace(" ssl backlog", " ssl http2 backlog")


class Apache(Setup):
    name = "apache"
    reload_signal = signal.SIGUSR1  # "graceful"
    conf = """
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/apache.pid
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule reqtimeout_module /usr/lib/apache2/modules/mod_reqtimeout.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
ServerLimit 8
StartServers 2
ThreadsPerChild 16
MaxRequestWorkers 64
MaxSpareThreads 64
ErrorLog {folder}/error.log
LogFormat "%>s %{{remote}}p %U%q" brief
CustomLog {log} brief
DocumentRoot {root}
KeepAlive {keeps}
MaxKeepAliveRequests {more_requests}
KeepAliveTimeout {idle_ms}ms
RequestReadTimeout header={first_s}
Header always set X-Generation {generation}
RewriteEngine On
RewriteCond %{{QUERY_STRING}} ^page=([0-9]+)$
RewriteRule ^/pages$ {root}/pages/%1.json [END]
"""

    def command(self, port: int) -> list:
        return [_program("apache2"), "-DFOREGROUND", "-f", self.write_conf(self.conf, port)]


class Lighttpd(Setup):
    """It keeps each file open for seconds that it has given, whatever its cache is told, and answers 403, or crashes, when it
    has no descriptors left."""

    name = "lighttpd"
    idle_min_ms = 1000
    reload_signal = signal.SIGUSR1
    conf = """
server.document-root = "{root}"
server.bind = "127.0.0.1"
server.port = {port}
server.modules = ("mod_rewrite", "mod_setenv", "mod_accesslog")
server.errorlog = "{folder}/error.log"
server.upload-dirs = ("{folder}")
server.max-keep-alive-requests = {more_requests}
server.max-keep-alive-idle = {idle_s}
server.max-read-idle = {first_s}
server.max-fds = {fds}
server.feature-flags = ("server.graceful-shutdown-timeout" => 2)
mimetype.assign = (".json" => "application/json")
url.rewrite-once = ("^/pages\\?page=([0-9]+)$" => "/pages/$1.json")
setenv.set-response-header = ("X-Generation" => "{generation}")
accesslog.filename = "{log}"
accesslog.format = "%s %{{remote}}p %r"
"""

    def command(self, port: int) -> list:
        return [_program("lighttpd"), "-D", "-f", self.write_conf(self.conf, port)]


class Haproxy(Setup):
    """In front of another server. A reload is a second process that binds the port, too, and tells the first to go."""

    name = "haproxy"
    conf = """
global
    log stdout format raw local0 info
    maxconn 512
    hard-stop-after 1s
defaults
    mode http
    log global
    option httplog
    timeout connect 100ms
    timeout client 30s
    timeout server 30s
    timeout http-request {first_ms}ms
    timeout http-keep-alive {idle_ms}ms
frontend pages
    bind 127.0.0.1:{port}
    option {closes}
    http-after-response set-header X-Generation {generation}
    default_backend files
backend files
    server files {backend}
"""

    def command(self, port: int) -> list:
        conf = self.conf.replace("{closes}", "httpclose" if self.keep.requests == 1 else "http-keep-alive")
        return _with_output(1, self.log_of(self.generation),
                            [_program("haproxy"), "-db", "-f", self.write_conf(conf, port)])

    def reload(self, pid: int, port: int) -> list:
        return [*self.command(port), "-sf", pid]


class Caddy(Setup):
    """It has no limit for the requests of a connection."""

    name = "caddy"
    conf = """
{{
    admin unix/{folder}/admin.socket
    auto_https off
    grace_period 1s
    servers {{
        timeouts {{
            idle {idle_ms}ms
            read_header {first_ms}ms
        }}
    }}
}}
http://127.0.0.1:{port} {{
    bind 127.0.0.1
    root * {root}
    header X-Generation {generation}
    @numbered path /pages
    rewrite @numbered /pages/{{query.page}}.json
    file_server
    log {{
        output file {log}
    }}
}}
"""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.environment = {"XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder),
                            "HOME": str(self.folder)}

    def command(self, port: int) -> list:
        return [_program("caddy"), "run", "--adapter", "caddyfile", "--config", self.write_conf(self.conf, port)]

    def reload(self, pid: int, port: int) -> None:
        command = self.command(port)
        command[1] = "reload"
        command += ["--address", f"unix/{self.folder}/admin.socket"]
        subprocess.run([str(part) for part in command], check=True, capture_output=True,
                       env={**os.environ, **self.environment})


class Webfs(Setup):
    name = "webfs"
    path = "/pages/1.json"
    options = BY_LINK
    can_reload = False

    def command(self, port: int) -> list:
        return [_program("webfsd"), "-F", "-4", "-i", "127.0.0.1", "-p", port, "-r", self.root,
                "-L", self.log_of(self.generation)]


class Busybox(Setup):
    """A process for each connection, and a connection for each request."""

    name = "busybox"
    path = "/pages/1.json"
    options = BY_LINK
    can_reload = False

    def command(self, port: int) -> list:
        return _with_output(2, self.log_of(self.generation),
                            [_program("busybox"), "httpd", "-f", "-vv", "-p", f"127.0.0.1:{port}", "-h", self.root])


class Gunicorn(Setup):
    """An application server: keeps connections in threads, and starts its workers anew at a reload."""

    name = "gunicorn"
    idle_min_ms = 1000
    user = None  # it reads this folder's Python
    conf = """
bind = "127.0.0.1:{port}"
workers = 1
threads = 8
worker_class = "gthread"
keepalive = {idle_s}
graceful_timeout = 1
accesslog = "{log}"
access_log_format = "%(s)s %(U)s?%(q)s"
worker_tmp_dir = "{folder}"
raw_env = ["GENERATION={generation}", "ROOT={root}"]
"""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.environment = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(E2E)}

    def command(self, port: int) -> list:
        self.write_conf(self.conf, port).rename(self.folder / "gunicorn.conf.py")
        return [sys.executable, "-m", "gunicorn", "-c", self.folder / "gunicorn.conf.py", "rig.files_app:application"]


def _seconds(ms: int) -> int:
    return -(-ms // 1000)


def _with_output(descriptor: int, log: Path, command: list) -> list:
    """What logs to a standard stream logs to a file."""
    return ["/bin/sh", "-c", f'exec "$@" {descriptor}>"$0"', log, *command]


def _program(name: str) -> str:
    return shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin") or name
