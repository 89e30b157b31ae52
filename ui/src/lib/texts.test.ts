import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { argumentsOf, joined, type AnyMessage } from "./conversation";
import { csv } from "./csv";
import { FIRST_STEP, MOST_SHOWN, cut, hasHidden, oneLine, plain, seen, step } from "./hostile";
import { jsonHits, jsonRows } from "./jsonRows";
import { jsonl } from "./jsonl";
import { byteCount, bytesOf, extension, imageSource, safeHref } from "./links";

const hostile = fc.string({ unit: fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 1 }), fc.constantFrom("\u202e", "\ud800", "🙂", "a")) });

describe("text of anybody", () => {
  it("shows the signs that turn text around or hide", () => {
    expect(seen("pay\u202eexe.txt")).toEqual([
      { text: "pay", hidden: undefined },
      { text: "RLO", hidden: "U+202E right-to-left override" },
      { text: "exe.txt", hidden: undefined },
    ]);
    expect(plain("a\u0000b\u{e0041}")).toBe("a[U+0000]b[U+E0041]");
    expect(seen("\u{e0041}")[0]!.hidden).toBe('U+E0041 invisible tag, "A"');
  });

  it("keeps line ends, joined emoji and scripts that need joiners", () => {
    for (const text of ["a\r\n\tb", "👩‍🚀", "می‌خواهم"]) expect(hasHidden(text)).toBe(false);
  });

  it("loses nothing that is seen, and keeps nothing that hides", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(seen(text).filter((part) => !part.hidden).every((part) => !hasHidden(part.text))).toBe(true);
        const shown = seen(text).filter((part) => !part.hidden).map((part) => part.text).join("");
        expect([...text].filter((sign) => !hasHidden(sign)).join("")).toBe(shown);
        expect(hasHidden(plain(text))).toBe(false);
      }),
    );
  });

  it("in one line is short and has no line end", () => {
    expect(oneLine(" a\n\n b ")).toBe("a b");
    expect(oneLine("x".repeat(1_000_000)).length).toBe(300);
    expect(oneLine(" ".repeat(1000) + "end")).toBe("…");
    fc.assert(fc.property(hostile, fc.integer({ min: 1, max: 20 }), (text, longest) => {
      expect(oneLine(text, longest)).not.toMatch(/[\r\n]/);
    }));
  });

  it("is not cut inside a character", () => {
    expect(cut("a🙂", 2)).toBe("a");
    expect(cut("a🙂", 3)).toBe("a🙂");
  });

  it("of a megabyte is shown in steps until nothing is left", () => {
    const text = "y".repeat(1_000_000);
    const sizes: number[] = [];
    for (let next = FIRST_STEP; next > 0; ) {
      const part = step(text, next);
      expect(part.text.length + part.left).toBe(text.length);
      sizes.push(part.text.length);
      next = part.next;
    }
    expect(sizes).toEqual([5000, 50_000, 500_000, 1_000_000]);
  });

  it("of many megabytes ends where a browser would get slow, and says what is left", () => {
    const text = "x".repeat(MOST_SHOWN + 7);
    expect(step(text, 500_000).next).toBe(MOST_SHOWN);
    expect(step(text, MOST_SHOWN)).toMatchObject({ left: 7, next: 0 });
  });
});

describe("a link", () => {
  it.each(["javascript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "JaVaScRiPt:1", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x", "/traces", "#x", "//evil.example", ""])(
    "to %j is none", (href) => expect(safeHref(href)).toBeUndefined());
  it.each(["https://example.com/a?b#c", "http://example.com/", "mailto:support@example.com"])(
    "to %j is followed", (href) => expect(safeHref(href)).toBe(href));
});

describe("data in a message", () => {
  it("is shown when it is an image that is only drawn", () => {
    expect(imageSource("image/png", "aGk=")).toBe("data:image/png;base64,aGk=");
    expect(imageSource("IMAGE/JPEG; x=y", "a-_=")).toBe("data:image/jpeg;base64,a+/=");
  });

  it.each([["image/svg+xml", "aGk="], ["text/html", "aGk="], ["image/png", 'a"><script>'], ["image/png,<x", "aGk="]])(
    "is not shown as %s with %s", (type, data) => expect(imageSource(type, data)).toBeUndefined());

  it("tells its size and gives its bytes back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const base64 = btoa(String.fromCharCode(...bytes));
        expect(byteCount(base64)).toBe(bytes.length);
        expect([...(bytesOf(base64) ?? [])]).toEqual([...bytes]);
      }),
    );
    expect(bytesOf("<svg>")).toBeUndefined();
  });

  it("is saved under an ending that starts nothing", () => {
    expect([extension("image/png"), extension("text/html"), extension("image/svg+xml"), extension("constructor")]).toEqual(["png", "bin", "bin", "bin"]);
  });
});

