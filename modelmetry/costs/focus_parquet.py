"""FOCUS as Parquet, a few thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, Protocol, cast

from modelmetry.costs.focus_columns import NEEDED, OPTIONAL, columns_of
from modelmetry.costs.focus_reading import FileCount
from modelmetry.costs.focus_tally import NOT_UTF8, Tally
from modelmetry.errors import CostCurrencyError, CostFileError, MissingExtraError

_ROWS_AT_ONCE: Final = 4096
_BUFFER: Final = 1 << 16


class _File(Protocol):
    """What of `pyarrow.parquet.ParquetFile`, which has no types, is used here."""

    @property
    def schema_arrow(self) -> Any: ...
    def iter_batches(
        self, *, batch_size: int, columns: list[str], use_threads: bool
    ) -> Iterable[Any]: ...


def read_parquet(path: Path, tally: Tally) -> FileCount:
    """Add up the rows of one file; needs `pip install 'modelmetry[parquet]'`.

    Args:
        path: of the file.
        tally: gets the rows.

    Raises:
        CostFileError: it cannot be opened or is damaged, or has not the columns of FOCUS.
        CostCurrencyError: it has several currencies.
        MissingExtraError: pyarrow is not installed.
    """
    arrow, opener = _library()
    count = FileCount(str(path))
    try:
        with path.open("rb") as stored:
            count.digest = file_digest(stored, "blake2b").digest()
            stored.seek(0)
            # Without these a group of rows, which may be the whole file, lies in memory.
            file = opener.ParquetFile(
                stored, pre_buffer=False, buffer_size=_BUFFER, page_checksum_verification=True
            )
            _read(cast("_File", file), arrow, tally, count)
    except OSError as error:  # also what pyarrow says of files that end early
        raise CostFileError(f"{path} cannot be read: {error}") from error
    except (arrow.ArrowException, UnicodeDecodeError) as error:
        raise CostFileError(f"{path} is damaged or no Parquet ({error}); fetch it again") from error
    return count


def _read(file: _File, arrow: Any, tally: Tally, count: FileCount) -> None:
    names: list[str] = file.schema_arrow.names
    places = columns_of(names, count.path).places
    wanted = [name for name in (*NEEDED, *OPTIONAL) if name in places]
    spelled = [names[places[name]] for name in wanted]
    batches = file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=spelled, use_threads=False)
    for batch in batches:
        read = {
            name: _values(batch.column(names[places[name]]), arrow) if name in places else None
            for name in (*NEEDED, *OPTIONAL)
        }
        nothing = [None] * batch.num_rows
        for values in zip(*(read[name] or nothing for name in read), strict=True):
            count.lines += 1
            try:
                tally.add(*values)
            except CostCurrencyError as error:
                raise CostCurrencyError(f"{count.path}, row {count.lines}: {error}") from error
            except ValueError as error:
                count.tear(count.lines, str(error))


def _values(column: Any, arrow: Any) -> list[object]:
    """Give the values of a column; moments as texts, since nanoseconds have no class in Python."""
    if arrow.types.is_timestamp(column.type):
        column = column.cast(arrow.timestamp("s"), safe=False)  # in UTC, whatever its zone
    try:
        read: list[object] = column.to_pylist()
    except (ValueError, OverflowError):  # one is no UTF-8, or of a year that Python does not have
        read = [_value(one) for one in column]
    known = (arrow.types.is_string, arrow.types.is_floating, arrow.types.is_decimal)
    return read if any(is_it(column.type) for is_it in known) else list(map(_plain, read))


def _value(scalar: Any) -> object:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):
        return NOT_UTF8


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):  # older writers do not say that theirs are texts
        return value.decode("utf-8", "replace")
    return value


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow  # noqa: ICN001, PLC0415 # pyright: ignore[reportMissingTypeStubs] - an optional extra
        from pyarrow import parquet  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise MissingExtraError(
            "files of Parquet are read by pyarrow, which is not installed; "
            "pip install 'modelmetry[parquet]', or export costs as CSV"
        ) from error
    return cast("Any", pyarrow), cast("Any", parquet)
