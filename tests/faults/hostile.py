"""A program that hands values which no encoder likes to every door, and says what was raised."""

VALUES = """
import collections, datetime, enum, math, types
from collections.abc import Mapping

def boom(self, *_, **__): raise ZeroDivisionError("boom")
def bad(base=object, **members): return type("Bad", (base,), members)

class Keys(Mapping):
    def __getitem__(self, key): raise ZeroDivisionError
    def __iter__(self): raise ZeroDivisionError
    def __len__(self): raise ZeroDivisionError

class Changing(dict):
    def items(self):
        for item in list(super().items()):
            yield item
            raise RuntimeError("dictionary changed size during iteration")

class Liar:
    @property
    def __class__(self): raise ZeroDivisionError

class Array:
    def __init__(self, items): self.items = items
    def tolist(self): return self.items
    def __bool__(self): raise ValueError("ambiguous")
    def __eq__(self, other): raise ValueError("ambiguous")
    __hash__ = None

class Scalar:
    def __init__(self, number): self.number = number
    def item(self): return self.number

cycle = {}
cycle["me"] = cycle
ring = []
ring.append(ring)
deep = None
for _ in range(100_000): deep = [deep]
comparing = dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__", "__eq__"), boom)
shown = dict.fromkeys(("__repr__", "__str__", "__format__"), boom)

VALUES = {
    "cycle": cycle, "ring": ring, "deep": deep, "array of a ring": Array(ring),
    "lone surrogate": "a\\ud800b", "bytes": b"\\xff", "complex": 1j, "large": 10**5000,
    "nan": math.nan, "infinite": -math.inf, "latest": datetime.datetime.max,
    "repr": bad(__repr__=boom)(), "str": bad(__str__=boom)(), "both": bad(**shown)(),
    "eq": bad(__eq__=boom, __hash__=None)(), "hash": bad(__hash__=boom)(),
    "bool": bad(__bool__=boom)(), "getattr": bad(__getattr__=boom)(), "liar": Liar(),
    "getattribute": bad(__getattribute__=boom)(), "keys": Keys(), "changing": Changing(a=1),
    "len": bad(list, __len__=boom, __iter__=boom)([1]), "iter": bad(list, __iter__=boom)([1]),
    "text": bad(str, __len__=boom, __hash__=boom, isascii=boom, encode=boom, **shown)("text"),
    "equal text": bad(str, __eq__=boom, __hash__=str.__hash__)("text"),
    "int": bad(int, __int__=boom, __index__=boom, **shown, **comparing, __hash__=boom)(5),
    "float": bad(float, __float__=boom, **shown, **comparing, __hash__=boom)(5.5),
    "text of repr": bad(__repr__=lambda _: bad(str, __len__=boom, isascii=boom)("text"))(),
    "array": Array([1, 2]), "scalar": Scalar(3), "scalar of nothing": Scalar(object()),
    "item": bad(item=boom)(), "tolist": bad(tolist=boom)(), "dump": bad(model_dump=boom)(),
    "ratio": bad(as_integer_ratio=boom, __float__=boom)(), "set": {1, 2}, "type": int,
    "function": lambda: 1, "generator": (number for number in range(3)),
    "default": collections.defaultdict(list, a=1), "proxy": types.MappingProxyType({"a": 1}),
    "exception": ValueError("x"), "enum": enum.Enum("E", "A").A,
}
"""

