"""Run every benchmark: logs and what is found in them, the twin, index advisors, profilers."""

import subprocess
import sys

STEPS = (
    "generate_logs",
    "clean_workloads",
    "compare_pgbadger",
    "recall",
    "twin_fidelity",
    "index_selection",
    "profile_fidelity",
    "profile_overhead",
)


def main() -> int:
    """Run all steps with their defaults, each as it runs alone; return the worst exit status."""
    return max(
        subprocess.run([sys.executable, "-m", f"benchmarks.{step}"], check=False).returncode
        for step in STEPS
    )


if __name__ == "__main__":
    sys.exit(main())
