import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { AnyMessage } from "./conversation";
import { thread, type ThreadBlock } from "./thread";

const said = (Role: string, Text: string): AnyMessage => ({ Role, Contents: [{ Text }] });
const system = (text: string) => said("system", text);
const user = (text: string) => said("user", text);
const assistant = (text: string) => said("assistant", text);
const calls = (id: string): AnyMessage => ({ Role: "assistant", Contents: [], ToolCalls: [{ ID: id, Function: { Name: "look" } }] });
const tool = (id: string, Text: string): AnyMessage => ({ Role: "tool", ToolCallID: id, Contents: [{ Text }] });

const told = (...lists: AnyMessage[][]) => thread(lists.map((messages, at) => ({ span: `s${at}`, messages })));

/** A block in short: texts, and how many are repeated. */
function short({ items }: ThreadBlock): string[] {
  return items.map((item) => (item.kind === "repeated" ? `=${item.messages.length}` : (item.said.message.Contents[0]?.Text ?? "calls")));
}

describe("one thread of many calls", () => {
  it("shows of each call what the call before it was not told", () => {
    const first = [system("Be kind."), user("Hello"), assistant("Hi!")];
    const second = [...first, user("Where is it?"), assistant("Here.")];
    expect(told(first, second).map(short)).toEqual([["Be kind.", "Hello", "Hi!"], ["=3", "Where is it?", "Here."]]);
  });

  it("shows the answer of a tool where the tool was called", () => {
    const asked = [user("Where is it?"), calls("1")];
    const [first, second] = told(asked, [...asked, tool("1", "Leipzig"), assistant("In Leipzig.")]);
    expect(first?.items[1]).toMatchObject({ said: { calls: [{ results: [{ Contents: [{ Text: "Leipzig" }] }] }] } });
    expect(second).toMatchObject({ span: "s1", answers: 1 });
    expect(short(second!)).toEqual(["=2", "In Leipzig."]);
  });

  it("keeps a call about something else whole", () => {
    const answer = [user("Where?"), assistant("Here.")];
    const check = [system("How safe is this?"), user("Here."), assistant("0.98")];
    expect(told(answer, check).map(short)[1]).toEqual(["How safe is this?", "Here.", "0.98"]);
  });

  it("shows what a model says again", () => {
    const check = (text: string) => [system("How safe is this?"), user(text), assistant("0.98")];
    expect(told(check("one"), check("two"), check("two")).map(short)).toEqual([
      ["How safe is this?", "one", "0.98"], ["=1", "two", "0.98"], ["=2", "0.98"],
    ]);
  });

  it("finds what is repeated when the begin was cut away or told otherwise", () => {
    const long = [system("Be kind."), user("1"), assistant("2"), user("3"), assistant("4")];
    const cut = [system("Be kind."), user("3"), assistant("4"), user("5"), assistant("6")];
    const summed = [system("They counted to 4."), user("5"), assistant("6"), user("7"), assistant("8")];
    expect(told(long, cut, summed).map(short).slice(1)).toEqual([
      ["=3", "5", "6"], ["They counted to 4.", "=2", "7", "8"],
    ]);
  });

  it("says the same word twice when it was said twice", () => {
    const first = [user("yes"), assistant("ok")];
    expect(told(first, [...first, user("yes"), assistant("ok")]).map(short)[1]).toEqual(["=2", "yes", "ok"]);
  });

  it("goes on with the thread that a call belongs to, whatever ran between", () => {
    const a = [system("A"), user("1"), assistant("2")];
    const b = [system("B"), user("x"), assistant("y")];
    expect(told(a, b, [...a, user("3"), assistant("4")]).map(short)[2]).toEqual(["=3", "3", "4"]);
  });

  it("loses no message, and shows each of a call that is told alone", () => {
    const message = fc.record({ role: fc.constantFrom("system", "user", "assistant", "tool"), text: fc.constantFrom("a", "b", "c") })
      .map(({ role, text }) => (role === "tool" ? tool(text, text) : said(role, text)));
    fc.assert(
      fc.property(fc.array(fc.array(message, { maxLength: 8 }), { maxLength: 6 }), (lists) => {
        told(...lists).forEach((block, at) => {
          const shown = block.items.reduce((sum, item) => sum + (item.kind === "said" ? 1 : item.messages.length), block.answers);
          expect(shown).toBe(lists[at]!.length);
        });
        for (const list of lists) expect(told(list).flatMap((block) => block.items).every((item) => item.kind === "said")).toBe(true);
      }),
    );
  });
});
