"""The operations by which the page logs in and out."""

from __future__ import annotations

from typing import Final

from modelmetry_api.models import LoginStatus, LoginStatusScopesItem
from modelmetry_api.types import encode_json

from modelmetry.server.auth import UNKNOWN_KEY, Doorkeeper, unauthorized
from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.guard import check_same_origin, is_from_browser
from modelmetry.server.problems import Problem
from modelmetry.server.sessions import cookie, sent_token
from modelmetry.store.keys import SCOPES, Key, Scope

PAGE_NEEDS: Final[Scope] = "read"


def login_handlers(door: Doorkeeper | None) -> dict[str, Handler]:
    """Handlers by operation; without a door everybody is let in, and nobody logs in."""

    async def get_login(call: Call) -> Answer:
        if door is None or await door.is_open():
            return _status(SCOPES, required=False, logged_in=False)
        found = await door.by_cookie(call.headers)
        if found is None:
            return _status((), required=True, logged_in=False)
        return _status(found.scopes, required=True, logged_in=True)

    async def log_in(call: Call) -> Answer:
        if is_from_browser(call.headers):
            check_same_origin(call.headers)
        if door is None:
            raise unauthorized(UNKNOWN_KEY)
        key = await door.presented(call.document["APIKey"], call.address)
        _check_it_shows_something(key)
        before = sent_token(call.headers.get("cookie", ""))
        if before is not None:
            door.sessions.end(before)  # the browser forgets its token, so nobody could end it
        answer = _status(key.scopes, required=True, logged_in=True)
        return _with_cookie(answer, door.sessions.begin(key.key_id), call)

    async def log_out(call: Call) -> Answer:
        token = sent_token(call.headers.get("cookie", ""))
        if token is not None and door is not None:
            check_same_origin(call.headers)
            door.sessions.end(token)
        return _with_cookie(Answer(status=204), "", call)

    return {"get-login": get_login, "log-in": log_in, "log-out": log_out}


def _check_it_shows_something(key: Key) -> None:
    if PAGE_NEEDS not in key.scopes:
        raise Problem(
            403,
            "missing-scope",
            f"the page would show nothing: this key is not good for {PAGE_NEEDS}; it has "
            f"{', '.join(sorted(key.scopes))}",
        )


def _status(scopes: frozenset[Scope] | tuple[Scope, ...], **members: bool) -> Answer:
    listed: list[LoginStatusScopesItem | str] = [scope for scope in SCOPES if scope in scopes]
    return Answer(encode_json(LoginStatus(scopes=listed, **members)))


def _with_cookie(answer: Answer, token: str, call: Call) -> Answer:
    # A browser that says so came over https, whatever stands between it and this server.
    secure = call.secure or call.headers.get("origin", "").lower().startswith("https://")
    headers = {"Set-Cookie": cookie(token, secure=secure)}
    return Answer(answer.content, answer.status, headers=headers)
