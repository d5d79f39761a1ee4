"""Advise without any database: on plans that a log holds."""

from aegis_cli.engine.progress import Progress
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.usecases.index_advise.advised import Advised
from aegis_cli.usecases.index_advise.request import Request
from aegis_cli.usecases.index_advise.workload.inputs import read_workload


def advise_offline(request: Request, progress: Progress) -> Advised:
    """Return auto_explain's plans and the scans they show; other statements cannot be judged.

    Raises:
        SourceError: No input can be read.
    """
    sources = read_workload(request.workload, progress=progress)
    statements = sum(len(each.statements) for each in sources)
    return Advised(
        advice=None,
        workload=IndexWorkload(statements=()),
        observations=tuple(fact for each in sources for fact in (*each.plans, *each.scans)),
        skipped=(*(one for each in sources for one in each.skipped), _without_database(statements)),
    )


def _without_database(statements: int) -> Skipped:
    return Skipped(
        subject=f"{statements} statements",
        reason=Text(
            en="without a database only plans in a log (auto_explain) can be judged",
            ko="데이터베이스가 없으면 로그의 실행 계획(auto_explain)만 판단할 수 있습니다",
        ),
        hint=Text(
            en="Name the database with --dsn, or a --snapshot of it, to have candidates planned.",
            ko="후보 인덱스를 계획해 보려면 --dsn이나 --snapshot으로 데이터베이스를 지정하십시오.",
        ),
    )
