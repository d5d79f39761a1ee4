"""The built-in formats; each renderer is imported when it is first called."""
# a bundle imports its parts late, so that start-up stays light

from collections.abc import Mapping

from aegis_cli.hooks.specs import Renderer, hookimpl
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language


@hookimpl
def aegis_renderers() -> Mapping[str, Renderer]:
    """Return the renderers that come with AEGIS, by the name that `--format` takes."""
    return {
        "text": _text,
        "json": _json,
        "markdown": _markdown,
        "html": _html,
        "sarif": _sarif,
        "github": _github,
        "gitlab": _gitlab,
        "junit": _junit,
    }


def _text(report: Report, language: Language) -> str:
    """Render for reading, without colour."""
    from aegis_cli.render.terminal import render

    return render(report, language)


def _json(report: Report, language: Language) -> str:
    """Render with the published schema."""
    from aegis_cli.render.json_report import render

    return render(report, language)


def _markdown(report: Report, language: Language) -> str:
    """Render for a pull request or a wiki."""
    from aegis_cli.render.markdown import render

    return render(report, language)


def _html(report: Report, language: Language) -> str:
    """Render as one self-contained page."""
    from aegis_cli.render.html_page import render

    return render(report, language)


def _sarif(report: Report, language: Language) -> str:
    """Render as SARIF 2.1.0."""
    from aegis_cli.render.sarif import render

    return render(report, language)


def _github(report: Report, language: Language) -> str:
    """Render as GitHub workflow commands."""
    from aegis_cli.render.github import render

    return render(report, language)


def _gitlab(report: Report, language: Language) -> str:
    """Render as a GitLab Code Quality report."""
    from aegis_cli.render.gitlab import render

    return render(report, language)


def _junit(report: Report, language: Language) -> str:
    """Render as JUnit XML."""
    from aegis_cli.render.junit import render

    return render(report, language)
