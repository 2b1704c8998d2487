"""Older versions, against the vendor's own upgrading decoder."""

import databento_dbn as dbn
import numpy as np
import pytest
from tests.tape.tape_samples import START_NS, random_records, records_of

from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.layouts import LAYOUTS, Schema
from ticktape.tape.upgrade import OLD_LAYOUTS

OLD = [(version, schema) for version in (1, 2) for schema in OLD_LAYOUTS[version]]


def old_metadata(version, schema, ts_out=False):
    session = (Schema.ERROR, Schema.SYSTEM, Schema.SYMBOL_MAPPING)
    return dbn.Metadata(
        dataset="GLBX.MDP3",
        start=START_NS,
        schema=None if schema in session else dbn.Schema.from_str(schema),
        stype_in=dbn.SType.RAW_SYMBOL,
        stype_out=dbn.SType.INSTRUMENT_ID,
        symbols=["SYM0"],
        version=version,
        ts_out=ts_out,
    ).encode()


def upgraded_by_the_vendor(content):
    decoder = dbn.DBNDecoder(upgrade_policy=dbn.VersionUpgradePolicy.UPGRADE_TO_V3)
    decoder.write(content)
    return b"".join(bytes(one) for one in decoder.decode() if not isinstance(one, dbn.Metadata))


@pytest.mark.parametrize(("version", "schema"), OLD)
def test_every_old_layout_is_upgraded_as_the_vendor_does(put_tape, version, schema):
    old = random_records(schema, 200, seed=version, layout=OLD_LAYOUTS[version][schema])
    if schema is Schema.STATISTICS:
        old["quantity"][::7] = 2**31 - 1
    content = old_metadata(version, schema)
    ours = records_of(read_dbn(put_tape("old.dbn", content, old)))
    theirs = np.frombuffer(upgraded_by_the_vendor(content + old.tobytes()), LAYOUTS[schema])
    for name in LAYOUTS[schema].names:
        assert np.array_equal(ours[name], theirs[name]), name


@pytest.mark.parametrize(("version", "schema"), OLD)
def test_old_layouts_with_send_times_lose_or_keep_them(put_tape, version, schema):
    layout = OLD_LAYOUTS[version][schema]
    with_send_time = np.dtype([(name, layout[name]) for name in layout.names] + [("ts_out", "u8")])
    old = random_records(schema, 9, layout=with_send_time)
    old["ts_out"] = np.arange(9) + START_NS
    path = put_tape("old.dbn", old_metadata(version, schema, ts_out=True), old)
    assert records_of(read_dbn(path)).dtype == LAYOUTS[schema]
    kept = records_of(read_dbn(path, keep_ts_out=True))
    assert kept["ts_out"].tolist() == old["ts_out"].tolist()
    assert (kept["length"] == kept.dtype.itemsize // 4).all()


@pytest.mark.parametrize("version", [1, 2])
def test_layouts_that_never_changed_are_read_as_they_are(put_tape, version):
    records = random_records(Schema.MBO, 300)
    tape = read_dbn(put_tape("old.dbn.zst", old_metadata(version, Schema.MBO), records))
    assert np.array_equal(records_of(tape), records)
    assert tape.versions == (version,)


def test_real_definitions_of_version_1(real_tape):
    path = real_tape("futures-20240701.definition.dbn.zst")
    definitions = records_of(read_dbn(path))
    assert definitions["raw_symbol"].tolist() == [b"ESU4", b"NQU4"]
    assert definitions["instrument_id"].tolist() == [118, 4358]
