"""FOCUS as CSV, also compressed: one line after another, on past lines that are torn."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import IO, Final

from modelmetry.costs.amounts import amount_of
from modelmetry.costs.focus_columns import NEEDED, OPTIONAL, columns_of
from modelmetry.costs.focus_reading import FileCount
from modelmetry.costs.focus_tally import Tally
from modelmetry.costs.focus_values import day_of
from modelmetry.errors import CostCurrencyError, CostFileError

_Pick = Callable[[list[str]], tuple[str, ...]]

_BUFFER: Final = 1 << 20
_LONGEST_HEADER: Final = 1 << 16
_LONGEST: Final = 1 << 20  # characters of a line: a file may have no line breaks, and no end
# A record may hold line breaks within quotes. One of more lines than this was torn before the
# second quote, and what it swallowed is read again.
_MOST_LINES: Final = 50


class _Digesting(io.RawIOBase):
    """Passes bytes on and remembers what they were, by a digest."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self.digest = blake2b(digest_size=16)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Read as much as there is."""
        read = self._inner.read(len(target))
        target[: len(read)] = read
        self.digest.update(read)
        return len(read)


class Lines:
    """The lines of a text; those of a torn record can be given back but for the first.

    Args:
        stream: the text.
    """

    def __init__(self, stream: io.TextIOBase) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self.number: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= _MOST_LINES:
            raise csv.Error(f"a quote is still open after {_MOST_LINES} lines")
        line = self._again.popleft() if self._again else self._stream.readline(_LONGEST)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST and line[-1] not in "\r\n":
            self._pass_over()
            self._taken.append(line[:-1])  # should it come again, nothing is passed over
            raise csv.Error(f"a line of more than {_LONGEST:,} characters")
        self._taken.append(line)
        return line

    def _pass_over(self) -> None:
        """What is left of a line that is too long."""
        while (rest := self._stream.readline(_LONGEST)) and rest[-1] not in "\r\n":
            pass

    def swallowed(self, width: int, pick: _Pick) -> bool:
        """Whether a quote that was torn open swallowed a line that is whole by itself.

        Where the open quote is that of the first field, the last line of a record looks like that.
        """
        if len(self._taken) == 1:
            return False
        first, *further = self._taken
        is_of_several = len(next(csv.reader([first]), "")) > 1
        return is_of_several and any(_whole(line, width, pick) for line in further)

    def keep(self) -> int:
        """The record is whole; gives the number of its first line."""
        first = self.number + 1
        self.number += len(self._taken)
        self._taken.clear()
        return first

    def give_back(self) -> int:
        """The record is torn: its further lines come again; gives the number of its first."""
        self._again.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]
        return self.keep()


def read_csv(path: Path, tally: Tally) -> FileCount:
    """Add up the lines of one file.

    Args:
        path: of the file; compressed by gzip if it ends with `.gz`.
        tally: gets the lines.

    Raises:
        CostFileError: it cannot be opened or decompressed, or has not the columns of FOCUS.
        CostCurrencyError: it has several currencies.
    """
    count = FileCount(str(path))
    try:
        with path.open("rb") as stored:
            packed = path.name.lower().endswith(".gz")
            raw = _Digesting(gzip.GzipFile(fileobj=stored) if packed else stored)  # type: ignore[arg-type]
            # Azure writes a byte order mark
            text = io.TextIOWrapper(
                io.BufferedReader(raw, _BUFFER), "utf-8-sig", errors="replace", newline=""
            )
            _read(text, tally, count)
            count.digest = raw.digest.digest()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CostFileError(f"{path} is damaged or not whole ({error}); fetch it again") from error
    except OSError as error:
        raise CostFileError(f"{path} cannot be read: {error}") from error
    return count


def _read(text: io.TextIOWrapper, tally: Tally, count: FileCount) -> None:
    header = next(csv.reader([text.readline(_LONGEST_HEADER)]), list[str]())
    columns = columns_of(header, count.path)
    lines = Lines(text)
    lines.number = 1
    # A column that is not there is read from behind the last one, where nothing stands.
    pick = itemgetter(*(columns.places.get(name, columns.width) for name in (*NEEDED, *OPTIONAL)))
    while True:
        # A reader that has raised, or that gave a torn record, is used no longer.
        reader = csv.reader(lines, strict=True)
        try:
            for record in reader:
                if lines.swallowed(columns.width, pick):
                    raise ValueError("a quote that is still open at the end of the line")  # noqa: TRY301
                if record:
                    _add(record, columns.width, pick, tally)
                    count.lines += 1
                lines.keep()
        except CostCurrencyError as error:
            raise CostCurrencyError(f"{count.path}:{lines.number + 1}: {error}") from error
        except (ValueError, csv.Error) as error:
            count.lines += 1
            count.tear(lines.give_back(), str(error))
        else:
            return


def _whole(line: str, width: int, pick: _Pick) -> bool:
    """Its quotes are closed, and a day and an amount stand in their columns.

    Of a text within quotes that goes over several lines the last one has a quote too many.
    """
    if line.count('"') % 2:
        return False
    fields = next(csv.reader([line]), list[str]())
    if len(fields) != width:
        return False
    began, _, _, _, billed, *_ = pick([*fields, ""])
    try:
        day_of(began)
        amount_of(billed, "BilledCost")
    except ValueError:
        return False
    return True


def _add(record: list[str], width: int, pick: _Pick, tally: Tally) -> None:
    if len(record) != width:
        raise ValueError(f"{len(record)} fields instead of {width}")
    record.append("")
    tally.add(*pick(record))
