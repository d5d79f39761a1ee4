"""The one door for plugins: everything here stays stable within a major version."""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aegis_cli.api.profiling import Block, Profile, profile, watch
from aegis_cli.engine.detector import AnyDetector, Detector, Options, RunContext
from aegis_cli.hooks.specs import Renderer, hookimpl
from aegis_cli.model.errors import AegisError, SourceError, SourceUnavailable, UsageError
from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
    estimated,
    measured,
)
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import (
    CodeLocation,
    EndpointLocation,
    Location,
    LogLocation,
    ObjectLocation,
)
from aegis_cli.model.quantity import Basis, Quantity, Unit
from aegis_cli.model.report import Column, Datum, Report, Section, Skipped
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Language, Text
from aegis_cli.profiling.units import is_captured, unit_of_work

if TYPE_CHECKING:
    from aegis_cli.model.facts.catalog import ExistingIndex, Table, TableActivity, TableColumn
    from aegis_cli.model.facts.executions import (
        Attribution,
        BurstSize,
        CacheOutcome,
        ConnectionChurn,
        ExecutionBatch,
        OffsetUse,
        Repetition,
        Statement,
        StatementProfile,
        UnitKind,
        UnitProfile,
    )
    from aegis_cli.model.facts.index_advice import (
        DropAdvice,
        IndexAdvice,
        SargabilityObservation,
        StatementOutcome,
        TableHealth,
    )
    from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
    from aegis_cli.model.facts.log_events import (
        EventKind,
        EventProfile,
        PlanNode,
        PlanObservation,
    )
    from aegis_cli.model.facts.plan_scans import PlanScan
    from aegis_cli.model.facts.shapes import (
        Join,
        Operand,
        OrderTerm,
        Predicate,
        Shape,
        StatementKind,
    )
    from aegis_cli.model.facts.statistics import ColumnStatistics

__all__ = [
    "AegisError",
    "AnyDetector",
    "Attribution",
    "Basis",
    "Block",
    "BurstSize",
    "CacheOutcome",
    "CodeLocation",
    "CodeSnippet",
    "Column",
    "ColumnStatistics",
    "Confidence",
    "ConnectionChurn",
    "Datum",
    "Detector",
    "DropAdvice",
    "EndpointLocation",
    "EventKind",
    "EventProfile",
    "Evidence",
    "ExecutionBatch",
    "ExistingIndex",
    "Finding",
    "Fix",
    "FixKind",
    "Impact",
    "IndexAdvice",
    "IndexDefinition",
    "IndexKey",
    "IndexMethod",
    "Join",
    "Language",
    "Location",
    "LogLocation",
    "Measurement",
    "ObjectLocation",
    "OffsetUse",
    "Operand",
    "Options",
    "OrderTerm",
    "PlanComparison",
    "PlanNode",
    "PlanObservation",
    "PlanScan",
    "Predicate",
    "Profile",
    "Quantity",
    "QuerySample",
    "Renderer",
    "Repetition",
    "Report",
    "Rule",
    "RunContext",
    "SargabilityObservation",
    "Section",
    "Severity",
    "Shape",
    "Skipped",
    "SourceError",
    "SourceUnavailable",
    "Statement",
    "StatementKind",
    "StatementOutcome",
    "StatementProfile",
    "Table",
    "TableActivity",
    "TableColumn",
    "TableHealth",
    "TableName",
    "Text",
    "Unit",
    "UnitKind",
    "UnitProfile",
    "UsageError",
    "estimated",
    "hookimpl",
    "is_captured",
    "measured",
    "profile",
    "unit_of_work",
    "watch",
]

_FACTS: Final = MappingProxyType(
    {
        "catalog": "ExistingIndex Table TableActivity TableColumn",
        "executions": (
            "Attribution BurstSize CacheOutcome ConnectionChurn ExecutionBatch OffsetUse "
            "Repetition Statement StatementProfile UnitKind UnitProfile"
        ),
        "index_advice": (
            "DropAdvice IndexAdvice SargabilityObservation StatementOutcome TableHealth"
        ),
        "indexes": "IndexDefinition IndexKey IndexMethod TableName",
        "log_events": "EventKind EventProfile PlanNode PlanObservation",
        "plan_scans": "PlanScan",
        "shapes": "Join Operand OrderTerm Predicate Shape StatementKind",
        "statistics": "ColumnStatistics",
    }
)
"""Facts by module. They are imported when they are first asked for: most plugins need few."""

_HOMES: Final = MappingProxyType(
    {name: module for module, each in _FACTS.items() for name in each.split()}
)


# For a type checker every name stands above; any other is a mistake.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a fact of the public vocabulary.

        Raises:
            AttributeError: There is nothing of this name here.
        """
        if name not in _HOMES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        found: object = getattr(import_module(f"aegis_cli.model.facts.{_HOMES[name]}"), name)
        return found
