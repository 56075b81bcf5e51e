"""The programs that Diorama is measured beside, each started on loopback with a configuration of its own and one
thread where it can be told so, and ended by its process id."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from reference.emulator import free_port


class Missing(Exception):
    """A program is not installed, or did not start."""


def find(*names):
    for name in names:
        path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if path:
            return path
    raise Missing(f"{names[0]} is not installed (tools/install bench)")


class Peer:
    """A server in a temporary folder; usable in a with statement."""

    name = ""

    def __init__(self):
        self.port = free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="diorama-bench-"))
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def command(self):
        raise NotImplementedError

    def is_up(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def __enter__(self):
        try:
            command = self.command()
            self.log = open(self.folder / "log", "wb")
            # A session of its own, so that it can be ended with all its children.
            self.process = subprocess.Popen(
                command, stdout=self.log, stderr=self.log, cwd=self.folder, start_new_session=True
            )
            deadline = time.monotonic() + 30
            while not self.is_up():
                if self.process.poll() is not None or time.monotonic() > deadline:
                    tail = (self.folder / "log").read_text(errors="replace")[-500:]
                    raise Missing(f"{self.name} did not start: {tail}")
                time.sleep(0.02)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Peer):
    """nginx with the given server blocks; {port} and {folder} in them are replaced."""

    name = "nginx"

    def __init__(self, http, files=None):
        super().__init__()
        self.http = http
        os.makedirs(self.folder / "files")
        for name, content in (files or {}).items():
            (self.folder / "files" / name).write_bytes(content)

    def command(self):
        user = "user root;" if os.geteuid() == 0 else ""
        body = self.http.replace("{port}", str(self.port)).replace("{folder}", str(self.folder))
        paths = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi"))
        configuration = self.write(
            "nginx.conf",
            f"{user} daemon off; worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/errors;\n"
            "events { worker_connections 4096; }\n"
            f"http {{ {paths} access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n{body} }}\n",
        )
        return [find("nginx"), "-e", str(self.folder / "errors"), "-p", str(self.folder), "-c", str(configuration)]


FILES = "server { listen 127.0.0.1:{port}; root {folder}/files; open_file_cache max=1000; %s }"


def file_server(files, cache_control=None):
    """nginx that serves files: a peer of S3, and the origin or target behind the others."""
    return Nginx(FILES % (f'add_header Cache-Control "{cache_control}";' if cache_control else ""), files)


def caching_nginx(origin):
    return Nginx(
        "proxy_cache_path {folder}/cache keys_zone=all:16m max_size=256m; upstream origin { server 127.0.0.1:%d; }\n"
        "server { listen 127.0.0.1:{port}; location / { proxy_pass http://origin; proxy_cache all; proxy_cache_valid 1h; } }"
        % origin.port
    )


def balancing_nginx(targets):
    servers = "".join(f"server 127.0.0.1:{target.port}; " for target in targets)
    return Nginx(
        f"upstream targets {{ {servers} keepalive 64; }}\n"
        "server { listen 127.0.0.1:{port}; location / { proxy_pass http://targets; proxy_http_version 1.1;\n"
        'proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }'
    )


class HAProxy(Peer):
    name = "haproxy"

    def __init__(self, targets):
        super().__init__()
        self.targets = targets

    def command(self):
        servers = "".join(f"  server t{n} 127.0.0.1:{target.port}\n" for n, target in enumerate(self.targets))
        configuration = self.write(
            "haproxy.cfg",
            "global\n  nbthread 1\n  maxconn 4096\n"
            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n"
            "  option forwardfor\n  http-reuse always\n"
            f"frontend viewers\n  bind 127.0.0.1:{self.port}\n  default_backend targets\n"
            f"backend targets\n  balance roundrobin\n{servers}",
        )
        return [find("haproxy"), "-db", "-f", str(configuration)]


class Varnish(Peer):
    name = "varnish"

    def __init__(self, origin):
        super().__init__()
        self.origin = origin

    def command(self):
        rules = self.write(
            "rules.vcl",
            f'vcl 4.1;\nbackend origin {{ .host = "127.0.0.1"; .port = "{self.origin.port}"; }}\n'
            "sub vcl_backend_response { set beresp.ttl = 1h; }\n",
        )
        where = ["-a", f"127.0.0.1:{self.port}", "-n", str(self.folder / "work"), "-f", str(rules)]
        return [find("varnishd"), "-F", *where, "-s", "malloc,256m", "-j", "none", "-p", "thread_pools=1"]


class NameServer(Peer):
    """A peer that answers for one zone, given as the lines of a zone file."""

    def __init__(self, zone, lines):
        super().__init__()
        self.zone = zone
        soa = f"@ 3600 IN SOA ns.{zone}. hostmaster.{zone}. 1 7200 900 1209600 86400\n"
        self.file = self.write("zone", f"$ORIGIN {zone}.\n{soa}@ 3600 IN NS ns.{zone}.\nns 60 IN A 127.0.0.1\n" + lines)


class Knot(NameServer):
    name = "knot"

    def command(self):
        configuration = self.write(
            "knot.conf",
            f'server:\n    rundir: "{self.folder}"\n    listen: 127.0.0.1@{self.port}\n'
            "    udp-workers: 1\n    tcp-workers: 1\n    background-workers: 1\n"
            f'database:\n    storage: "{self.folder}"\n'
            f'zone:\n  - domain: {self.zone}\n    storage: "{self.folder}"\n    file: "{self.file}"\n'
            "    zonefile-sync: -1\n    journal-content: none\n",
        )
        return [find("knotd"), "-c", str(configuration)]


class Bind(NameServer):
    name = "bind9"

    def command(self):
        configuration = self.write(
            "named.conf",
            f'options {{ directory "{self.folder}"; listen-on port {self.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n'
            f'  pid-file "{self.folder}/pid"; session-keyfile "{self.folder}/key"; recursion no; minimal-responses yes;\n'
            "  managed-keys-directory \"" + str(self.folder) + '"; dnssec-validation no; };\ncontrols { };\n'
            f'zone "{self.zone}" {{ type primary; file "{self.file}"; }};\n',
        )
        return [find("named"), "-4", "-f", "-n", "1", "-c", str(configuration)]


class MariaDB(Peer):
    """MariaDB as Debian configures it: every transaction is synced to disk. Any user may do anything."""

    name = "mariadb"

    def command(self):
        server = find("mariadbd", "mysqld")
        data = self.folder / "data"
        user = ["--user=root"] if os.geteuid() == 0 else []
        made = subprocess.run(
            [find("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={data}", "--skip-test-db", *user],
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise Missing(f"mariadb-install-db failed: {made.stderr[-300:]}")
        where = [f"--datadir={data}", f"--port={self.port}", f"--socket={self.folder}/socket", "--bind-address=127.0.0.1"]
        return [server, "--no-defaults", *user, *where, f"--tmpdir={self.folder}", "--skip-grant-tables", "--skip-log-bin"]


class Moto(Peer):
    """moto_server, the emulator that many tests use; not a Debian package."""

    name = "moto_server"

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.clients = []  # with its port, all that Emulator.client() asks for

    def command(self):
        return [find("moto_server"), "-H", "127.0.0.1", "-p", str(self.port)]
