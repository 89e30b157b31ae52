"""`modelmetry keys`: who may ask a server, and for what. They rest in the server's store."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from contextlib import closing, contextmanager

import click

from modelmetry.cli import wording
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.place import existing_store, store_option, store_url
from modelmetry.cli.screen import out, say, table, write_json
from modelmetry.store.keys import SCOPES, Key, KeyStore, Scope
from modelmetry.store.open import open_store


@click.group(cls=CarefulGroup)
def keys() -> None:
    """Make, list and revoke the keys of a server.

    A server on this machine needs none; one that others can reach does. A new key is good at
    once, also for a server that runs; a revoked one for two seconds more.
    """


@contextmanager
def opened(store: str | None, *, create: bool = False) -> Generator[KeyStore, None, None]:
    """The keys of the store that the options and the environment name."""
    with closing(open_store(store_url(store)) if create else existing_store(store)) as found:
        yield found


def scopes(text: str) -> frozenset[Scope]:
    """The type of an option that is a list of scopes."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known: dict[str, Scope] = {scope: scope for scope in SCOPES}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        given = f"there is no scope {', '.join(unknown)}" if unknown else "no scope is named"
        raise click.BadParameter(f"{given}; there are {', '.join(SCOPES)}")
    return frozenset(known[name] for name in names)


@keys.command("create")
@click.option("--tenant", required=True, metavar="NAME", help="Whose data it opens.")
@click.option(
    "--scope",
    type=scopes,
    default="ingest,read",
    show_default=True,
    metavar="SCOPES",
    help=f"What it is good for: {', '.join(SCOPES)}.",
)
@click.option("--label", default="", help="What it is for, so that you recognise it later.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@store_option
def create(
    store: str | None, tenant: str, scope: frozenset[Scope], label: str, as_json: bool
) -> None:
    """Make a key and show it, once: only a hash of it is kept."""
    with opened(store, create=True) as found:
        key_id, secret = found.create_key(tenant, scope, label)
    if as_json:
        document = {"ID": key_id, "Key": secret, "Tenant": tenant, "Scopes": sorted(scope)}
        write_json(document | {"Store": store_url(store)})
        return
    click.echo(secret)
    say(
        f"Key {key_id} of tenant {tenant}, good for {', '.join(sorted(scope))}, in the store "
        f"{store_url(store)}. It cannot be shown again. Clients take it from MODELMETRY_API_KEY."
    )


@keys.command("ls")
@click.option("--tenant", metavar="NAME", help="Only those of this tenant.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@store_option
def ls(store: str | None, tenant: str | None, as_json: bool) -> None:
    """List keys, oldest first; a key itself is never shown."""
    with opened(store) as found:
        known = found.list_keys(tenant)
    if as_json:
        write_json([as_document(key) for key in known])
    elif known:
        columns = ("ID", "Begins with", "Tenant", "Scopes", "Label", "Made")
        out().print(table([(name, {"no_wrap": True}) for name in columns], map(row, known)))
        say(f"In the store {store_url(store)}", "dim")
    else:
        url = store_url(store)
        make = f"modelmetry keys create --tenant NAME --store {shlex.quote(url)}"
        say(f"No keys in the store {url}. Make one with: {make}")


@keys.command("revoke")
@click.argument("key_id", metavar="ID")
@store_option
def revoke(store: str | None, key_id: str) -> None:
    """Make a key useless; its ID is in `keys ls`."""
    with opened(store) as found:
        if not found.revoke_key(key_id):
            refuse(f"there is no key {key_id}; see: modelmetry keys ls")
    say(f"Key {key_id} is revoked")


def as_document(key: Key) -> dict[str, object]:
    """A key as JSON."""
    return {
        "ID": key.key_id,
        "Hint": key.hint,
        "Tenant": key.tenant,
        "Scopes": sorted(key.scopes),
        "Label": key.label,
        "CreatedAt": key.created_at,
    }


def row(key: Key) -> list[str]:
    """A key in the table."""
    return [
        key.key_id,
        f"{key.hint}…",
        wording.one_line(key.tenant, 60),
        ",".join(scope for scope in SCOPES if scope in key.scopes),
        wording.one_line(key.label, 60),
        wording.local_time(key.created_at),
    ]
