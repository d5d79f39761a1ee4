"""A small process that outlives us just long enough to clean up after us.

It owns a private directory and the servers in it, obeys one JSON request per
line on its standard input, and when that input ends, for whatever reason, it
stops what it started and removes the directory.

This file runs on its own, by path and in isolated mode: it imports the
standard library only, so that it works from any installation.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

_PR_SET_PDEATHSIG = 1
_ORPHAN_CHECK_S = 1.0
_POLL_S = 0.02
_GRACE_S = 10.0
_PRIVATE = 0o700
# sockaddr_un holds 104 bytes and a NUL on some systems; the socket is `.s.PGSQL.65535`.
_LONGEST_DIRECTORY = 103 - len("/.s.PGSQL.65535")


class Ended(BaseException):
    """Our parent is gone or closed our input: time to clean up."""


class Keeper:
    """Run commands and at most one server inside a private directory."""

    def __init__(self, *, uid: int | None, gid: int | None, prefix: str) -> None:
        """Create the private directory, owned by the account of the server."""
        self._uid, self._gid = uid, gid
        self._parent = os.getppid()
        self._server: subprocess.Popen[bytes] | None = None
        self._stop_signals: Sequence[int] = (signal.SIGTERM,)
        self._unread = b""
        self.directory = Path(tempfile.mkdtemp(prefix=prefix, dir=_root(prefix, uid)))
        self.directory.chmod(_PRIVATE)
        if uid is not None and gid is not None:
            os.chown(self.directory, uid, gid)

    def serve(self) -> None:
        """Answer requests until our input ends."""
        while True:
            request = json.loads(self._next_line())
            try:
                answer = self._answer(request)
            except OSError as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            _reply(answer)

    def clean_up(self) -> None:
        """Stop the server and remove the directory, whatever happened before."""
        with contextlib.suppress(OSError):
            self._stop()
        _remove(self.directory)

    def _answer(self, request: Mapping[str, object]) -> dict[str, object]:
        match request:
            case {"op": "run", "argv": list(argv), "env": dict(env)}:
                return self._run(argv, env)
            case {"op": "start", "argv": list(argv), "env": dict(env), "stop_signals": list(stop)}:
                self._stop_signals = stop
                return {"pid": self._start(argv, env)}
            case {"op": "poll"}:
                return {"returncode": self._server.poll() if self._server else None}
            case {"op": "signal", "number": int(number)}:
                self._signal(number)
                return {}
            case {"op": "stop"}:
                return {"returncode": self._stop()}
        return {"error": f"unknown request {request.get('op')!r}"}

    def _run(self, argv: Sequence[str], env: Mapping[str, str]) -> dict[str, object]:
        with tempfile.TemporaryFile() as output:
            child = self._spawn(argv, env, output)
            while child.poll() is None:
                try:
                    self._watch(_POLL_S)
                except Ended:
                    child.kill()
                    child.wait()
                    raise
            output.seek(0)
            text = output.read().decode("utf-8", "replace")
        return {"returncode": child.returncode, "output": text}

    def _start(self, argv: Sequence[str], env: Mapping[str, str]) -> int:
        with (self.directory / "server.out").open("wb") as output:
            self._server = self._spawn(argv, env, output)
        return self._server.pid

    def _spawn(
        self, argv: Sequence[str], env: Mapping[str, str], output: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            argv,
            env=dict(env),
            cwd=self.directory,
            user=self._uid,
            group=self._gid,
            extra_groups=None if self._uid is None else [],
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_death_signal(),  # noqa: PLW1509 - this process has one thread
        )

    def _signal(self, number: int) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(number)

    def _stop(self) -> int | None:
        if self._server is None:
            return None
        for number in (*self._stop_signals, signal.SIGKILL):
            self._signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._server.wait(_GRACE_S)
        return None

    def _next_line(self) -> bytes:
        while b"\n" not in self._unread:
            self._watch(_ORPHAN_CHECK_S)
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _watch(self, timeout_s: float) -> None:
        """Wait for input or the timeout, and notice when nobody is left to serve."""
        stdin = sys.stdin.fileno()
        if select.select([stdin], [], [], timeout_s)[0]:
            received = os.read(stdin, 1 << 16)
            if not received:
                raise Ended
            self._unread += received
        # A fork of our parent may still hold the other end of the pipe open.
        if os.getppid() != self._parent:
            raise Ended


def _root(prefix: str, uid: int | None) -> str:
    """Return a temporary directory with room for a socket's path.

    Another account must reach it, too: TMPDIR of root may be private to root, and the
    server is not root.
    """
    for candidate in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - as a fallback
        path = Path(candidate).resolve()
        if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
            continue
        is_short = len(os.fsencode(path / f"{prefix}12345678")) <= _LONGEST_DIRECTORY
        if is_short and (uid is None or _is_open(path)):
            return candidate
    return tempfile.gettempdir()


def _is_open(path: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))


def _death_signal() -> Callable[[], None] | None:
    """Return a hook that has the kernel end a child when this process is killed."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def end_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)

    return end_with_parent


def _remove(directory: Path) -> None:
    """Remove a directory, again if a process on its way out still wrote into it."""
    deadline = time.monotonic() + _GRACE_S
    while directory.exists() and time.monotonic() < deadline:
        shutil.rmtree(directory, ignore_errors=True)
        time.sleep(0 if not directory.exists() else _POLL_S)


def _reply(answer: Mapping[str, object]) -> None:
    try:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise Ended from error


def _end(_number: int, _frame: object) -> NoReturn:
    raise Ended


def main(arguments: Sequence[str]) -> None:
    """Serve one parent, then clean up.

    Args:
        arguments: Prefix of the directory's name, and uid and gid if they change.
    """
    prefix, *account = arguments
    uid, gid = (int(number) for number in account) if account else (None, None)
    ending = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for number in ending:
        signal.signal(number, _end)
    keeper = Keeper(uid=uid, gid=gid, prefix=prefix)
    try:
        _reply({"directory": str(keeper.directory)})
        keeper.serve()
    except Ended:
        pass
    finally:
        for number in ending:
            signal.signal(number, signal.SIG_IGN)
        keeper.clean_up()


if __name__ == "__main__":
    main(sys.argv[1:])
