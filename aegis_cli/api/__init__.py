"""The one door for plugins: everything here stays stable within a major version."""

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
    "measured",
    "profile",
    "watch",
]
