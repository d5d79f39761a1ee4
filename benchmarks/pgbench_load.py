"""Run pgbench, with its own scripts and with ours, and say what was executed."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import Server
from benchmarks.truth import Plant, Truth

SCRIPTS = Path(__file__).parent / "scripts"

_DIRECTIVE = re.compile(r"-- (plant|sizes|weight): (.*)")
_VARIABLE = re.compile(r"(?<![:\w]):[a-z]\w*")
_QUOTED_VARIABLE = re.compile(r"'[^'\n]*(?<![:\w]):[a-z]\w*[^'\n]*'")
_HISTORY = (
    "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)"
    " VALUES (1, 1, 1, 1, CURRENT_TIMESTAMP)"
)
_BUILTIN_STATEMENTS = {
    "tpcb-like": (
        "BEGIN",
        "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = 1",
        "SELECT abalance FROM pgbench_accounts WHERE aid = 1",
        "UPDATE pgbench_tellers SET tbalance = tbalance + 1 WHERE tid = 1",
        "UPDATE pgbench_branches SET bbalance = bbalance + 1 WHERE bid = 1",
        _HISTORY,
        "END",
    ),
    "simple-update": (
        "BEGIN",
        "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = 1",
        "SELECT abalance FROM pgbench_accounts WHERE aid = 1",
        _HISTORY,
        "END",
    ),
    "select-only": ("SELECT abalance FROM pgbench_accounts WHERE aid = 1",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An expanded pgbench script and what one run of it does."""

    name: str
    text: str
    weight: int
    statements: tuple[str, ...]
    plant: Plant | None = None
    size: int = 0

    @property
    def is_simple_only(self) -> bool:
        """Tell whether a variable stands inside quotes, where only the simple protocol sees it."""
        return _QUOTED_VARIABLE.search(self.text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One pgbench process: protocol, clients and transactions per client."""

    protocol: str
    clients: int
    transactions: int
    seed: int
    rate: float | None = None


def load_scripts(folder: Path = SCRIPTS) -> tuple[Script, ...]:
    """Read the script templates, one script for each burst size."""
    return tuple(
        script for path in sorted(folder.glob("*.sql")) for script in _expand(path)
    )  # fmt: skip


def start_scripts(server: Server, load: Load, scripts: Sequence[Script], folder: Path) -> "Running":
    """Start pgbench on our own scripts."""
    words = []
    for script in scripts:
        path = folder / f"{script.name}.sql"
        path.write_text(script.text, encoding="utf-8")
        words += ["-f", f"{path}@{script.weight}"]
    return _start(server, load, words, {str(folder / f"{s.name}.sql"): s for s in scripts})


def start_builtin(server: Server, load: Load, weights: dict[str, int]) -> "Running":
    """Start pgbench on scripts of its own, by name and weight."""
    words = [word for name, weight in weights.items() for word in ("-b", f"{name}@{weight}")]
    known = {
        name: Script(name=name, text="", weight=weight, statements=_BUILTIN_STATEMENTS[name])
        for name, weight in weights.items()
    }
    return _start(server, load, words, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A pgbench process at work."""

    process: "subprocess.Popen[str]"
    scripts: dict[str, Script]

    def truth(self) -> Truth:
        """Wait for the end and count what pgbench says it has run."""
        output, errors = self.process.communicate()
        if self.process.returncode != 0:
            raise RuntimeError(f"pgbench failed: {errors}")
        total = Truth()
        for script, transactions in self._transactions(output):
            for statement in script.statements:
                total.executed(statement, transactions)
            if script.plant is not None:
                size = script.size
                total.planted(script.plant, size, transactions)
        return total

    def _transactions(self, output: str) -> Iterator[tuple[Script, int]]:
        if len(self.scripts) == 1:
            (script,) = self.scripts.values()
            done = re.search(r"transactions actually processed: (\d+)", output)
            yield script, int(done.group(1)) if done else 0
            return
        for block in output.split("SQL script ")[1:]:
            title = block.splitlines()[0].split(": ", 1)[1]
            done = re.search(r"- (\d+) transactions", block)
            name = title.removeprefix("<builtin: ")
            script = next(s for key, s in self.scripts.items() if key == title or _is(name, key))
            yield script, int(done.group(1)) if done else 0


def _is(title: str, builtin: str) -> bool:
    names = {"tpcb-like": "TPC-B", "simple-update": "simple update", "select-only": "select only"}
    return builtin in names and title.startswith(names[builtin])


def _start(server: Server, load: Load, scripts: Sequence[str], known: dict[str, Script]) -> Running:
    command = [
        server.pgbench, "-n", "-M", load.protocol, "-c", str(load.clients),
        "-j", "1", "-t", str(load.transactions), f"--random-seed={load.seed}", *scripts,
    ]  # fmt: skip
    if load.rate is not None:
        command.append(f"--rate={load.rate}")
    process = subprocess.Popen(
        command, env=server.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    return Running(process=process, scripts=known)


def _expand(path: Path) -> Iterator[Script]:
    template = path.read_text(encoding="utf-8")
    directives = {found[1]: found[2] for found in _DIRECTIVE.finditer(template)}
    for size in map(int, directives.get("sizes", "0").split()):
        marked = _repeat(template.splitlines(), size)
        children = _children(marked)
        text = "\n".join(line for line in marked if not line.startswith("--")) + "\n"
        yield Script(
            name=f"{path.stem}_{size}" if size else path.stem,
            text=text,
            weight=int(directives["weight"]),
            statements=_statements(text),
            plant=_plant(path.stem, directives.get("plant"), children),
            size=len(children),
        )


def _plant(name: str, declaration: str | None, children: Sequence[str]) -> Plant | None:
    if declaration is None:
        return None
    rule, unit = declaration.split()
    distinct = tuple(dict.fromkeys(children))
    return Plant(name=name, rule=rule, unit=unit, children=distinct)


def _repeat(lines: Sequence[str], size: int) -> list[str]:
    """Unroll the repeated blocks; `{n}` becomes a number that no other row has."""
    counter = 0
    done: list[str] = []
    stack: list[tuple[int, list[str]]] = []
    for line in lines:
        current = stack[-1][1] if stack else done
        if line.startswith("-- repeat "):
            stack.append((int(line.split()[2].replace("{size}", str(size))), []))
        elif line == "-- end":
            times, body = stack.pop()
            (stack[-1][1] if stack else done).extend(body * times)
        else:
            current.append(line)
    numbered = []
    for line in done:
        counter += "{n}" in line
        numbered.append(line.replace("{n}", str(counter)).replace("{size}", str(size)))
    return numbered


def _children(lines: Sequence[str]) -> list[str]:
    return [
        _VARIABLE.sub("1", lines[number + 1]).rstrip(";")
        for number, line in enumerate(lines)
        if line == "-- child"
    ]


def _statements(text: str) -> tuple[str, ...]:
    body = "\n".join(line for line in text.splitlines() if not line.startswith("\\"))
    return tuple(
        _VARIABLE.sub("1", statement).strip()
        for statement in body.split(";\n")
        if statement.strip()
    )
