"""The report for a terminal; rich is imported in this package and nowhere else in `render`."""

from aegis_cli.render.terminal.layout import PLAIN_WIDTH, render, render_terminal

__all__ = ["PLAIN_WIDTH", "render", "render_terminal"]
