import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { merge, refreshed, trimmed } from "./merge";

const list = (...numbers: number[]) => numbers.map((number) => ({ XID: `t${number}` }));
const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, at) => ({ XID: `t${from - at}` }));

describe("a page of the newest rows", () => {
  test("puts what is new before what is known", () => {
    expect(merge(down(5, 1), down(7, 4), false)).toEqual({ rows: down(7, 1), fresh: 2, broken: false });
  });

  test("takes away what is not in it any more", () => {
    expect(merge(list(5, 4, 3, 2, 1), list(5, 3, 2), false).rows).toEqual(list(5, 3, 2, 1));
    expect(merge(list(5, 4, 3), list(5), true).rows).toEqual(list(5));
    expect(merge(list(5, 4, 3), [], true).rows).toEqual([]);
  });

  test("puts what arrived late at its place", () => {
    expect(merge(list(9, 7, 5, 3), list(9, 8, 7, 6, 5), false).rows).toEqual(list(9, 8, 7, 6, 5, 3));
  });

  test("replaces everything when it has nothing of what is known: between them rows are missing", () => {
    expect(merge(down(5, 1), down(99, 90), false)).toEqual({ rows: down(99, 90), fresh: 10, broken: true });
  });

  test("gives the server's own list, whatever came and went", () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 20 }), (before, later, size) => {
        const sorted = (some: number[]) => list(...[...some].sort((a, b) => b - a));
        const now = sorted([...new Set([...before.filter((one) => one % 5 !== 0), ...later])]);
        const page = now.slice(0, size);
        const whole = page.length === now.length;
        const { rows, fresh, broken } = merge(sorted(before), page, whole);
        expect(new Set(rows.map((row) => row.XID)).size).toBe(rows.length);
        expect(rows.slice(0, size)).toEqual(page);
        expect(fresh).toBe(page.filter((row) => !before.includes(Number(row.XID.slice(1)))).length);
        if (whole) expect(rows).toEqual(now);
        // Nothing that a page did not reach is lost, unless the list was begun anew.
        if (!broken) for (const row of now.slice(size)) {
          if (before.includes(Number(row.XID.slice(1)))) expect(rows).toContainEqual(row);
        }
      }),
    );
  });
});

test("rows that are held still take what is new about them", () => {
  const known = [{ XID: "a", n: 1 }, { XID: "b", n: 1 }];
  expect(refreshed(known, [{ XID: "c", n: 2 }, { XID: "b", n: 2 }])).toEqual([{ XID: "a", n: 1 }, { XID: "b", n: 2 }]);
});

test("a long list is cut only where it can go on", () => {
  const marks = [{ xid: "t95", cursor: "c95" }, { xid: "t50", cursor: "c50" }, { xid: "t1", cursor: null }];
  expect(trimmed(down(100, 1), marks, 10)).toEqual({ rows: down(100, 50), cursor: "c50" });
  expect(trimmed(down(100, 1), marks, 60)).toBeNull();
  expect(trimmed(down(100, 50), marks, 10)).toBeNull();
});
