"""From one form of tape to another, without losing what the target can hold."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_output import refused
from ticktape.tape.dbn_reader import Tape
from ticktape.tape.dbn_writer import DbnWriter
from ticktape.tape.errors import BadValueError, TapeWriteError, TruncatedTapeError
from ticktape.tape.files import Records, open_tape, target_form
from ticktape.tape.layouts import Schema

Watch = Callable[[Iterable[Batch]], Iterable[Batch]]


def convert_tape(
    source: Path | str,
    target: Path | str,
    *,
    schema: Schema | str | None = None,
    pretty: bool = True,
    map_symbols: bool = True,
    watch: Watch = iter,
) -> int:
    """Convert a file: the names tell the forms.

    The target takes its place only when it is complete, so a failure leaves what was there.

    Parameters
    ----------
    source, target : path
        ``.dbn``, ``.dbn.zst``, ``.csv``, ``.csv.zst`` or ``.parquet``.
    schema : Schema or str, optional
        Convert only records of this schema.
    pretty : bool
        In tables, prices as decimals and times as times; else as integers.
    map_symbols : bool
        In tables, add a ``symbol`` column.
    watch : callable
        Given the batches, gives them on: to show progress.

    Returns
    -------
    int
        Records converted.

    Raises
    ------
    TruncatedTapeError
        If the source was cut; what was whole is in the target.
    TapeError, WrongSchemaError
        If the source cannot be read or the target not written.
    BadValueError
        If both are one file, or the target's name tells no form.
    """
    source, target = Path(source), Path(target)
    target_form(target)
    tape = open_tape(source, schema=schema)
    if target.exists() and target.samefile(source):
        raise BadValueError(f"{target} is the source itself", hint="name another target")
    if not target.parent.is_dir():
        raise TapeWriteError("cannot be written: there is no such folder", path=target)
    partial = target.with_name(f".partial-{target.name}")
    try:
        count = _write(
            tape,
            partial,
            watch(tape),
            one_schema=schema is not None,
            pretty=pretty,
            map_symbols=map_symbols,
        )
        partial.replace(target)
    except OSError as error:
        raise refused(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    if tape.cut is not None:
        raise TruncatedTapeError(
            f"was cut: {tape.cut.reason}",
            path=source,
            record=tape.cut.record,
            hint=f"the {count} whole records are in {target}",
        )
    return count


def _write(
    tape: Records,
    path: Path,
    batches: Iterable[Batch],
    *,
    one_schema: bool,
    pretty: bool,
    map_symbols: bool,
) -> int:
    form = target_form(path)
    metadata = tape.metadata
    # A live session's mapping records do not come along with one schema's.
    if isinstance(tape, Tape) and (one_schema or form != "dbn"):
        metadata = tape.metadata_with_symbols()
    if form == "dbn":
        count = 0
        with DbnWriter(path, metadata, overwrite=True) as writer:
            for batch in batches:
                writer.write(batch)
                count += len(batch.records)
        return count
    # Arrow is slow to import, and DBN does not need it.
    if form == "csv":
        from ticktape.tape.csv_writer import write_csv as write_table  # noqa: PLC0415
    else:
        from ticktape.tape.parquet import write_parquet as write_table  # noqa: PLC0415
    return write_table(
        path,
        batches,
        metadata,
        pretty_px=pretty,
        pretty_ts=pretty,
        map_symbols=map_symbols,
    )
