"""Files in the format FOCUS, which AWS, Azure, Google Cloud, Snowflake and others export."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from modelmetry.costs.focus_csv import read_csv
from modelmetry.costs.focus_parquet import read_parquet
from modelmetry.costs.focus_reading import MOST_NAMED, FileCount, FocusReading, TornLine
from modelmetry.costs.focus_tally import Tally
from modelmetry.costs.rows import CostRow
from modelmetry.costs.source import Spending
from modelmetry.errors import CostCurrencyError, CostFileError, InvalidValueError

_READERS: Final[tuple[tuple[str, Callable[[Path, Tally], FileCount]], ...]] = (
    (".csv", read_csv),
    (".csv.gz", read_csv),
    (".parquet", read_parquet),
)
# Clouds close a month a few days after its end: AWS by the 5th, Azure within 72 hours.
_CLOSING: Final = timedelta(days=5)


def _today() -> date:
    return datetime.now(UTC).date()


class FocusFiles:
    """Reads exports of costs, FOCUS 1.0 to 1.3, as CSV, compressed CSV or Parquet.

    Lines are added up by the day of UTC on which their charge period starts, service, category and
    account while they are read, so that the size of a file does not matter. The parts of an export
    are added up; a file that is there twice counts once; two exports of the same days that differ
    count twice, so give the latest one only.

    A day is estimated until 5 days after the end of its month, since FOCUS does not say it.

    Args:
        paths: files, or folders with files below them whose names end with `.csv`, `.csv.gz` or
            `.parquet`.
        name: tells these rows from those of other sources; for another account or currency take
            another.
        tags: names of those by which costs are parted; without them tags do not count.
        today: gives the present day of UTC.
    """

    def __init__(
        self,
        *paths: str | os.PathLike[str],
        name: str = "focus",
        tags: Collection[str] = (),
        today: Callable[[], date] = _today,
    ) -> None:
        if not paths:
            raise InvalidValueError("FocusFiles needs the path of a file or folder at least")
        self._paths = tuple(Path(path) for path in paths)
        self._name = name
        self._tags = frozenset(tags)
        self._today = today
        self._last = FocusReading()

    @property
    def name(self) -> str:
        """Tells its rows from those of other sources."""
        return self._name

    @property
    def spending(self) -> Spending:
        """Nothing: files cost nothing."""
        return Spending()

    @property
    def last(self) -> FocusReading:
        """What the last reading gave, and which lines of the files are torn."""
        return self._last

    @property
    def faults(self) -> tuple[str, ...]:
        """What of the files did not count in the last reading, and why."""
        copies = (f"{path} is a copy of another file" for path in self._last.repeated)
        more = self._last.torn - len(self._last.named)
        others = (f"{more} more lines could not be read",) if more else ()
        return (*copies, *map(str, self._last.named), *others)

    def rows(self, start: date, end: date) -> Iterator[CostRow]:
        """Read the files anew; `last` says what of them could not be read.

        Args:
            start: the first day of UTC.
            end: the day after the last one.

        Raises:
            CostFileError: as `read` does.
            CostCurrencyError: as `read` does.
            MissingExtraError: as `read` does.
        """
        return iter(self.read(start, end).rows)

    def read(self, start: date, end: date) -> FocusReading:
        """Read the files anew.

        Args:
            start: the first day of UTC.
            end: the day after the last one.

        Raises:
            CostFileError: there is no file, or one that is damaged, has other columns, or has
                nothing but torn lines; or they come to more than 500,000 rows.
            CostCurrencyError: they have several currencies.
            MissingExtraError: there is a file of Parquet, and pyarrow is not installed.
        """
        self._last = FocusReading()
        whole, counts, repeated = Tally(start, end, self._tags), list[FileCount](), list[str]()
        seen: set[bytes] = set()
        for path in self._files():
            part = Tally(start, end, self._tags)
            count = _reader_of(path)(path, part)
            if count.digest in seen:
                repeated.append(count.path)
                continue
            seen.add(count.digest)
            counts.append(_not_all_torn(count))
            try:
                whole.take(part)
            except CostCurrencyError as error:
                raise CostCurrencyError(f"{path}: {error}") from error
        rows = tuple(whole.rows(_settled(self._today())))
        self._last = _reading(rows, counts, repeated, whole.unread())
        return self._last

    def _files(self) -> Iterator[Path]:
        for path in self._paths:
            if not path.is_dir():
                yield path
                continue
            below = sorted(found for found in path.rglob("*") if found.is_file())
            known = [found for found in below if _is_known(found)]
            if not known:
                raise CostFileError(
                    f"{path} has no file whose name ends with .csv, .csv.gz or .parquet; "
                    "export costs in the format FOCUS into it"
                )
            yield from known


def _is_known(path: Path) -> bool:
    return any(path.name.lower().endswith(ending) for ending, _ in _READERS)


def _reader_of(path: Path) -> Callable[[Path, Tally], FileCount]:
    for ending, reader in _READERS:
        if path.name.lower().endswith(ending):
            return reader
    raise CostFileError(f"{path} is none of .csv, .csv.gz and .parquet; name it by what it holds")


def _not_all_torn(count: FileCount) -> FileCount:
    if count.lines and count.torn == count.lines:
        first = "; ".join(str(line) for line in count.named[:3])
        raise CostFileError(f"{count.path}: not one of {count.lines} lines can be read: {first}")
    return count


def _settled(today: date) -> date:
    """Give the first day that may still change."""
    return (today - _CLOSING).replace(day=1)


def _reading(
    rows: tuple[CostRow, ...], counts: list[FileCount], repeated: list[str], unread: list[date]
) -> FocusReading:
    named: list[TornLine] = [line for count in counts for line in count.named]
    return FocusReading(
        rows=rows,
        files=len(counts),
        repeated=tuple(repeated),
        lines=sum(count.lines for count in counts),
        torn=sum(count.torn for count in counts),
        named=tuple(named[:MOST_NAMED]),
        unread=tuple(unread),
    )
