import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bestOf, comparedCsv, directionQuery, directionsOf, rowsOf, type Compared, type Direction, type Row } from "./compared";

function compared(xid: string, values: Record<string, number>, metadata: Record<string, unknown> = {}): Compared {
  const named = Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
  const execution = { XID: xid, PipelineName: "train", DeploymentName: "", Status: "completed", Start: "2026-11-02T09:30:00Z", DurationMs: 5, Metadata: metadata };
  return { execution, values: named } as unknown as Compared;
}
const row = (cells: Row["cells"]): Row => ({ kind: "metric", name: "m", cells, differs: new Set(cells).size > 1 });

describe("executions beside each other", () => {
  it("have a row for each name of any of them, and say where they differ", () => {
    const rows = rowsOf([compared("a", { "layer/10": 1, "layer/2": 3 }, { lr: 0.1 }), compared("b", { "layer/2": 3 }, { lr: 0.1 })]);
    expect(rows.map(({ name, cells, differs }) => [name, cells, differs])).toEqual([
      ["lr", ["0.1", "0.1"], false],
      ["layer/2", [3, 3], false],
      ["layer/10", [1, undefined], true],
    ]);
  });

  it("keep apart names that mean something to JavaScript", () => {
    const metadata = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
    expect(rowsOf([compared("a", {}, metadata), compared("b", {})]).map((one) => [one.name, one.differs])).toEqual([
      ["__proto__", true],
      ["constructor", true],
    ]);
  });

  it("have a best one only where somebody says which way is better", () => {
    const figures = row([2, undefined, 5, 5, 1]);
    expect([...bestOf(figures, undefined)]).toEqual([]);
    expect([...bestOf(figures, "high")]).toEqual([2, 3]);
    expect([...bestOf(figures, "low")]).toEqual([4]);
    expect([...bestOf(row([4, 4]), "high")]).toEqual([]);
    expect([...bestOf(row([4, undefined]), "high")]).toEqual([]);
  });

  it("become a table with all figures as they were recorded", () => {
    const all = [compared("a", { loss: 0.1 + 0.2 }), compared("b", {})];
    const lines = comparedCsv(all, rowsOf(all)).split("\r\n");
    expect([lines[0], lines.at(-2)]).toEqual(["kind,name,a,b", "metric,loss,0.30000000000000004,"]);
  });

  it("keep in the address which way is better, for any name", () => {
    const directions = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.constantFrom<Direction>("high", "low")));
    fc.assert(
      fc.property(directions, (pairs) => {
        const chosen = new Map(pairs);
        const address = new URLSearchParams();
        for (const [name, values] of Object.entries(directionQuery(chosen))) for (const one of values) address.append(name, one);
        expect(directionsOf(new URLSearchParams(address.toString()))).toEqual(chosen);
      }),
    );
  });
});
