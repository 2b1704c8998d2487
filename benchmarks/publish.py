"""Write the figures of docs/performance.json into the pages that quote them."""

import json
from pathlib import Path

from ticktape.bench.report import markdown_table

ROOT = Path(__file__).parents[1]
# The README quotes only what is held against something; the page says who used what as well.
PAGES = {"README.md": True, "docs/performance.md": False}
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


def with_figures(page: str, table: str) -> str:
    """Give the page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main() -> None:
    report = json.loads((ROOT / "docs" / "performance.json").read_text())
    for name, brief in PAGES.items():
        path = ROOT / name
        path.write_text(with_figures(path.read_text(), markdown_table(report, brief=brief)))


if __name__ == "__main__":
    main()
