"""`modelmetry config`: what is set, and from where."""

from __future__ import annotations

from collections.abc import Sequence

import click

from modelmetry.cli.place import store_url
from modelmetry.cli.screen import Column, out, table, write_json
from modelmetry.config import Config
from modelmetry.server.settings import ServerSettings
from modelmetry.settings import Setting


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def config(as_json: bool) -> None:
    """Show every setting of clients and of the server: its value and where it comes from.

    Settings come from the environment only; keys are masked.
    """
    client = Config.from_env().describe()
    server = ServerSettings.from_env().describe()
    if as_json:
        write_json(
            {
                "Client": [document(line) for line in client],
                "Server": [document(line) for line in server],
                "Store": store_url(None),
            }
        )
        return
    screen = out()
    print_lines("Clients", client)
    screen.print()
    print_lines("Server (modelmetry serve)", server)
    screen.print()
    screen.print(f"Signals are kept in {store_url(None)} when no server is named.", soft_wrap=True)


def document(line: Setting) -> dict[str, str]:
    """A setting as JSON."""
    return {
        "Name": line.name,
        "Variable": line.variable,
        "Value": line.value,
        "Source": line.source,
        "Help": line.help,
    }


def print_lines(title: str, lines: Sequence[Setting]) -> None:
    """Write settings as a table, those that are set first to see."""
    columns: list[Column] = [
        (title, {"no_wrap": True}),
        ("Value", {"overflow": "fold"}),
        ("From", {"no_wrap": True}),
        ("Help", {"overflow": "fold"}),
    ]
    rows = [(line.variable, line.value or "-", line.source, line.help) for line in lines]
    out().print(table(columns, rows))
