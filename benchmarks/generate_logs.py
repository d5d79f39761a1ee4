"""Generate real PostgreSQL logs of ordinary and of literal-heavy workloads, with the truth."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from benchmarks.literal_client import LONG, SHORT, Lengths, serve_literals
from benchmarks.pgbench_load import Load, load_scripts, start_builtin, start_scripts
from benchmarks.server import ORDINARY_PREFIX, Server, shop_server
from benchmarks.shop_client import serve
from benchmarks.truth import Truth, merged

DATA = Path(__file__).parent / "data"
MEGABYTE = 1_000_000
ROUND_MB = 20.0
EVERY_FORMAT = "stderr,csvlog,jsonlog"

Round: TypeAlias = Callable[[Server, int, float], Truth]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A log to generate: what runs, and the formats the server writes."""

    name: str
    destinations: str
    play: Round


def main() -> None:
    """Generate the logs named on the command line."""
    options = _parser().parse_args()
    for name in options.variants:
        variant = replace(VARIANTS[name], destinations=options.destinations)
        folder = options.output / (name if options.folder is None else options.folder)
        generate(variant, folder, size_mb=options.size, seed=options.seed)


def generate(variant: Variant, folder: Path, size_mb: float, seed: int) -> None:
    """Run a variant until its stderr log has the size, then keep the logs and the truth."""
    started = time.monotonic()
    with shop_server() as server, server.recording(folder, variant.destinations):
        truth = merged(_rounds(variant.play, server, size_mb, seed))
        version = server.version
    elapsed = round(time.monotonic() - started, 1)
    truth.write(
        folder / "truth.json",
        variant=variant.name,
        seed=seed,
        log_line_prefix=ORDINARY_PREFIX,
        server_version=version,
        generated_in_s=elapsed,
    )
    sizes = {path.name: path.stat().st_size for path in sorted(folder.glob("postgresql.*"))}
    sys.stderr.write(f"{folder}: {sizes} in {elapsed} s\n")


def _rounds(play: Round, server: Server, size_mb: float, seed: int) -> Iterator[Truth]:
    number = 0
    while (missing := size_mb - server.log_bytes / MEGABYTE) > 0:
        yield play(server, seed + 1000 * number, min(ROUND_MB, max(missing, 0.5)))
        number += 1


def _play_ordinary(server: Server, seed: int, size_mb: float) -> Truth:
    """Play pgbench's own scripts, requests with planted faults and a Python backend at once."""
    scripts = load_scripts()
    portable = [script for script in scripts if not script.is_simple_only]
    mix = {"tpcb-like": 2, "simple-update": 3, "select-only": 5}

    def load(protocol: str, clients: int, per_mb: float, nth: int) -> Load:
        transactions = max(1, round(per_mb * size_mb / clients))
        return Load(protocol=protocol, clients=clients, transactions=transactions, seed=seed + nth)

    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(max_workers=1) as pool:
        folder = Path(name)
        client = pool.submit(serve, server.dsn, seed, max(4, round(14 * size_mb)))
        running = [
            start_builtin(server, load("simple", 3, 200, 1), mix),
            start_builtin(server, load("prepared", 2, 60, 2), mix),
            start_scripts(server, load("simple", 6, 90, 3), scripts, folder),
            start_scripts(server, load("extended", 2, 8, 4), portable, folder),
        ]
        return merged([process.truth() for process in running] + [client.result()])


def _literals(lengths: Lengths, per_mb: float) -> Round:
    """Play two clients whose statements are full of literals."""

    def play(server: Server, seed: int, size_mb: float) -> Truth:
        statements = max(10, round(per_mb * size_mb / 2))
        with ProcessPoolExecutor(max_workers=2) as pool:
            clients = [
                pool.submit(serve_literals, server.dsn, seed + nth, statements, lengths)
                for nth in range(2)
            ]
            return merged(client.result() for client in clients)

    return play


_EVERY_VARIANT = (
    Variant(name="ordinary", destinations=EVERY_FORMAT, play=_play_ordinary),
    Variant(name="literals", destinations=EVERY_FORMAT, play=_literals(SHORT, 1800)),
    Variant(name="long-literals", destinations=EVERY_FORMAT, play=_literals(LONG, 700)),
)
VARIANTS = {variant.name: variant for variant in _EVERY_VARIANT}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variants", nargs="*", default=["ordinary", "literals"], help="what to run")
    parser.add_argument("--size", type=float, default=210.0, help="stderr log size in MB")
    parser.add_argument("--destinations", default=EVERY_FORMAT, help="log_destination to set")
    parser.add_argument("--seed", type=int, default=1, help="seed of every random choice")
    parser.add_argument("--output", type=Path, default=DATA, help="folder for the variants")
    parser.add_argument("--folder", help="name of the folder, instead of the variant's own")
    return parser


if __name__ == "__main__":
    main()
