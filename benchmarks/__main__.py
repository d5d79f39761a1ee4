"""Run every benchmark: generate the logs, compare with pgBadger, check what is found."""

import subprocess
import sys

STEPS = ("generate_logs", "clean_workloads", "compare_pgbadger", "recall")


def main() -> int:
    """Run all steps with their defaults, each as it runs alone; return the worst exit status."""
    return max(
        subprocess.run([sys.executable, "-m", f"benchmarks.{step}"], check=False).returncode
        for step in STEPS
    )


if __name__ == "__main__":
    sys.exit(main())