describe("CSV", () => {
  it("quotes what has to be quoted", () => {
    expect(csv(["a", "b"], [["x,y", 'say "hi"\n'], [1.5, undefined], [null, true]])).toBe('a,b\r\n"x,y","say ""hi""\n"\r\n1.5,\r\n,true\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "＝1"])("does not let %j calculate", (text) => {
    expect(csv([], [[text]])).toMatch(/^\r\n"?'/);
  });

  it("leaves negative numbers numbers", () => {
    expect(csv([], [[-5]])).toBe("\r\n-5\r\n");
  });
});

describe("JSON lines", () => {
  it("are one line a document, and read back", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (documents) => {
        const lines = jsonl(documents).split("\n");
        expect(lines.pop()).toBe("");
        expect(lines.map((line): unknown => JSON.parse(line))).toEqual(documents.map((one): unknown => JSON.parse(JSON.stringify(one))));
      }),
    );
  });
});

describe("JSON in lines", () => {
  const shown = (value: unknown, turned?: Set<string>, depth?: number) => {
    return jsonRows(value, turned, depth).rows.map(({ depth: at, name, text }) => `${" ".repeat(at)}${name === undefined ? "" : `${name}: `}${text}`);
  };

  it("has one for each member and bracket", () => {
    expect(shown({ a: [1, "x"], b: {}, c: null })).toEqual(["{", " a: [", "  0: 1", "  1: x", " ]", " b: {}", " c: null", "}"]);
  });

  it("is folded by its path, and unfolded", () => {
    expect(shown({ "a/b": [1] }, new Set(["/a~1b"]))).toEqual(["{", " a/b: […]", "}"]);
    expect(shown({ a: [1] }, new Set(["/a"]), 1)).toEqual(["{", " a: [", "  0: 1", " ]", "}"]);
    expect(shown({ a: [1] }, undefined, 1)).toEqual(["{", " a: […]", "}"]);
  });

  it("names members that every object has", () => {
    expect(shown(JSON.parse('{"__proto__": 1, "constructor": 2}'))).toEqual(["{", " __proto__: 1", " constructor: 2", "}"]);
  });

  it("is cut when it is long, and does not fail when it is deep", () => {
    expect(jsonRows(Array.from({ length: 100_000 }, () => 0)).cut).toBe(true);
    let deep: unknown = 1;
    for (let depth = 0; depth < 5000; depth++) deep = [deep];
    expect(jsonRows(deep, new Set(), Infinity, 20_000).rows.length).toBe(10_001);
  });

  it("finds words in names and values, and knows what to unfold", () => {
    const { hits, above } = jsonHits({ user: { Name: "Refund" }, list: [["a", "no refund"]] }, "refund");
    expect([...hits]).toEqual(["/user/Name", "/list/0/1"]);
    expect([...above].toSorted()).toEqual(["", "/list", "/list/0", "/user"]);
  });
});

describe("a conversation", () => {
  const call = (ID: string) => ({ ID, Function: { Name: "weather", Arguments: '{"city":"Ulm"}' } });
  const answer = (ToolCallID: string, Text: string): AnyMessage => ({ Role: "tool", ToolCallID, Contents: [{ Text }] });

  it("has what a tool answered next to its call", () => {
    const messages: AnyMessage[] = [
      { Role: "user", Contents: [{ Text: "Weather?" }] },
      { Role: "assistant", Contents: [], ToolCalls: [call("1"), call("2")] },
      answer("2", "rain"),
      answer("1", "sun"),
    ];
    const [, assistant, ...rest] = joined(messages);
    expect(rest).toEqual([]);
    expect(assistant?.calls.map((one) => one.results[0]?.Contents[0]?.Text)).toEqual(["sun", "rain"]);
  });

  it("leaves an answer to nothing where it is", () => {
    expect(joined([answer("9", "x"), { Role: "assistant", Contents: [], ToolCalls: [call("9")] }]).length).toBe(2);
    expect(joined([{ Role: "tool", Contents: [] }]).length).toBe(1);
  });

  it("takes the last call with an id that was used twice", () => {
    const messages: AnyMessage[] = [{ Role: "assistant", Contents: [], ToolCalls: [call("1")] }, { Role: "assistant", Contents: [], ToolCalls: [call("1")] }, answer("1", "x")];
    expect(joined(messages).map((one) => one.calls[0]?.results.length)).toEqual([0, 1]);
  });

  it("reads arguments that are JSON in a text", () => {
    expect(argumentsOf('{"a":1}')).toEqual({ a: 1 });
    expect(argumentsOf('{"a":')).toBe('{"a":');
    expect(argumentsOf("42")).toBe("42");
    expect(argumentsOf({ a: 1 })).toEqual({ a: 1 });
  });
});
