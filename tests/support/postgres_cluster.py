#!/usr/bin/env python3
"""A private PostgreSQL cluster on a Unix socket that leaves nothing behind.

    postgres_cluster.py run [--fsync] -- CMD...   CMD with WRIT_POSTGRES=<url>, its exit status
    postgres_cluster.py start DIR                 makes DIR if it is new, starts it, prints the URL
    postgres_cluster.py stop DIR                  stops it, the data stays

`run` and the class make a throw-away cluster below /tmp. It ends with the process that started it,
however that one ends: a watchdog holds a pipe to it. The server runs as the user `postgres` when
started by root, which PostgreSQL refuses, and otherwise as the user. Only whoever may enter the
folder can connect; there is no TCP port. `--fsync` is for tests that kill the server.
"""
import argparse
import contextlib
import ctypes
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PACKAGE = "postgresql-15"
SUPERUSER = "writ"
# The address of a Unix socket holds 107 bytes.
SOCKET_PATH_MAX = 107
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60


class ClusterError(Exception):
    """What the person has to mend, in one line."""


def program(name):
    """The path of a program of the newest installed PostgreSQL."""
    version = lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0)
    installed = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=version)
    found = str(installed[-1]) if installed else shutil.which(name)
    if not found:
        raise ClusterError(f"PostgreSQL's {name} is not installed (package {PACKAGE})")
    return found


def _account():
    """The unprivileged account of the server, or None for the user's own."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ClusterError(f"no user 'postgres' to run the server as (package {PACKAGE})") from None


def _as_server(**more):
    account = _account()
    if account:
        more |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return more | {"stdin": subprocess.DEVNULL, "cwd": "/"}


def _die_with_parent():
    """For preexec_fn: SIGKILL when the parent ends, whatever ended it."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def url(folder, database="postgres"):
    return f"postgresql:///{database}?host={folder}&user={SUPERUSER}"


def _initdb(folder):
    made = subprocess.run(
        [program("initdb"), "-D", folder / "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync"], **_as_server(), preexec_fn=_die_with_parent,
        capture_output=True, text=True)
    if made.returncode != 0:
        raise ClusterError(f"initdb failed: {made.stderr.strip()}")


def _launch(folder, fsync):
    """Starts the server in a session of its own: a Ctrl-C is not meant for it."""
    if len(f"{folder}/.s.PGSQL.5432".encode()) > SOCKET_PATH_MAX:
        raise ClusterError(f"{folder}: too long for the path of a Unix socket")
    options = ["listen_addresses=", f"unix_socket_directories={folder}"]
    if not fsync:
        options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    command = [program("postgres"), "-D", folder / "data", "-p", "5432"]
    for option in options:
        command += ["-c", option]
    with open(folder / "log", "ab") as log:
        server = subprocess.Popen(command, **_as_server(), stdout=log, stderr=log,
                                  start_new_session=True)
    _await_ready(folder, server)
    return server


def _await_ready(folder, server):
    ready = [program("pg_isready"), "-q", "-d", url(folder)]
    deadline = time.monotonic() + START_TIMEOUT_S
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            tail = (folder / "log").read_text(errors="replace").splitlines()[-5:]
            raise ClusterError("the server did not start: " + " | ".join(tail))
        time.sleep(0.02)


def _processes(folder):
    """Every process of the server, orphans too: their working directory is its data."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(entry / "cwd").startswith(str(folder / "data")):
                    found.append(int(entry.name))
    return found


def _await_ended(folder, timeout_s):
    deadline = time.monotonic() + timeout_s
    while _processes(folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not _processes(folder)


def _signal_all(folder, number):
    for pid in _processes(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _watch(folder):
    """The watchdog: removes the cluster when its standard input ends."""
    # Reparented, so that whoever kills the tree of a test does not find it.
    if os.fork() != 0:
        os._exit(0)
    sys.stdin.buffer.read()
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while folder.exists() and time.monotonic() < deadline:
        _signal_all(folder, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.01)


class PostgresCluster:
    """A running throw-away cluster; also a context manager."""

    def __init__(self, fsync=False):
        self._fsync = fsync
        self.folder = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        account = _account()
        program("initdb")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="writ-pg-", dir="/tmp"))
        self._watchdog = subprocess.Popen(
            [sys.executable, "-B", __file__, "watch", str(self.folder)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, start_new_session=True)
        self._watchdog.wait()
        try:
            if account:
                os.chown(self.folder, account.pw_uid, account.pw_gid)
            _initdb(self.folder)
            self._server = _launch(self.folder, self._fsync)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """Ends every process and removes the folder."""
        if not self.folder:
            return
        self._watchdog.stdin.close()
        self._watchdog.stdout.read()  # ends with the watchdog
        self._watchdog.stdout.close()
        self._reap()
        self.folder = None

    def _reap(self):
        server = getattr(self, "_server", None)
        if server:
            server.wait()

    @property
    def url(self):
        return url(self.folder)

    @property
    def pid(self):
        """The postmaster's."""
        return self._server.pid

    def signal(self, number):
        """Sends a signal to the postmaster and all it has started."""
        _signal_all(self.folder, number)

    def restart(self):
        """Starts the server again on its data, after whatever happened to it."""
        if self._server.poll() is None:
            self.signal(signal.SIGCONT)
            self._server.send_signal(signal.SIGINT)
        self._reap()
        # The next server is refused while an orphan holds the shared memory.
        if not _await_ended(self.folder, STOP_TIMEOUT_S):
            raise ClusterError("processes of the last server do not end")
        self._server = _launch(self.folder, self._fsync)

    def create_database(self, name):
        """Makes an empty database and returns its URL."""
        subprocess.run([program("createdb"), f"--maintenance-db={self.url}", name], check=True)
        return url(self.folder, name)


def run(command, fsync):
    with PostgresCluster(fsync) as cluster:
        child = None

        def forward(number, _frame):
            if child is None:
                sys.exit(128 + number)
            child.send_signal(number)

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, forward)
        child = subprocess.Popen(command, env=os.environ | {"WRIT_POSTGRES": cluster.url},
                                 preexec_fn=_die_with_parent)
        status = child.wait()
        return status if status >= 0 else 128 - status


def start(folder):
    """A cluster that stays, for a person."""
    if not (folder / "data" / "PG_VERSION").exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        account = _account()
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        _initdb(folder)
    if not _processes(folder):
        _launch(folder, fsync=True)
    print(url(folder))
    return 0


def stop(folder):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
    if not _await_ended(folder, STOP_TIMEOUT_S):
        raise ClusterError(f"{folder}: the server does not end")
    return 0


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    run_parser = commands.add_parser("run")
    run_parser.add_argument("--fsync", action="store_true")
    run_parser.add_argument("command", nargs="+", metavar="CMD")
    for name in ("start", "stop", "watch"):
        commands.add_parser(name).add_argument("folder", type=pathlib.Path)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.what == "run":
            return run(chosen.command, chosen.fsync)
        action = {"start": start, "stop": stop, "watch": _watch}[chosen.what]
        return action(chosen.folder.resolve())
    except ClusterError as error:
        print(f"postgres_cluster: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
