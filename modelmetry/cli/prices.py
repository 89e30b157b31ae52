"""`modelmetry prices`: what models cost, and whether prices of one's own can be used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import click
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.moments import moment
from modelmetry.cli.price_tables import document, listing_lines, listing_table
from modelmetry.cli.screen import out, say, write_json
from modelmetry.config import Config
from modelmetry.prices import Listing, Overrides, Prices, Unpriced, Usage, read_overrides
from modelmetry.prices.library import Library
from modelmetry.prices.snapshot import Snapshot, snapshot

OLD: Final = 90  # days
COUNT = click.IntRange(min=0)


@click.group(cls=CarefulGroup)
def prices() -> None:
    """Show what models cost, and check prices of your own."""


@prices.command("show")
@click.argument("model")
@click.option("--provider", metavar="NAME", help="Who is called, such as openai or aws.bedrock.")
@click.option(
    "--at", type=moment, metavar="TIME", help="When: 30d (ago), 2026-11-20. Now by default."
)
@click.option("--input", "input_", type=COUNT, metavar="N", help="Tokens of input, in all.")
@click.option("--cached-input", type=COUNT, metavar="N", help="Of these, from the cache.")
@click.option("--cache-write", type=COUNT, metavar="N", help="Of these, written to the cache.")
@click.option("--cache-write-1h", type=COUNT, metavar="N", help="Of these, for an hour.")
@click.option("--output", type=COUNT, metavar="N", help="Tokens of output, in all.")
@click.option("--reasoning", type=COUNT, metavar="N", help="Of these, thought.")
@click.option("--overrides", metavar="FILE", help="Prices of your own; else MODELMETRY_PRICES.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def show(
    model: str,
    provider: str | None,
    at: datetime | None,
    input_: int | None,
    overrides: str | None,
    as_json: bool,
    **counts: int | None,
) -> None:
    """Show what a model costs, and what so many tokens of it do.

    The model is named as calls name it, also with a provider before it: azure/gpt-4o.
    """
    own = overrides or Config.from_env().prices
    book = Prices(read_overrides(own) if own else None)
    at = at or datetime.now(UTC)
    listing = book.listing(model, provider=provider, at=at)
    if isinstance(listing, Unpriced):
        refuse(unknown(book, model, provider, listing))
    usage, price = None, None
    if any(count is not None for count in (input_, *counts.values())):
        usage = Usage(input=input_ or 0, output=counts.pop("output") or 0, **counts)
        answer = book.price(model, provider=provider, usage=usage, at=at)
        if isinstance(answer, Unpriced):
            refuse(f"{answer.detail} ({answer.reason})")
        price = answer
    if as_json:
        write_json(document(listing, usage, price))
        return
    screen = out()
    for line in listing_lines(listing, price):
        screen.print(Text(wording.plain(line)), soft_wrap=True)
    screen.print()
    screen.print(listing_table(listing, usage, price))


def unknown(book: Prices, model: str, provider: str | None, answer: Unpriced) -> str:
    """Why there is no price, and what may help."""
    near = book.alike(model, provider) if answer.reason == "unknown_model" else []
    meant = f"; did you mean {', '.join(near)}?" if near else ""
    own = "; a price of your own stands in the file that MODELMETRY_PRICES names"
    return f"{answer.detail}{meant or own}"


@prices.command("check")
@click.argument("file", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def check(file: str | None, as_json: bool) -> None:
    """Check prices of your own, in FILE or the one of MODELMETRY_PRICES, and how old lists are."""
    path = file or Config.from_env().prices
    own = read_overrides(path) if path else None
    kept_up, shipped = Library().catalogue(), snapshot()
    age = shipped.age(datetime.now(UTC).date())
    doubtful = names_in_no_list(own) if own is not None else {}
    silent = names_without_output(own) if own is not None else []
    if as_json:
        write_json(
            {
                "Overrides": None if own is None else {"File": path, "Prices": len(own)},
                "InNoList": doubtful,
                "WithoutOutput": silent,
                "Library": None if kept_up is None else kept_up.source,
                "Snapshot": {
                    "Taken": shipped.taken,
                    "AgeDays": age,
                    "Old": age > OLD,
                    "Origin": shipped.origin,
                    "Providers": len(shipped.providers),
                    "Models": sum(len(one.models) for one in shipped.providers),
                },
            }
        )
        return
    screen = out()
    lines = (
        overrides_line(path, own),
        f"Then {kept_up.source}" if kept_up else "Then genai-prices: not installed",
        snapshot_line(shipped, age),
    )
    for line in lines:
        screen.print(Text(wording.plain(line)), soft_wrap=True)
    for name, near in doubtful.items():
        say(f"No list knows {wording.plain(name)}; did you mean {', '.join(near)}?", "yellow")
    for name in silent:
        say(f"{wording.plain(name)} has no 'output': its calls have no price", "yellow")
    if age > OLD:
        say(old_line(shipped.taken, age, installed=kept_up is not None), "yellow")


def overrides_line(path: str | None, own: Overrides | None) -> str:
    """What the user states."""
    if own is None:
        return "First prices of your own: none; MODELMETRY_PRICES names a file with them"
    return f"First prices of your own: {wording.counted(len(own), 'price')} in {path}"


def snapshot_line(shipped: Snapshot, age: int) -> str:
    """What comes with the package."""
    models = sum(len(one.models) for one in shipped.providers)
    return (
        f"Then the snapshot of {shipped.taken}, {wording.counted(age, 'day')} old: {models:,} "
        f"models of {len(shipped.providers)} providers, from {shipped.origin}"
    )


def old_line(taken: date, age: int, *, installed: bool) -> str:
    """What to do about a list that is old."""
    instead = "it is asked last" if installed else "run: pip install --upgrade 'modelmetry[prices]'"
    return f"The snapshot of {taken} is {age} days old, and prices change; {instead}"


def names_in_no_list(own: Overrides) -> dict[str, list[str]]:
    """Models of the user that no list knows, though one has a name that looks like theirs."""
    lists, found = Prices(), dict[str, list[str]]()
    for name, provider in own.about():
        known = isinstance(lists.listing(name, provider=provider), Listing)
        near = [] if known else lists.alike(name, provider)
        if near:
            found[name] = near
    return found


def names_without_output(own: Overrides) -> list[str]:
    """Models of which the user states no price of output, though a list has one."""
    lists, now, found = Prices(), datetime.now(UTC), dict[str, None]()
    for name, provider in own.about():
        stated, listed = own.listing(name, provider, now), lists.listing(name)
        if (
            stated is not None
            and stated.terms.output is None
            and isinstance(listed, Listing)
            and listed.terms.output
        ):
            found[name] = None
    return list(found)
