"""The account a throw-away server runs as: never root."""

import os
import pwd
from dataclasses import dataclass

from aegis_cli.model.errors import SourceUnavailable

_ROOT = 0
# `postgres` is not among them: it may own the data of a real server here, and
# whoever is superuser of the throw-away one acts with the rights of its account.
_CANDIDATES = ("nobody", "daemon", "games")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user and its group, by number."""

    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """Return the account to change to, or None when we are unprivileged already."""
    if os.geteuid() != _ROOT:
        return None
    for name in _CANDIDATES:
        account = _account_named(name)
        if account is not None:
            return account
    raise SourceUnavailable(
        "embedded server",
        f"no unprivileged account found (tried {', '.join(_CANDIDATES)})",
        "Run the command as an ordinary user: database servers refuse to run as root.",
    )


def _account_named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    # initdb looks its own user up, so a number without an entry would not do.
    return Account(uid=entry.pw_uid, gid=entry.pw_gid) if entry.pw_uid != _ROOT else None
