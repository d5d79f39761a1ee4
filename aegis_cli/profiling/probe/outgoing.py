"""Note the calls that a program makes to other services: HTTP and Redis, with their place.

    calls  [place, name, count, time µs, longest µs, failures]

A name is `GET host/path/*` or `redis GET user:*`: no query, no value, and what looks like an
identifier becomes a star. The time of an HTTP call ends with the headers of the answer; what
`http.client` does is what urllib, urllib3, requests and boto3 do.
"""

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.late_imports import Attempt
    from aegis_cli.profiling.probe.places import Places
    from aegis_cli.profiling.probe.tally import Names, Tally

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]
    Describe = Callable[[Args, Kwargs], str]

_MAX_SEGMENTS = 6
_MAX_SEGMENT = 24
_OUR_FRAMES = 4
"""A lambda, its attempt, the function that notes, and the one in the place of the library's."""


class Outgoing:
    """Puts functions that note in the place of those that call."""

    def __init__(
        self,
        places: "Places",
        names: "Names",
        tally: "Tally",
        attempt: "Attempt",
        wrapping: "ModuleType",
    ) -> None:
        """Keep functions as they are before the program replaces them."""
        self._places = places
        self._names = names
        self._tally = tally
        self._attempt = attempt
        self._wrapping = wrapping
        self._clock = time.perf_counter_ns
        self._is_broken = False

    def follow(self, module: "ModuleType") -> None:
        """Note the calls through a module that was just imported."""
        {
            "http.client": self._http_client,
            "httpx._client": self._httpx,
            "aiohttp.client": self._aiohttp,
            "redis.client": self._redis,
            "redis.asyncio.client": self._redis_asyncio,
        }[module.__name__](module)

    def take(self) -> "dict[str, object]":
        """Return what was called since the last time."""
        rows = self._tally.take()
        return {"calls": rows} if rows else {}

    def pause(self) -> None:
        """Do nothing: there is no thread."""

    def resume(self) -> None:
        """Do nothing: there is no thread."""

    def begin_again(self) -> None:
        """Forget what the parent of this process called."""
        self._tally.forget()

    def stop(self) -> None:
        """Do nothing: what is noted from now on is not taken."""

    def _note(
        self, describe: "Describe", args: "Args", kwargs: "Kwargs", start_ns: int, failures: int
    ) -> None:
        """Note a call that has just ended; after a fault of ours no more are noted."""
        elapsed_ns = self._clock() - start_ns
        if not self._is_broken:
            noted = self._attempt(
                "calls", lambda: self._add(describe(args, kwargs), elapsed_ns, failures)
            )
            self._is_broken = noted is None

    def _add(self, name: str, elapsed_ns: int, failures: int) -> bool:
        frame = sys._getframe(_OUR_FRAMES)  # noqa: SLF001  # the only way to the caller
        place = self._places.number(frame)
        self._tally.note(place, self._names.number(name), elapsed_ns, failures)
        return True

    def _follow(self, owner: "Any", name: str, describe: "Any", *, waits: bool = False) -> None:
        make = self._wrapping.awaited if waits else self._wrapping.timed

        def wrap(real: "Any") -> "Any":
            return make(real, self._clock, describe, self._note)

        self._wrapping.replace(owner, name, wrap)

    def _http_client(self, module: "ModuleType") -> None:
        """Follow a request from its first line to the headers of the answer."""
        connection = module.HTTPConnection
        # Connections have no slots, and are gone when the answer is.
        self._wrapping.replace(connection, "putrequest", self._beginning)
        self._wrapping.replace(connection, "endheaders", self._sending)
        self._wrapping.replace(connection, "getresponse", self._ending)

    def _beginning(self, real: "Any") -> "Any":
        clock = self._clock

        def putrequest(self: "Any", method: "Any", url: "Any", *args: "Any", **kw: "Any") -> "Any":
            self._aegis_call = method, url, clock()
            return real(self, method, url, *args, **kw)

        return putrequest

    def _sending(self, real: "Any") -> "Any":
        """Return what notes a request that found nobody who answers."""
        note, hide = self._note, self._wrapping.hide

        def endheaders(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
            try:
                return real(self, *args, **kwargs)
            except BaseException as error:
                begun = self.__dict__.pop("_aegis_call", None)
                if begun is not None:
                    note(_of_connection, (self, *begun), {}, begun[2], 1)
                hide(error)
                raise

        return endheaders

    def _ending(self, real: "Any") -> "Any":
        note, hide = self._note, self._wrapping.hide

        def getresponse(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
            begun = self.__dict__.pop("_aegis_call", None)
            try:
                answer = real(self, *args, **kwargs)
            except BaseException as error:
                if begun is not None:
                    note(_of_connection, (self, *begun), {}, begun[2], 1)
                hide(error)
                raise
            if begun is not None:
                note(_of_connection, (self, *begun), {}, begun[2], 0)
            return answer

        return getresponse

    def _httpx(self, module: "ModuleType") -> None:
        self._follow(module.Client, "send", _of_request)
        self._follow(module.AsyncClient, "send", _of_request, waits=True)

    def _aiohttp(self, module: "ModuleType") -> None:
        self._follow(module.ClientSession, "_request", _of_arguments, waits=True)

    def _redis(self, module: "ModuleType") -> None:
        self._follow(module.Redis, "execute_command", _of_command)
        self._follow(module.Pipeline, "execute", _of_pipeline)

    def _redis_asyncio(self, module: "ModuleType") -> None:
        self._follow(module.Redis, "execute_command", _of_command, waits=True)
        self._follow(module.Pipeline, "execute", _of_pipeline, waits=True)


def _of_connection(args: "Args", _: "Kwargs") -> str:
    connection, method, url, _start = args
    host, port = connection.host, connection.port
    shown = host if port in {None, connection.default_port} else f"{host}:{port}"
    return f"{method} {shown}{path_pattern(str(url))}"


def _of_request(args: "Args", kwargs: "Kwargs") -> str:
    request = args[1] if len(args) > 1 else kwargs.get("request")
    method, url = getattr(request, "method", ""), getattr(request, "url", None)
    return f"{method} {url_pattern(str(url))}"


def _of_arguments(args: "Args", kwargs: "Kwargs") -> str:
    method = args[1] if len(args) > 1 else kwargs.get("method", "")
    url = args[2] if len(args) > 2 else kwargs.get("str_or_url", "")  # noqa: PLR2004  # self, method, URL
    return f"{str(method).upper()} {url_pattern(str(url))}"


def _of_command(args: "Args", _: "Kwargs") -> str:
    words = args[1:3]
    return f"redis {' '.join(map(_key_pattern, words))}"


def _of_pipeline(_args: "Args", _: "Kwargs") -> str:
    return "redis pipeline"


def url_pattern(url: str) -> str:
    """Return host and path of a URL, without user, query and fragment."""
    _, mark, rest = url.partition("://")
    host, slash, path = (rest if mark else url).partition("/")
    return host.rpartition("@")[2].partition("?")[0] + path_pattern(slash + path)


def path_pattern(url: str) -> str:
    """Return a path with stars for what looks like an identifier."""
    path = url.partition("?")[0].partition("#")[0]
    if "://" in path:  # a request to a proxy names the whole URL
        path = "/" + path.partition("://")[2].partition("/")[2]
    segments = path.split("/")
    shown = [_segment_pattern(each) for each in segments[: _MAX_SEGMENTS + 1]]
    return "/".join(shown) + ("/…" if len(segments) > _MAX_SEGMENTS + 1 else "")


def _segment_pattern(segment: str) -> str:
    is_version = len(segment) > 1 and segment[0] == "v" and segment[1:].isdigit()
    has_digit = any(each.isdigit() for each in segment)
    return "*" if (has_digit and not is_version) or len(segment) > _MAX_SEGMENT else segment


def _key_pattern(word: "Any") -> str:
    """Return a command or key with stars for what looks like an identifier."""
    text = word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)
    return ":".join(_segment_pattern(each) for each in text.split(":")[:_MAX_SEGMENTS])
