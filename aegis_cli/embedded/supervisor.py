"""Our end of the process that keeps a throw-away server and cleans up after it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aegis_cli.embedded import supervisor_process
from aegis_cli.embedded.account import Account
from aegis_cli.model.errors import SourceUnavailable

_SUBJECT = "embedded server"
# Longer than the supervisor itself allows a server that does not want to stop.
_CLOSE_S = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command inside the private directory returned and printed."""

    returncode: int
    output: str


class Supervisor:
    """Run commands and one server inside a private directory."""

    def __init__(self, process: subprocess.Popen[str], account: Account | None) -> None:
        """Greet the supervising process and learn where its directory is."""
        self._process = process
        self.account = account
        self.directory = Path(str(self._read()["directory"]))

    def run(self, argv: Sequence[str], env: Mapping[str, str]) -> Outcome:
        """Run a command to its end as the unprivileged account.

        Raises:
            SourceUnavailable: When the command cannot be executed at all.
        """
        answer = self._ask({"op": "run", "argv": list(argv), "env": dict(env)})
        return Outcome(
            returncode=_whole(answer.get("returncode"), absent=-1),
            output=str(answer.get("output", "")),
        )

    def start(
        self, argv: Sequence[str], env: Mapping[str, str], *, stop_signals: Sequence[int]
    ) -> int:
        """Start the server and return its process id."""
        request = {"op": "start", "argv": list(argv), "env": dict(env)}
        answer = self._ask({**request, "stop_signals": [int(number) for number in stop_signals]})
        return _whole(answer.get("pid"), absent=-1)

    def exit_code(self) -> int | None:
        """Return how the server ended, or None while it runs."""
        returncode = self._ask({"op": "poll"}).get("returncode")
        return returncode if isinstance(returncode, int) else None

    def signal(self, number: int) -> None:
        """Send the server a signal."""
        self._ask({"op": "signal", "number": int(number)})

    def stop(self) -> None:
        """Stop the server and wait for its end; the directory stays."""
        self._ask({"op": "stop"})

    def server_output(self) -> str:
        """Return what the server printed on its standard streams."""
        path = self.directory / "server.out"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def close(self) -> None:
        """Stop everything and remove the directory."""
        _pipe(self._process.stdin).close()
        try:
            self._process.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _pipe(self._process.stdout).close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _ask(self, request: Mapping[str, object]) -> dict[str, object]:
        pipe = _pipe(self._process.stdin)
        try:
            pipe.write(json.dumps(request) + "\n")
            pipe.flush()
        except (BrokenPipeError, ValueError) as error:
            raise _ended() from error
        answer = self._read()
        if "error" in answer:
            raise SourceUnavailable(_SUBJECT, str(answer["error"]))
        return answer

    def _read(self) -> dict[str, object]:
        line = _pipe(self._process.stdout).readline()
        if not line:
            raise _ended()
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise _ended()
        return answer


@contextmanager
def supervised(account: Account | None, *, prefix: str) -> Iterator[Supervisor]:
    """Open a private directory with a supervisor that removes it in any case."""
    numbers = () if account is None else (str(account.uid), str(account.gid))
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", supervisor_process.__file__, prefix, *numbers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # Ctrl-C reaches every process of the terminal's group; this one must stay
        # to clean up, and it notices our end by itself.
        start_new_session=True,
    )
    with process:
        supervisor = Supervisor(process, account)
        try:
            yield supervisor
        finally:
            supervisor.close()


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise _ended()
    return stream


def _whole(value: object, *, absent: int) -> int:
    return value if isinstance(value, int) else absent


def _ended() -> SourceUnavailable:
    return SourceUnavailable(_SUBJECT, "the process that supervises it ended unexpectedly")
