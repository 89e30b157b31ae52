"""The tree of commands; a command's own module is imported when the command is called."""

from __future__ import annotations

import importlib
from keyword import iskeyword

import click

from modelmetry import __version__
from modelmetry.cli.failures import CarefulGroup

COMMANDS = {
    "demo": ("demo", "Play a recorded conversation into a server and read it back."),
    "ui": ("ui", "Open the page: see what is in the store."),
    "serve": ("serve", "Run a server over a store."),
    "keys": ("keys", "Make, list and revoke the keys of a server."),
    "traces": ("traces", "List, show, follow, export, import and delete traces."),
    "sessions": ("sessions", "List and show sessions."),
    "findings": ("findings", "List findings and show how one moved over time."),
    "executions": ("executions", "List, show and compare executions with their metrics."),
    "telemetry": ("telemetry", "Sum up and list what jobs reported of themselves."),
    "report": ("report", "Sum up production as Markdown, a page of HTML, or JSON."),
    "prices": ("prices", "Show what models cost, and check prices of your own."),
    "costs": ("costs", "Import, poll and show what the cloud costs."),
    "grafana": ("grafana", "Make a dashboard and alerts for Grafana and Prometheus."),
    "import": ("importing", "Read a file of traces, signals or telemetry into the store."),
    "losses": ("losses", "Show what clients lost, by reason and by client."),
    "store": ("store", "Check, compact and prune a store."),
    "spool": ("spool", "List, show, send and delete what waits on disk for a server."),
    "config": ("settings", "Show what is set, and from where."),
}


class LazyGroup(CarefulGroup):
    """A group that knows its commands by name, and imports one when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Every command, in the order in which somebody new needs them."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name; `None` when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"modelmetry.cli.{COMMANDS[cmd_name][0]}")
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(module, name)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    epilog='Completion in the shell: eval "$(_MODELMETRY_COMPLETE=bash_source modelmetry)", '
    "or zsh_source, fish_source.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def modelmetry() -> None:
    """Record what an AI application did, and look at it.

    Reading commands look into the local store, or into the server that --base-url or
    MODELMETRY_BASE_URL names. Start with: modelmetry demo, then: modelmetry ui
    """
