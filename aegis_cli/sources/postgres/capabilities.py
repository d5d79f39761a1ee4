"""What a server is and what our role may do there, asked once."""

from dataclasses import dataclass

from aegis_cli.sources.postgres.session import ReadOnlySession


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledExtension:
    """An extension of the database."""

    name: str
    version: str
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """A server's version and kind, its extensions, and our privileges."""

    version: int
    """`server_version_num`."""
    role: str
    is_superuser: bool
    reads_all_statistics: bool
    """Member of pg_read_all_stats, through pg_monitor for instance: sees others' statements and
    activity, but no statistics of columns."""
    reads_all_data: bool
    """Member of pg_read_all_data (PostgreSQL 14), which includes the statistics of columns."""
    reads_raw_statistics: bool
    """May read pg_statistic, which tells operators and types that pg_stats leaves out."""
    reads_raw_extended_statistics: bool
    """May read pg_statistic_ext_data."""
    is_standby: bool
    is_pooled: bool
    """A pooler stands between us and the server."""
    extensions: tuple[InstalledExtension, ...]
    available: frozenset[str]
    """Names of extensions that could be created."""
    preloads_statements: bool
    """Whether pg_stat_statements is in shared_preload_libraries; False also where the setting is
    hidden from us and the extension is not installed."""

    def extension(self, name: str) -> InstalledExtension | None:
        """Return an installed extension by name."""
        return next((each for each in self.extensions if each.name == name), None)


def capabilities_of(session: ReadOnlySession) -> Capabilities:
    """Ask a server what it is and what we may do.

    Raises:
        SourceError: The server is lost.
    """
    with session.group():
        (role,) = session.query("privileges")
        extensions = session.query("extensions")
        available = session.query("available_extensions")
    return Capabilities(
        version=session.version,
        role=role.text("role"),
        is_superuser=role.flag("is_superuser"),
        reads_all_statistics=role.flag("reads_all_statistics"),
        reads_all_data=role.flag("reads_all_data"),
        reads_raw_statistics=role.flag("reads_raw_statistics"),
        reads_raw_extended_statistics=role.flag("reads_raw_extended_statistics"),
        is_standby=role.flag("is_standby"),
        is_pooled=session.is_pooled,
        extensions=tuple(
            InstalledExtension(
                name=each.text("name"), version=each.text("version"), schema=each.text("schema")
            )
            for each in extensions
        ),
        available=frozenset(each.text("name") for each in available),
        preloads_statements=role.flag("preloads_statements"),
    )
