import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Problem } from "../../api/problem";
import { TraceRows, type Trace } from "./list.svelte";

interface Asked {
  cursor?: string;
  limit: number;
}

/** A server that has traces t1, t2, …, the newest last, and answers pages of three. */
const server = vi.hoisted(() => ({ newest: 0, gone: new Set<number>(), down: false, slow: 0, asked: [] as Asked[] }));

vi.mock("../../api/client", async () => ({
  ...(await import("../../api/problem")),
  answered: (call: unknown) => call,
  api: {
    GET: async (_: string, { params: { query } }: { params: { query: Asked } }) => {
      server.asked.push(query);
      const { slow } = server;
      if (slow > 0) await new Promise((done) => setTimeout(done, slow));
      if (server.down) throw new Problem(0, "The server does not answer", "");
      const from = query.cursor === undefined ? server.newest : Number(query.cursor) - 1;
      const all = Array.from({ length: from }, (_unused, at) => from - at).filter((one) => !server.gone.has(one));
      const page = all.slice(0, 3);
      return {
        Traces: page.map((one) => ({ XID: `t${one}` }) as Trace),
        NextCursor: all.length > 3 ? String(page.at(-1)) : null,
      };
    },
  },
}));

const xids = (list: TraceRows) => list.rows.map((row) => Number(row.XID.slice(1)));

beforeEach(() => {
  Object.assign(server, { newest: 9, gone: new Set(), down: false, slow: 0, asked: [] });
  vi.useFakeTimers();
  vi.stubGlobal("document", { hidden: false });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Follow until the returned function is called; `state.still` holds new rows back. */
function following(list: TraceRows) {
  const stop = new AbortController();
  const state = { still: false, heard: 0 };
  const arrived = (count: number) => (state.heard += count);
  const ended = list.follow(() => ({}), () => state.still, arrived, stop.signal);
  return { state, end: () => (stop.abort(), ended) };
}

describe("pages", () => {
  test("follow one another without gaps and repetitions, to the end", async () => {
    const list = new TraceRows();
    await list.load({});
    await Promise.all([list.more(), list.more()]);
    await list.more();
    expect(xids(list)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(list.endless).toBe(false);
    await list.more();
    expect(server.asked.length).toBe(3);
  });

  test("of an older question do not come after a newer one", async () => {
    const list = new TraceRows();
    await list.load({});
    server.slow = 1000;
    const late = list.more();
    server.slow = 0;
    server.newest = 4;
    await list.load({ q: "other" });
    await vi.runAllTimersAsync();
    await late;
    expect(xids(list)).toEqual([4, 3, 2]);
  });

  test("are there again after a page was left", async () => {
    const list = new TraceRows();
    await list.load({});
    await list.more();
    const left = list.snapshot();
    const again = new TraceRows();
    if (left) again.restore(left);
    await again.more();
    expect(xids(again)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("that fail leave what is there, and come when the server does", async () => {
    const list = new TraceRows();
    server.down = true;
    const loaded = list.load({});
    await vi.advanceTimersByTimeAsync(5000);
    expect(list.problem?.title).toBe("The server does not answer");
    expect(list.settled).toBe(false);
    server.down = false;
    await vi.runAllTimersAsync();
    await loaded;
    expect(list.problem).toBeUndefined();
    expect(xids(list)).toEqual([9, 8, 7]);
  });
});

describe("what arrives", () => {
  test("comes to the top by itself, and what is gone leaves", async () => {
    const list = new TraceRows();
    await list.load({});
    const { state, end } = following(list);
    server.newest = 10;
    server.gone.add(8);
    await vi.advanceTimersByTimeAsync(2500);
    expect(xids(list)).toEqual([10, 9, 7]);
    expect(state.heard).toBe(1);
    await end();
  });

  test("waits while somebody reads, is counted once, and then comes", async () => {
    const list = new TraceRows();
    await list.load({});
    const { state, end } = following(list);
    state.still = true;
    server.newest = 10;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(xids(list)).toEqual([9, 8, 7]);
    expect([list.waiting, state.heard]).toEqual([1, 1]);
    list.admit();
    expect(xids(list)).toEqual([10, 9, 8, 7]);
    expect(list.waiting).toBe(0);
    await end();
  });

  test("in a flood begins the list anew, so that nothing is missing in the middle", async () => {
    const list = new TraceRows();
    await list.load({});
    const { end } = following(list);
    server.newest = 50;
    await vi.advanceTimersByTimeAsync(2500);
    await list.more();
    expect(xids(list)).toEqual([50, 49, 48, 47, 46, 45]);
    await end();
  });

  test("into an empty list makes one that goes on", async () => {
    server.newest = 0;
    const list = new TraceRows();
    await list.load({});
    const { end } = following(list);
    server.newest = 5;
    await vi.advanceTimersByTimeAsync(2500);
    await list.more();
    expect(xids(list)).toEqual([5, 4, 3, 2, 1]);
    await end();
  });

  test("is asked for less often while nothing happens, and trouble is said until it is over", async () => {
    const list = new TraceRows();
    await list.load({});
    const { end } = following(list);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked.length).toBeLessThan(20);
    server.down = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(list.trouble?.status).toBe(0);
    expect(xids(list)).toEqual([9, 8, 7]);
    server.down = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(list.trouble).toBeUndefined();
    await end();
  });
});
