import numpy as np

from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema, new_records
from ticktape.tape.rankings import Ranking, ranking_from_statistics
from ticktape.tape.times import parse_time

MONDAY, TUESDAY, NOON = (
    parse_time(text) for text in ("2025-09-22", "2025-09-23", "2025-09-24T12:00Z")
)


def statistics(*rows):
    records = new_records(Schema.STATISTICS, len(rows))
    records["update_action"] = 1
    for record, (key, kind, refers_to, quantity, *action) in zip(records, rows, strict=True):
        record["instrument_id"], record["stat_type"] = key, kind
        record["ts_ref"], record["quantity"] = refers_to, quantity
        if action:
            record["update_action"] = action[0]
    return records


def test_the_last_figure_of_an_earlier_day_counts():
    records = statistics(
        (1, 6, TUESDAY, 50),
        (1, 6, MONDAY, 10),
        (1, 6, NOON, 99),
        (1, 9, TUESDAY, 7),
        (2, 6, MONDAY, 20),
        (2, 6, TUESDAY, 2**63 - 1),
    )
    assert ranking_from_statistics(records, Ranking.VOLUME, NOON) == {1: 50, 2: 20}
    assert ranking_from_statistics(records, Ranking.OPEN_INTEREST, NOON) == {1: 7}


def test_a_deleted_figure_does_not_count():
    records = statistics((1, 6, MONDAY, 5), (1, 6, MONDAY, 5, 2))
    assert ranking_from_statistics(records, Ranking.VOLUME, NOON) == {}


def test_a_figure_without_a_reference_day_is_of_its_own_day():
    records = statistics((1, 6, UNDEF_TIMESTAMP, 5))
    records["ts_event"] = np.uint64(MONDAY)
    assert ranking_from_statistics(records, Ranking.VOLUME, NOON) == {1: 5}
    assert ranking_from_statistics(records, Ranking.VOLUME, MONDAY) == {}
