"""Take the statements of a script, weighted by its comments."""

from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sqltext.scripts import Script, read_script
from aegis_cli.usecases.index_advise.workload.raw import (
    KnownExecution,
    RawStatement,
    RawWorkload,
)


def script_workload(text: str, name: str) -> RawWorkload:
    """Return the statements of a script, each once or as often as `-- calls: 120` above it says.

    Args:
        text: The script.
        name: What it is called: a path, or `stdin`.
    """
    script = read_script(text)
    statements = tuple(
        RawStatement(
            text=each.text,
            calls=each.calls,
            source=name,
            known=(KnownExecution(text=each.text),),
        )
        for each in script.statements
    )
    return RawWorkload(statements=statements, skipped=tuple(_skipped(script, name)))


def _skipped(script: Script, name: str) -> list[Skipped]:
    skipped = []
    if script.commands:
        example = script.commands[0].split()[0]
        skipped.append(
            Skipped(
                subject=name,
                reason=Text(
                    en=f"commands for psql, such as {example} ({len(script.commands)})",
                    ko=f"psql 명령입니다(예: {example}, {len(script.commands)}개)",
                ),
                hint=Text(
                    en="They are no statements; nothing has to be done.",
                    ko="문장이 아니므로 할 일이 없습니다.",
                ),
            )
        )
    if script.copies:
        skipped.append(
            Skipped(
                subject=name,
                reason=Text(
                    en=f"COPY … FROM STDIN with its data has no plan ({script.copies})",
                    ko=f"COPY … FROM STDIN과 그 데이터에는 실행 계획이 없습니다({script.copies}개)",
                ),
                hint=Text(
                    en="Leave the data out of the workload.",
                    ko="워크로드에서 데이터를 빼십시오.",
                ),
            )
        )
    return skipped
