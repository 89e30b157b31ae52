"""Secrets are told by their shape, in time that grows with the text and no faster."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.config import Config
from modelmetry.delivery.cards import mask_cards
from modelmetry.delivery.patterns import SEARCHES, Patterns, mask_emails, mask_keys

KEY = "<masked key>"


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcDEF123456-7890_xyz",
        "sk-ant-api03-AAAAbbbbCCCCddddEEEE",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0abcdefghijkl_0123456789",
        "glpat-ABCdef123456ghi789_-",
        "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "xoxb-1234567890-abcdefghij",
        "xoxp-1234567890-abcdefghij",
        "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
        "mm_Zk3-kdE_0123456789abcdefghijklmnopqrstuvwxyz",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK=\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE, and the end is missing",
    ],
)
def test_keys_of_known_shapes_are_masked(secret: str) -> None:
    """Wherever they stand; what is around them stays."""
    assert mask_keys(f"use {secret}") == f"use {KEY}"
    assert mask_keys(f'{{"value":"{secret}"').startswith(f'{{"value":"{KEY}')
    assert secret[12:24] not in mask_keys(f"...{secret}")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abc.DEF-123/45+6==", f"Authorization: Bearer {KEY}"),
        ("curl -H 'authorization: bearer 0123456789'", f"curl -H 'authorization: bearer {KEY}'"),
        ("postgres://shop:hunter2@db/orders", f"postgres://shop:{KEY}@db/orders"),
        # JSON in JSON, as the arguments of a tool often are, and once more in there.
        *(
            (json.dumps({"arguments": json.dumps(inner)}), json.dumps({"arguments": outer}))
            for inner, outer in (
                ({"password": "hunter2", "n": 1}, f'{{"password": "{KEY}", "n": 1}}'),
                ({"a": json.dumps({"token": "x"})}, json.dumps({"a": f'{{"token": "{KEY}"}}'})),
            )
        ),
        ('{"password": "hun\\"ter2", "n": 1}', f'{{"password": "{KEY}", "n": 1}}'),
        ("{'api_key': 'abc', 'city': 'Ulm'}", f"{{'api_key': '{KEY}', 'city': 'Ulm'}}"),
        ('{"x": 1, "clientSecret" : "cut he', f'{{"x": 1, "clientSecret" : "{KEY}'),
        ("Config(user='u', password='p w')", f"Config(user='u', password='{KEY}')"),
        ("/login?token=abcdef&next=/home", f"/login?token={KEY}&next=/home"),
        ("DB_PASSWORD=hunter2 python app.py", f"DB_PASSWORD={KEY} python app.py"),
    ],
)
def test_what_is_named_a_secret_in_a_text_is_masked(text: str, masked: str) -> None:
    """Headers, addresses, JSON, reprs, queries."""
    assert mask_keys(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "the task-force-of-the-whole-organisation met",
        "input_tokens=412 output_token=7",
        "a bearer of news",
        '{"city": "Ulm", "tokens": "12"}',
        "see docs.example.com/eyJ and http://127.0.0.1:8420/traces",
        "ghp_short sk-short AKIA123",
    ],
)
def test_other_texts_stay(text: str) -> None:
    """Nothing in them is a secret."""
    assert mask_keys(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to ada.lovelace+x@example.co.uk.", "write to <masked email>."),
        ("<o'neil@müller.example>, b@c.de", "<<masked email>>, <masked email>"),
        ("a@b.c, @home, user@localhost, 5 @ 3.50", "a@b.c, @home, user@localhost, 5 @ 3.50"),
    ],
)
def test_addresses_are_masked(text: str, masked: str) -> None:
    """As they are written in the wild; what has no domain is none."""
    assert mask_emails(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111111111111111", "<masked card>"),
        ("pay 4111 1111 1111 1111 by 12/27", "pay <masked card> by 12/27"),
        ("3782-822463-10005, 6011 0009 9013 9424", "<masked card>, <masked card>"),
        ("4111 1111 1111 1111 123 then", "<masked card> 123 then"),
        ("4222222222222", "<masked card>"),
        ("6304 0000 0000 0000 000", "<masked card>"),
        ("4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", "<masked card>"),
        ("4111111111111112", "4111111111111112"),
        ("0000 0000 0000 0000", "0000 0000 0000 0000"),
        ("41111111111111111111111111", "41111111111111111111111111"),
        ("101 2023 2003 1037 7099 102 5 5 5", "101 2023 2003 1037 7099 102 5 5 5"),
    ],
)
def test_numbers_of_cards_are_masked(text: str, masked: str) -> None:
    """13 to 19 digits, in groups or not, whose check digit fits."""
    assert mask_cards(text) == masked


HOSTILE = [
    *("a", "1", "1 ", "4111 ", "111-", "@", "a@", "a@b.", "a@b.c", "a.", "eyJ", "eyJ-", "_eyJ."),
    *("eyJaaaaaaaa.", "sk-", "-sk-a", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A ", "Bearer "),
    *("bearer    ", "://", "://a:", "://a:b", '"', '"token":"', '"token":"\\"', "'password':'"),
    *(
        'a="',
        "a='",
        '"password":"\\\\',
        '"a":"\\\\"b\\\\":\\\\"',
        '"a":"\\\\"b\\\\":\\\\"",',
        "token=",
        "a=b=",
        "password=x",
        "ghp_",
        "mm_",
        "xoxb-",
        "-",
        "_",
        "\n",
    ),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_no_longer_than_their_length(piece: str) -> None:
    """A megabyte of anything is done; with backtracking it would take hours."""
    text = piece * (1_000_000 // len(piece))
    for search in SEARCHES.values():
        search(text)


@given(st.text(max_size=200), st.sampled_from(sorted(SEARCHES)))
def test_masking_twice_is_masking_once(text: str, name: str) -> None:
    """What was put in the place of a secret is none."""
    once = SEARCHES[name](text)
    assert SEARCHES[name](once) == once


def test_the_setting_names_what_there_is() -> None:
    """`all` is all of them."""
    assert Config(mask="all").masked == tuple(SEARCHES)
    chosen = Patterns(Config(mask="emails").masked)
    assert chosen("a@b.de 4111111111111111") == "<masked email> 4111111111111111"
    assert not chosen.by_name