# The trace, span or call of a model at each door is ended, so that all of it is delivered.
DOORS = """
def trace(**how): return client.trace("t", **how)
def span(): return trace().span("s")
def completion(): return trace().completion("c")
def call(value): return modelmetry.ToolCall("id", "name", value)
def tool(value): return modelmetry.ToolDefinition(value, value, value)

OPTIONS = ("temperature", "stop", "logit_bias", "tools", "max_tokens", "stream", "model", "user",
           "functions", "response_format")

DOORS = {
    "name": lambda v: client.trace(v),
    "name of a span": lambda v: trace().span(v),
    "start": lambda v: trace(start=v),
    "end": lambda v: trace().end(v),
    "session": lambda v: trace(session=v),
    "session metadata": lambda v: client.session("s", metadata={"v": v}),
    "session metadata whole": lambda v: client.session("s", metadata=v),
    "trace metadata": lambda v: trace(metadata={"v": v}),
    "trace metadata whole": lambda v: trace(metadata=v),
    "metadata": lambda v: span().metadata({"v": v}),
    "metadata by word": lambda v: span().metadata(v=v),
    "metadata inside": lambda v: span().metadata(v=[{"a": v}, (v,)]),
    "set metadata": lambda v: span().set_metadata("v", v),
    "set metadata key": lambda v: span().set_metadata(v, 1),
    "replace metadata": lambda v: span().replace_metadata({"v": v}),
    "finding": lambda v: trace().finding("f", v),
    "finding declared": lambda v: trace().finding(modelmetry.FindingType("f", float), v),
    "finding name": lambda v: trace().finding(v, 1),
    "finding metadata": lambda v: trace().finding("f", 1, metadata={"v": v}),
    "finding unit": lambda v: trace().finding("f", 1, unit=v),
    "finding comment": lambda v: trace().finding("f", 1, comment=v),
    "finding source": lambda v: trace().finding("f", 1, source=v),
    "finding at": lambda v: trace().finding("f", 1, at=v),
    "event": lambda v: trace().event("e", {"v": v}),
    "event whole": lambda v: trace().event("e", v),
    "event name": lambda v: trace().event(v),
    "event at": lambda v: trace().event("e", at=v),
    "event altered": lambda v: trace().event("e").events[0].metadata(v=v),
    "user": lambda v: completion().user(v),
    "user parts": lambda v: completion().user(["a", v]),
    "system": lambda v: completion().system(v, name=v),
    "assistant name": lambda v: completion().assistant("x", name=v),
    "assistant calls": lambda v: completion().assistant(tool_calls=[v]),
    "assistant call": lambda v: completion().assistant(tool_calls=[call(v)]),
    "tool": lambda v: completion().tool(v, tool_call_id=v),
    "tool call": lambda v: completion().tool_call("n", {"v": v}),
    "tool call whole": lambda v: completion().tool_call("n", v),
    "tool call name": lambda v: completion().tool_call(v),
    "tool call id": lambda v: completion().tool_call("n", id=v),
    "document": lambda v: completion().document("d", content=v, metadata={"v": v}),
    "document whole": lambda v: completion().document("d", metadata=v),
    "document id": lambda v: completion().document(v),
    "document score": lambda v: completion().document("d", score=v),
    "tools": lambda v: completion().options(tools=[tool(v)]),
    "parameters": lambda v: completion().options(tools=[modelmetry.ToolDefinition("n", "d", v)]),
    **{f"option {word}": lambda v, w=word: completion().options(**{w: v}) for word in OPTIONS},
    "usage": lambda v: completion().usage(input=v),
    "usage unit": lambda v: completion().usage(input=1, unit=v),
    "cost": lambda v: completion().cost(total=v),
    "currency": lambda v: completion().cost(total=1, currency=v),
    "query": lambda v: trace().retrieval("r").query(v),
    "query vector": lambda v: trace().retrieval("r").query("q", embeddings=v),
    "query number": lambda v: trace().retrieval("r").query("q", embeddings=[1.0, v]),
    "input": lambda v: trace().embeddings("e").input(v),
    "inputs": lambda v: trace().embeddings("e").inputs(v),
    "fail": lambda v: trace().fail(v),
    "fail with": lambda v: trace().fail(ValueError(v)),
    "fail severity": lambda v: trace().fail("x", severity=v),
    "binary": lambda v: completion().user(modelmetry.binary(v, "a/b")),
    "binary type": lambda v: completion().user(modelmetry.binary(b"", v)),
    "binary detail": lambda v: completion().user(modelmetry.binary(b"", "a/b", detail=v)),
    "inject": lambda v: client.inject({}, span=trace().set_metadata("v", v)),
    "extract": lambda v: client.extract(v),
}
"""

# A trace stays within reach of a flush, so what was begun need not be ended.
MATRIX = """
from modelmetry.errors import InvalidArgumentError

for value_name, value in VALUES.items():
    for door_name, door in DOORS.items():
        try:
            door(value)
        except InvalidArgumentError:
            pass
        except BaseException as error:
            print(f"{value_name} at {door_name}: {type(error).__name__} {error}")
    receipt = client.flush_all(50)
    assert receipt.pending == receipt.spooled == 0, (value_name, receipt)
print(sorted(client.close(50).dropped))
"""
