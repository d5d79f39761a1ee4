"""Calls to other services are counted exactly, by line and target; nothing secret is kept."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from aegis_cli.embedded.valkey import ValkeyServer, start_valkey
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.outgoing import Constructions, OutgoingCalls
from aegis_cli.profiling.analysis.outgoing import constructions, outgoing_calls
from tests.integration.runtime.conftest import Follow, Followed
from tests.servers.presence import missing_server

SERVER = """\
import asyncio, http.server, re, threading, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
"""
WEB = (
    SERVER
    + """\
import aiohttp, httpx, requests

for number in range(25):
    requests.get(f"{base}/users/{number}?token=secret")  # requests
for _ in range(4):
    urllib.request.urlopen(base + "/plain").read()  # urllib
with httpx.Client() as client:
    for _ in range(3):
        client.get(base + "/v1/things")  # httpx

async def main():
    async with httpx.AsyncClient() as client:
        for _ in range(5):
            await client.get(base + "/async")  # httpx async
    async with aiohttp.ClientSession() as session:
        for number in range(6):
            async with session.get(f"{base}/aio/{number}") as answer:  # aiohttp
                await answer.read()

asyncio.run(main())
for number in range(300):
    re.match(f"a{number}", "a")  # patterns
server.shutdown()
"""
)
REFUSED = """\
import http.client

connection = http.client.HTTPConnection("127.0.0.1", 1)
connection.request("GET", "/none")  # refused
"""
REDIS = """\
import asyncio, sys
import redis, redis.asyncio

client = redis.Redis.from_url(sys.argv[1])
for number in range(30):
    client.set(f"user:{number}:name", "a secret value")  # set
with client.pipeline() as pipeline:
    pipeline.get("a").get("b")
    pipeline.execute()  # pipeline
try:
    client.execute_command("NONSENSE")  # fails
except redis.ResponseError:
    pass

async def main():
    other = redis.asyncio.Redis.from_url(sys.argv[1])
    for number in range(7):
        await other.get(f"user:{number}:name")  # get
    await other.aclose()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def web(follow: Follow) -> Followed:
    """Give a program that sends requests with every client."""
    followed = follow(WEB)
    assert followed.status == 0, followed.stderr
    return followed


@pytest.fixture(scope="module")
def valkey(pytestconfig: pytest.Config) -> Iterator[ValkeyServer]:
    """Give a server that speaks the protocol of Redis."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start_valkey())
        except SourceUnavailable as error:
            missing_server(pytestconfig, str(error))
        yield server


def calls(followed: Followed) -> dict[str, OutgoingCalls]:
    """Return the calls by the comment behind their line."""
    found = outgoing_calls(followed.records, followed.sources)
    return {each.source.partition("# ")[2]: each for each in found}


def made(followed: Followed) -> dict[str, Constructions]:
    """Return what was made, by kind and the comment behind the line."""
    found = constructions(followed.records, followed.sources)
    return {f"{each.what}: {each.source.partition('# ')[2]}": each for each in found}


def test_counts_the_requests_of_every_client(web: Followed) -> None:
    found = calls(web)

    assert {name: each.count for name, each in found.items()} == {
        "requests": 25,
        "urllib": 4,
        "httpx": 3,
        "httpx async": 5,
        "aiohttp": 6,
    }
    assert all(each.failures == 0 and each.total_us > 0 for each in found.values())


def test_names_host_and_path_without_query_and_numbers(web: Followed) -> None:
    found = calls(web)

    assert found["requests"].target.endswith("/users/*")
    assert found["httpx"].target.endswith("/v1/things")
    assert found["aiohttp"].target.startswith("GET 127.0.0.1:")
    assert not any("secret" in each.target for each in found.values())


def test_counts_what_is_made_again_and_again(web: Followed) -> None:
    found = made(web)

    assert found["requests.Session: requests"].count == 25
    assert found["re.compile: patterns"].count == 300
    assert "urllib3.PoolManager: requests" not in found
    assert found["httpx.Client: "].count == 1


def test_what_a_library_makes_while_it_is_imported_is_not_told(web: Followed) -> None:
    lines = {each.source for each in made(web).values()}

    assert not any(each.startswith("import ") for each in lines)


def test_counts_commands_of_redis_and_keeps_no_value(follow: Follow, valkey: ValkeyServer) -> None:
    followed = follow(REDIS, valkey.url)

    found = calls(followed)
    assert followed.status == 0, followed.stderr
    assert {name: (each.target, each.count, each.failures) for name, each in found.items()} == {
        "set": ("redis SET user:*:name", 30, 0),
        "pipeline": ("redis pipeline", 1, 0),
        "fails": ("redis NONSENSE", 1, 1),
        "get": ("redis GET user:*:name", 7, 0),
    }
    recorded = followed.process.path.read_bytes()
    assert b"a secret value" not in recorded


def test_a_call_that_nobody_answers_failed_and_reads_as_without_us(follow: Follow) -> None:
    followed = follow(REFUSED)

    assert followed.status == 1
    assert "ConnectionRefusedError" in followed.stderr
    (found,) = calls(followed).values()
    assert (found.target, found.count, found.failures) == ("GET 127.0.0.1:1/none", 1, 1)
    assert "probe" not in followed.stderr
