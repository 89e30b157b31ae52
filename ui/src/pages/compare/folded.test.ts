import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folded } from "./folded";

const same = (text: string) => ({ change: "same" as const, text });
const added = { change: "added" as const, text: "new" };

describe("folded", () => {
  it("keeps what stands around a change and folds the rest of what is the same", () => {
    const [before, , after] = folded([same("a".repeat(2000)), added, same("b".repeat(2000))]);
    expect([before?.head, before?.hidden, before?.tail.length]).toEqual(["", 1760, 240]);
    expect([after?.head.length, after?.hidden, after?.tail]).toEqual([240, 1760, ""]);
  });

  it("never folds a change, nor a few lines", () => {
    expect(folded([{ ...added, text: "x".repeat(9000) }, same("y".repeat(600))]).map((one) => one.hidden)).toEqual([0, 0]);
  });

  it("loses no character, and cuts none into halves", () => {
    const text = fc.string({ unit: "binary", maxLength: 12 }).map((part) => part.repeat(90));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const pieces = texts.map((one, at) => (at % 2 ? { ...added, text: one } : same(one)));
        folded(pieces).forEach((piece, at) => {
          const whole = pieces[at]?.text ?? "";
          expect(piece.head.length + piece.hidden + piece.tail.length).toBe(whole.length);
          expect(whole.startsWith(piece.head) && whole.endsWith(piece.tail)).toBe(true);
          if (piece.hidden) for (const part of [piece.head, piece.tail]) expect(part).not.toMatch(/\p{Cs}/u);
        });
      }),
    );
  });
});
