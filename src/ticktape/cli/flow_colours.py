"""Colours of the report on order flow, on a terminal."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.text import Text
from rich.theme import Theme

_THEME: Final = Theme(
    {
        "flow.up": "green",
        "flow.down": "red",
        "flow.name": "bold",
        "flow.mark": "bold yellow",
        "flow.chart": "cyan",
    }
)


class _FlowHighlighter(RegexHighlighter):
    base_style = "flow."
    highlights: ClassVar = [
        r"(?P<chart>[▁▂▃▄▅▆▇█▏▎▍▌▋▊▉]+)",
        r"(?P<up>(?<!\S)\+[\d,]+|\bbullish\b|\bbought\b)",
        r"(?P<down>(?<!\S)-[\d,]+(?!-)|\bbearish\b|\bsold\b)",
        r"(?P<mark>\b(?:POC|VAH|VAL|VWAP) [\d.]+|┃)",
        r"(?m)^(?P<name>(?:price|volume|delta|seconds|CVD) {2}|profile:|(?:signal|latest) .*$)",
    ]


def coloured(text: str) -> str:
    """Colour a report.

    Parameters
    ----------
    text : str
        Of ``report_text``.

    Returns
    -------
    str
        The same with the control sequences of a terminal; without them where the terminal, or
        ``NO_COLOR``, wants none.
    """
    console = Console(theme=_THEME, soft_wrap=True, highlight=False)
    shown = Text(text)
    _FlowHighlighter().highlight(shown)
    with console.capture() as captured:
        console.print(shown, end="")
    return captured.get()
