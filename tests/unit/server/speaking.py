"""The same metrics in both dialects: that of our own operations and that of `craft-ai-sdk`."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

import httpx
from attrs import frozen

from tests.unit.server.serving import Serving, problem

API = "/api/v1"
SINGLE = f"{API}/metrics/single-value"
LISTS = f"{API}/metrics/list-values"


def raw(
    base_url: str,
    method: str,
    target: str,
    headers: Mapping[str, str],
    content: bytes | None = None,
) -> httpx.Response:
    """Send a request target as it stands: httpx would tidy `..` away."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=30)
    try:
        connection.request(method, target, content, dict(headers))
        answer = connection.getresponse()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
    finally:
        connection.close()


def token_of(serving: Serving, key: str) -> str:
    """An access token for a key."""
    answer = serving.http.post(f"{API}/auth/refresh", json={"refresh_token": key})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def refusal(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """The error document of the other protocol, held to what every one of them has."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/json"
    document: dict[str, Any] = answer.json()
    assert set(document) == {"message", "name", "request_id", "additional_data"}
    assert document["message"]
    assert document["name"]
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


class Dialect(Protocol):
    """How metrics are recorded and read."""

    def put(self, name: str, value: Any, run: str = "run") -> httpx.Response:
        """Record a value; `bytes` stand in the body as they are."""
        ...

    def append(self, name: str, values: Any, run: str = "run") -> httpx.Response:
        """Append to a list, likewise."""
        ...

    def send_values(self, body: bytes) -> httpx.Response:
        """Append with a body that stands as it is."""
        ...

    def values(self, **filters: Any) -> httpx.Response:
        """Read values; filters are `name`, `pipeline`, `deployment`, `execution`, and others."""
        ...

    def lists(self, **filters: Any) -> httpx.Response:
        """Read lists with their values, likewise."""
        ...

    def rows(self, answer: httpx.Response) -> list[tuple[str, Any]]:
        """Names and values, or lists of them, of what was read."""
        ...

    def why(self, answer: httpx.Response, *statuses: int) -> str:
        """Why something was refused, which was said as the dialect says it."""
        ...


@frozen
class Own:
    """Our own operations."""

    base_url: str
    key: str

    def put(self, name: str, value: Any, run: str = "run") -> httpx.Response:
        """Record a value."""
        return self._post(run, "values", _body("Name", name, "Value", value))

    def append(self, name: str, values: Any, run: str = "run") -> httpx.Response:
        """Append to a list."""
        return self._post(run, "lists", _body("Name", name, "Values", values))

    def send_values(self, body: bytes) -> httpx.Response:
        """Append with any body."""
        return self._post("run", "lists", body)

    def values(self, **filters: Any) -> httpx.Response:
        """Read values."""
        return self._get("/metrics/values", filters)

    def lists(self, **filters: Any) -> httpx.Response:
        """Read lists."""
        return self._get("/metrics/lists", {"include_values": "true", **filters})

    def rows(self, answer: httpx.Response) -> list[tuple[str, Any]]:
        """What was read."""
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return [
            (row["Name"], row.get("Value", row.get("Values")))
            for row in found.get("Values", found.get("Lists"))
        ]

    def why(self, answer: httpx.Response, *statuses: int) -> str:
        """Why something was refused."""
        assert answer.status_code in statuses, answer.text
        return str(problem(answer, answer.status_code)["detail"])

    def _post(self, run: str, kind: str, body: bytes) -> httpx.Response:
        path = f"/executions/{quote(run, safe='')}/metrics/{kind}"
        headers = {"x-api-key": self.key, "content-type": "application/json"}
        return raw(self.base_url, "POST", path, headers, body)

    def _get(self, path: str, filters: Mapping[str, Any]) -> httpx.Response:
        named = {OWN_FILTERS.get(name, name): text for name, text in filters.items()}
        target = f"{path}?{urlencode(named, doseq=True)}"
        return raw(self.base_url, "GET", target, {"x-api-key": self.key})


@frozen
class Craft:
    """The other protocol."""

    base_url: str
    token: str

    def put(self, name: str, value: Any, run: str = "run") -> httpx.Response:
        """Record a value."""
        return self.send(
            "PUT", f"{SINGLE}/{quote(name, safe='')}", _body("execution_id", run, "value", value)
        )

    def append(self, name: str, values: Any, run: str = "run") -> httpx.Response:
        """Append to a list."""
        return self.send(
            "POST", f"{LISTS}/{quote(name, safe='')}", _body("execution_id", run, "values", values)
        )

    def send_values(self, body: bytes) -> httpx.Response:
        """Append with any body."""
        return self.send("POST", f"{LISTS}/n", body)

    def values(self, **filters: Any) -> httpx.Response:
        """Read values."""
        return self._get(SINGLE, filters)

    def lists(self, **filters: Any) -> httpx.Response:
        """Read lists."""
        return self._get(LISTS, filters)

    def rows(self, answer: httpx.Response) -> list[tuple[str, Any]]:
        """What was read."""
        assert answer.status_code == 200, answer.text
        return [
            (row["name"], row.get("value", row.get("values"))) for row in answer.json()["metrics"]
        ]

    def why(self, answer: httpx.Response, *statuses: int) -> str:
        """Why something was refused."""
        return str(refusal(answer, *statuses)["message"])

    def send(self, method: str, target: str, body: bytes | None = None) -> httpx.Response:
        """Send anything with the token."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return raw(self.base_url, method, target, headers, body)

    def _get(self, path: str, filters: Mapping[str, Any]) -> httpx.Response:
        named = {CRAFT_FILTERS.get(name, name): text for name, text in filters.items()}
        return self.send("GET", f"{path}?{urlencode(named, doseq=True)}")


OWN_FILTERS = {"pipeline": "pipeline_name", "deployment": "deployment_name"}
CRAFT_FILTERS = {
    "name": "filters[name]",
    "pipeline": "filters[pipeline_name]",
    "deployment": "filters[deployment_name]",
    "execution": "filters[execution_id]",
}


def _body(first: str, text: str, second: str, value: Any) -> bytes:
    written = value if isinstance(value, bytes) else json.dumps(value).encode()
    return b'{"%b":%b,"%b":%b}' % (
        first.encode(),
        json.dumps(text).encode(),
        second.encode(),
        written,
    )
