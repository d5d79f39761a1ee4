"""AEG1303: Values put into a cache for ever."""

import ast
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._redis import REDIS_CLIENTS

RULE = Rule(
    code="AEG1303",
    name="key-without-ttl",
    section="1.3",
    title=Text(en="Cache entries that never expire", ko="만료되지 않는 캐시 항목"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_TIMEOUT_AT = 2
_TTLS = frozenset(("ex", "px", "exat", "pxat", "keepttl", "get", "xx"))
"""`get` and `xx` replace a value that is there: whoever wrote it first decided."""

_CHANGE = """\
cache.set(key, value, timeout=300 + random.randrange(60))
client.set(key, value, ex=300)"""


class KeyWithoutTtl(SourceDetector):
    """See values that are written without a time to live."""

    rule = RULE
    calls = frozenset(
        (
            *(f"{client}.set" for client in REDIS_CLIENTS),
            "django.core.cache.cache.set",
            "django.core.cache.cache.add",
            "django.core.cache.cache.get_or_set",
        )
    )

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a write that says for ever, or one to Redis that says nothing."""
        site = context.call
        if site is None:
            return
        is_django = site.name.startswith("django.")
        if is_django and _says_for_ever(site.node):
            yield context.sighting(RULE.code, site.node, subject="timeout=None")
        elif not is_django and not _has_ttl(site.node):
            # Redis also keeps what is no cache: locks, counters, settings.
            yield context.sighting(RULE.code, site.node, subject="SET", is_hint=True)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such write."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject} without a time to live: the entry stays until memory runs "
                "out and is never refreshed",
                ko=f"유효 시간이 없는 {sighting.subject}: 항목이 메모리가 찰 때까지 남고 갱신되지 "
                "않습니다",
            ),
            summary=Text(
                en="Give it a time to live, with some jitter where many are written at once.",
                ko="유효 시간을 주고, 한꺼번에 쓰는 경우에는 조금씩 다르게 하세요.",
            ),
            change=_CHANGE,
        )


def _says_for_ever(call: ast.Call) -> bool:
    given = [each.value for each in call.keywords if each.arg == "timeout"]
    given += call.args[_TIMEOUT_AT : _TIMEOUT_AT + 1]
    return any(isinstance(each, ast.Constant) and each.value is None for each in given)


def _has_ttl(call: ast.Call) -> bool:
    names = {each.arg for each in call.keywords}
    # `**options` may hold one.
    return len(call.args) > _TIMEOUT_AT or None in names or not names.isdisjoint(_TTLS)
