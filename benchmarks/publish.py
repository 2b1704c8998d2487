"""Write the figures of docs/performance.json into the pages that quote them."""

import json
from pathlib import Path

from ticktape.bench.report import markdown_table

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/performance.md")
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


def with_figures(page: str, table: str) -> str:
    """Give the page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main() -> None:
    table = markdown_table(json.loads((ROOT / "docs" / "performance.json").read_text()))
    for name in PAGES:
        path = ROOT / name
        path.write_text(with_figures(path.read_text(), table))


if __name__ == "__main__":
    main()
