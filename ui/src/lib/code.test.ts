import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { curl, pythonOf, shellQuoted } from "./code";
import trace from "./fixtures/trace.json";
import { allOptions, misfit } from "./familyData";
import { hasHidden } from "./hostile";
import { pythonCall, pythonText, pythonValue } from "./python";

describe("a command of curl", () => {
  it("asks for the same, with a key from the environment", () => {
    expect(curl("http://127.0.0.1:8420/", "/traces/a%20b", false)).toBe("curl --fail-with-body 'http://127.0.0.1:8420/traces/a%20b'");
    expect(curl("https://example.com", "/traces/x", true)).toContain('"Authorization: Bearer $MODELMETRY_API_KEY"');
  });

  it("quotes so that a shell runs nothing of it", () => {
    expect(shellQuoted("it's $(x) `y` \\")).toBe("'it'\\''s $(x) `y` \\'");
  });
});

describe("a program in Python", () => {
  it("is the one of the fixture, which tests/unit/test_copied_program.py runs", async () => {
    // `npx vitest run code -u` writes it anew.
    const session = { XID: trace.SessionID, Name: 'Mugs, "blue"', Metadata: { channel: "web" } };
    await expect(pythonOf(trace, session)).toMatchFileSnapshot("./fixtures/rebuilt.py.txt");
  });

  it("names only the XID of a session of which nothing else is known", () => {
    const named = { ...trace, Spans: [] };
    const unknown = { XID: trace.SessionID, Name: "", Metadata: {} };
    for (const program of [pythonOf(named), pythonOf(named, unknown)]) expect(program).toContain('session="chat-42"');
  });

  it("holds foreign text only inside of texts and in remarks of one line", () => {
    const hostile = 'x\nimport os\r\u2028"""\\\u202e';
    const [first, second] = pythonOf({
      XID: hostile, Name: hostile, Start: "2026-11-02T09:30:00Z", End: "2026-11-02T09:30:00Z", Open: true, Severity: hostile, Message: hostile,
      Metadata: { [hostile]: hostile }, Spans: [], Events: [], Findings: [{ Name: hostile, Value: hostile, Unit: hostile, At: hostile, Source: hostile, Comment: hostile, Metadata: {} }],
    }).split("\n");
    expect(first).toMatch(/^# Records the trace .*\(it was .*\)\.$/);
    expect(second).toBe("from datetime import datetime");
  });

  it("ends a text only where it ends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const literal = pythonText(text, "");
        expect(hasHidden(literal.replaceAll("\n", ""))).toBe(false);
        for (const line of literal.split("\n")) expect(line).toMatch(/^( *"([^"\\\r\u2028\u2029]|\\.)*"|\(|\))$/u);
      }),
      { numRuns: 2000 },
    );
  });

  it("says what JSON says", () => {
    expect(pythonValue({ a: [1, null, true, "x", -0.5, 1e-7], b: {} })).toBe('{"a": [1, None, True, "x", -0.5, 1e-7], "b": {}}');
    expect(pythonValue(Infinity)).toBe("None");
  });

  it("leaves what is nested too deeply for its parser to JSON", () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 300; depth++) deep = [deep];
    expect(pythonValue(deep)).toMatch(/^(\[\s*)+json\.loads\("\[+1\]+"\)/);
  });

  it("breaks calls that are too long for a line, and leaves out what is not given", () => {
    expect(pythonCall("f", ["a"], { b: undefined, c: 1 })).toBe('f("a", c=1)');
    expect(pythonCall("f", ["a".repeat(90)])).toBe(`f(\n    "${"a".repeat(90)}",\n)`);
  });
});

describe("family data", () => {
  it("has options that do not fit the contract from what was sent", () => {
    const span = { Completion: { Options: { Model: "m" } }, FamilyData: { Options: { Model: "m", Temperature: 1.5 } } };
    expect(allOptions(span)).toEqual({ Model: "m", Temperature: 1.5 });
    expect(misfit(span)).toBeUndefined();
  });

  it("is shown as it was sent where nothing of it fits", () => {
    expect(misfit({ FamilyData: "anything" })).toBe("anything");
    expect(misfit({ Completion: { Messages: [] }, FamilyData: { Messages: "no list", Extra: 1 } })).toEqual({ Messages: "no list", Extra: 1 });
    expect(misfit({ Completion: {} })).toBeUndefined();
  });
});
