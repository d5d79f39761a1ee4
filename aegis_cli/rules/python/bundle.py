"""The detectors of this bundle, by code; imported once rules are asked for."""

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.rules.python.ambiguous_cache_key import AmbiguousCacheKey
from aegis_cli.rules.python.blocking_call_in_coroutine import BlockingCallInCoroutine
from aegis_cli.rules.python.cached_method import CachedMethod
from aegis_cli.rules.python.connection_per_call import ConnectionPerCall
from aegis_cli.rules.python.construction_in_loop import ConstructionInLoop
from aegis_cli.rules.python.key_without_ttl import KeyWithoutTtl
from aegis_cli.rules.python.lazy_access_in_property import LazyAccessInProperty
from aegis_cli.rules.python.loop_per_call import LoopPerCall
from aegis_cli.rules.python.lost_task import LostTask
from aegis_cli.rules.python.missing_validator import MissingValidator
from aegis_cli.rules.python.pickled_value import PickledValue
from aegis_cli.rules.python.query_in_loop import QueryInLoop
from aegis_cli.rules.python.scheduler_thread import SchedulerThread
from aegis_cli.rules.python.sensitive_data_in_log import SensitiveDataInLog
from aegis_cli.rules.python.sequential_await import SequentialAwait
from aegis_cli.rules.python.serializer_all_fields import SerializerAllFields
from aegis_cli.rules.python.serializer_n_plus_one import SerializerNPlusOne
from aegis_cli.rules.python.slow_or_blocking_command import SlowOrBlockingCommand
from aegis_cli.rules.python.slow_work_in_request import SlowWorkInRequest
from aegis_cli.rules.python.swallowed_error import SwallowedError
from aegis_cli.rules.python.task_without_limits import TaskWithoutLimits
from aegis_cli.rules.python.unbounded_cache import UnboundedCache
from aegis_cli.rules.python.unbounded_concurrency import UnboundedConcurrency
from aegis_cli.rules.python.unbounded_list_endpoint import UnboundedListEndpoint
from aegis_cli.rules.python.uncached_shared_read import UncachedSharedRead
from aegis_cli.rules.python.uncompressed_response import UncompressedResponse
from aegis_cli.rules.python.unstructured_log import UnstructuredLog
from aegis_cli.rules.python.waiting_inside_a_task import WaitingInsideATask
from aegis_cli.rules.python.write_in_loop import WriteInLoop

DETECTORS: tuple[type[AnyDetector], ...] = (
    QueryInLoop,
    SerializerNPlusOne,
    LazyAccessInProperty,
    KeyWithoutTtl,
    PickledValue,
    AmbiguousCacheKey,
    SlowOrBlockingCommand,
    UncachedSharedRead,
    WriteInLoop,
    UnboundedListEndpoint,
    SerializerAllFields,
    UncompressedResponse,
    MissingValidator,
    SlowWorkInRequest,
    TaskWithoutLimits,
    WaitingInsideATask,
    BlockingCallInCoroutine,
    SequentialAwait,
    UnboundedConcurrency,
    LostTask,
    LoopPerCall,
    SchedulerThread,
    ConnectionPerCall,
    ConstructionInLoop,
    UnboundedCache,
    CachedMethod,
    SwallowedError,
    UnstructuredLog,
    SensitiveDataInLog,
)
