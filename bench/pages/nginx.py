"""The server of bench/pages: Debian's nginx with one worker in a folder of its own; counts what it served itself."""
import os
import pwd
import re
import socket
import subprocess
import time
import urllib.request

CONF = """
{user}
worker_processes 1;
pid {prefix}/nginx.pid;
error_log {prefix}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    open_file_cache max=1000 inactive=1h;
    open_file_cache_valid 1h;
    client_body_temp_path {prefix}/body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
    types {{ application/json json; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        listen 127.0.0.1:{h2c_port} http2 backlog=4096;
        listen 127.0.0.1:{tls_port} ssl http2 backlog=4096;
        ssl_certificate {prefix}/server.pem;
        ssl_certificate_key {prefix}/server.key;
        ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
        http2_max_concurrent_streams 128;
        root {root};
        location = /served {{ stub_status; }}
    }}
}}
"""
START_SECONDS_MAX = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder):
    """The server's own, signed by itself and by no authority, which rustls would refuse: its file, beside its key."""
    file = f"{folder}/server.pem"
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-keyout", f"{folder}/server.key", "-out", file, "-days", "2", "-subj", "/CN=nginx of a benchmark",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"], check=True, capture_output=True)
    return file


class Nginx:
    """`with Nginx(prefix, root) as server:`. Ends with the block, and also when this process is killed."""

    def __init__(self, prefix, root):
        self.prefix = str(prefix)
        self.port = free_port()
        self.own_url = f"http://127.0.0.1:{self.port}"
        h2c_port, tls_port = free_port(), free_port()
        self.urls = {"http": self.own_url, "h2c": f"http://127.0.0.1:{h2c_port}"}
        self.urls |= dict.fromkeys(["https", "h2"], f"https://127.0.0.1:{tls_port}")
        self.certificate = make_certificate(self.prefix)
        user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""  # only root may switch
        self.conf = f"{self.prefix}/nginx.conf"
        with open(self.conf, "w", encoding="utf-8") as conf:
            conf.write(CONF.format(user=user, prefix=self.prefix, port=self.port, root=root,
                                   h2c_port=h2c_port, tls_port=tls_port))

    def __enter__(self):
        error_log = f"{self.prefix}/error.log"
        command = ["setpriv", "--pdeathsig", "TERM", "nginx", "-e", error_log, "-p", self.prefix, "-c", self.conf]
        path = os.environ["PATH"] + ":/usr/sbin"
        self.process = subprocess.Popen(command + ["-g", "daemon off;"], env={**os.environ, "PATH": path})
        try:
            self.wait_started()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def wait_started(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                return self.served()
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"nginx did not start on {self.own_url}: see {self.prefix}/error.log") from error
                time.sleep(0.02)

    def served(self):
        """(connections accepted, requests answered) since the start, the call itself included in both."""
        with urllib.request.urlopen(f"{self.own_url}/served", timeout=5) as response:
            text = response.read().decode()
        accepted, _, requests = re.search(r"\n\s*(\d+) (\d+) (\d+)", text).groups()
        return int(accepted), int(requests)
