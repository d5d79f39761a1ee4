"""`python -m aegis_cli` is the `aegis` command."""

from aegis_cli.cli import main

if __name__ == "__main__":
    main()
