"""How many records a second a server really takes in while it is measured otherwise."""

from __future__ import annotations

import re
import time
import urllib.request
from typing import Final

# Of what was asked for, so much has to have come: less is a lighter load than the row says.
LEAST_SHARE: Final = 0.99
_RECORDS: Final = re.compile(
    r'^ticktape_records_total\{[^}]*schema="mbo"[^}]*\} (\S+)$', re.MULTILINE
)


def records_in(scrape: str) -> float:
    """Add up the records by order that a scrape of ``/metrics`` tells of: what a rate asks for."""
    return sum(map(float, _RECORDS.findall(scrape)))


class InputRate:
    """Counts a server's records from when it is made.

    Parameters
    ----------
    port : int
        Of the server on this machine.
    asked : float
        Records a second that it was told to take in.
    """

    def __init__(self, port: int, asked: float) -> None:
        self._url = f"http://127.0.0.1:{port}/metrics"
        self._asked = asked
        self._records, self._at = self._look()
        self.measured = 0.0

    def _look(self) -> tuple[float, float]:
        # A server under load answers late: it counted somewhere between the two times.
        asked_at = time.perf_counter()
        with urllib.request.urlopen(self._url, timeout=10) as answer:  # noqa: S310 -- http, ours
            found = records_in(answer.read().decode())
        return found, (asked_at + time.perf_counter()) / 2

    def take(self) -> None:
        """Measure the records a second since this was made."""
        records, at = self._look()
        self.measured = (records - self._records) / (at - self._at)

    @property
    def fell_short(self) -> bool:
        """Whether less came than the row tells of."""
        return self.measured < LEAST_SHARE * self._asked

    def told(self) -> str:
        """Say what came in, for the note of a figure."""
        short = f", not the {self._asked:,.0f} asked for" if self.fell_short else ""
        return f"input {self.measured:,.0f} records/s{short}"
