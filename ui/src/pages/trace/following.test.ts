import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Problem } from "../../api/problem";
import { follow, wait, type Followed } from "./following";

const nobody = () => Promise.resolve();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("following an open trace", () => {
  it("waits longer after each answer without news, and briefly after news", () => {
    expect([wait(1000, false), wait(1600, false), wait(29_000, false), wait(29_000, true)]).toEqual([1600, 2560, 30_000, 1000]);
  });

  it("stops when the trace has ended", async () => {
    const answers: Followed[] = [{ goesOn: true, mark: "1" }, { goesOn: true, mark: "1" }, { goesOn: false, mark: "2" }];
    const ask = vi.fn(() => Promise.resolve(answers.shift()!));
    const done = follow(ask, vi.fn(), nobody, new AbortController().signal);
    await vi.runAllTimersAsync();
    await done;
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it("goes on after a problem that passes, and tells it", async () => {
    const answers = [() => Promise.reject(new Problem(503, "busy", "", "", 7)), () => Promise.resolve({ goesOn: false, mark: "" })];
    const ask = vi.fn(() => answers.shift()!());
    const failed = vi.fn();
    void follow(ask, failed, nobody, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(6999);
    expect([ask.mock.calls.length, failed.mock.calls.length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("ends with a problem that stays", async () => {
    const ask = vi.fn(() => Promise.reject(new Problem(404, "not found", "")));
    await follow(ask, vi.fn(), nobody, new AbortController().signal);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("ends without a word when the page is left", async () => {
    const stop = new AbortController();
    const failed = vi.fn();
    const done = follow(() => Promise.resolve({ goesOn: true, mark: "" }), failed, nobody, stop.signal);
    await vi.advanceTimersByTimeAsync(10);
    stop.abort();
    await done;
    expect(failed).not.toHaveBeenCalled();
  });

  it("asks nothing while nobody looks", async () => {
    const ask = vi.fn(() => Promise.resolve({ goesOn: true, mark: "" }));
    void follow(ask, vi.fn(), () => new Promise(() => undefined), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
