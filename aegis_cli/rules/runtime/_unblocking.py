"""What to write instead of a call that holds the event loop."""

from aegis_cli.model.facts.event_loops import LoopStall
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines

_COMPUTING = 0.7
"""From this share of the processor on, the loop was computing, not waiting."""
_WEB = ("requests.", "urllib3.", "urllib.request.", "http.client.", "httpx.")
_DATABASES = ("sqlite3", "psycopg", "pymysql", "MySQLdb", "sqlalchemy.", "django.db.")


def cure(fact: LoopStall) -> tuple[Text, str]:
    """Return what to do in words, and the code that does it."""
    if "sleep(" in fact.source and not fact.callee:
        return _SLEEP
    if fact.callee.endswith(".__init__") or ".AsyncClient" in fact.callee:
        return _MAKING
    for starts, answer in _BY_CALLEE:
        if fact.callee.startswith(starts):
            return answer
    is_computing = fact.cpu_share is not None and fact.cpu_share >= _COMPUTING
    return _COMPUTATION if is_computing else _OTHER


_SLEEP = (
    Text(en="Sleep without holding the loop.", ko="루프를 막지 않고 대기합니다."),
    "await asyncio.sleep(seconds)  # instead of time.sleep(seconds)",
)
_MAKING = (
    Text(
        en="Make it once, before the loop serves anybody.",
        ko="루프가 요청을 처리하기 전에 한 번만 만듭니다.",
    ),
    lines(
        "client = httpx.AsyncClient()  # at start-up: it loads all root certificates",
        "# where it must be made later: client = await asyncio.to_thread(httpx.AsyncClient)",
    ),
)
_REQUEST = (
    Text(
        en="Send the request with an asynchronous client, one for the whole application.",
        ko="애플리케이션 전체가 공유하는 비동기 클라이언트로 요청을 보냅니다.",
    ),
    lines(
        "client = httpx.AsyncClient()  # once, at start-up",
        "response = await client.get(url)",
        "# or, if the library must stay: response = await asyncio.to_thread(requests.get, url)",
    ),
)
_PROCESS = (
    Text(
        en="Let the loop wait for the other program.",
        ko="다른 프로그램의 종료를 이벤트 루프가 기다리게 합니다.",
    ),
    lines(
        "process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)",
        "output, _ = await process.communicate()",
    ),
)
_REDIS = (
    Text(en="Use the asynchronous client of redis.", ko="redis의 비동기 클라이언트를 사용합니다."),
    lines("import redis.asyncio", "", "client = redis.asyncio.Redis()", "await client.get(key)"),
)
_DATABASE = (
    Text(
        en="Ask the database with an asynchronous driver, or in a thread.",
        ko="비동기 드라이버나 스레드에서 데이터베이스에 질의합니다.",
    ),
    lines(
        "# SQLAlchemy: create_async_engine() and AsyncSession; Django: await Model.objects.aget()",
        "# psycopg 3: psycopg.AsyncConnection; MySQL: asyncmy or aiomysql",
        "# or, if the driver must stay:",
        "rows = await asyncio.to_thread(read_rows)",
    ),
)
_COMPUTATION = (
    Text(
        en="Compute in another process: a thread would share the interpreter with the loop.",
        ko="다른 프로세스에서 계산합니다. 스레드는 루프와 인터프리터를 나눠 씁니다.",
    ),
    lines(
        "pool = ProcessPoolExecutor()  # once, at start-up",
        "result = await asyncio.get_running_loop().run_in_executor(pool, compute, data)",
        "# or, where it is a loop over many: let others go on now and then",
        "await asyncio.sleep(0)",
    ),
)
_OTHER = (
    Text(
        en="Call it in a thread, or use its asynchronous counterpart.",
        ko="스레드에서 호출하거나 비동기 방식으로 바꿉니다.",
    ),
    "result = await asyncio.to_thread(blocking_call, argument)",
)
_IMPORT = (
    Text(
        en="Import it at the top of the module, before the loop serves anybody.",
        ko="루프가 요청을 처리하기 전에 모듈 맨 위에서 임포트합니다.",
    ),
    lines(
        "import module  # at the top of the file, not in the coroutine",
        "# where it must stay: await asyncio.to_thread(importlib.import_module, 'module')",
    ),
)
_BY_CALLEE = (
    (("importlib.", "_frozen_importlib"), _IMPORT),
    (_WEB, _REQUEST),
    (("subprocess.",), _PROCESS),
    (("redis.",), _REDIS),
    (_DATABASES, _DATABASE),
)
