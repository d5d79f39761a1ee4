"""Verify a statement that takes long, for tests that interrupt it: DSN as the only argument."""

import sys
from dataclasses import replace

from aegis_cli.sources.postgres.verification.verify import verify
from tests.integration.verification.verification_requests import QUICK, SLOW, request

if __name__ == "__main__":
    # A server whose client was killed goes on to the statement's end.
    verify(sys.argv[1], request(SLOW), limits=replace(QUICK, statement_s=3.0))
