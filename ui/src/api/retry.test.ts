import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Problem } from "./problem";
import { backoff, pause, recovering, retrying } from "./retry";

const away = new Problem(0, "away", "");
const missing = new Problem(404, "missing", "");

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", Object.assign(new EventTarget(), { hidden: false }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function failing(times: number, problem: Problem) {
  let asked = 0;
  return vi.fn(() => {
    asked += 1;
    return asked <= times ? Promise.reject(problem) : Promise.resolve("answer");
  });
}

describe("waiting", () => {
  test("gets longer with each attempt, up to half a minute, and differs by lot", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, lot) => {
        const ms = backoff(attempt, lot);
        expect(ms).toBeGreaterThanOrEqual(250);
        expect(ms).toBeLessThanOrEqual(30_000);
        expect(backoff(attempt + 1, lot)).toBeGreaterThanOrEqual(ms);
      }),
    );
    expect(backoff(3, 0)).toBeLessThan(backoff(3, 1));
  });

  test("ends at once when it is cancelled, before or meanwhile", async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await expect(pause(0, stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("asking again", () => {
  const { signal } = new AbortController();

  test("gets the answer that comes later", async () => {
    const ask = failing(2, away);
    const answer = retrying(ask, signal);
    await vi.runAllTimersAsync();
    expect(await answer).toBe("answer");
    expect(ask).toHaveBeenCalledTimes(3);
  });

  test("is not done for what will not change", async () => {
    const ask = failing(9, missing);
    await expect(retrying(ask, signal)).rejects.toBe(missing);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  test("ends after so many attempts, or goes on by itself and says so", async () => {
    const once = failing(9, away);
    const refused = expect(retrying(once, signal)).rejects.toBe(away);
    await vi.runAllTimersAsync();
    await refused;
    expect(once).toHaveBeenCalledTimes(3);

    const said: Problem[] = [];
    const patient = recovering(failing(7, away), signal, (problem) => said.push(problem));
    await vi.runAllTimersAsync();
    expect(await patient).toBe("answer");
    expect(said).toEqual([away, away]);
  });

  test("asks nothing while nobody sees the page, and goes on when somebody does", async () => {
    const page = Object.assign(new EventTarget(), { hidden: true });
    vi.stubGlobal("document", page);
    const ask = failing(3, away);
    const patient = recovering(ask, signal, () => undefined);
    await vi.runAllTimersAsync();
    expect(ask).toHaveBeenCalledTimes(3);

    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    expect(await patient).toBe("answer");
  });

  test("waits as long as the server wants", async () => {
    const ask = failing(1, new Problem(429, "busy", "", "", 20));
    const answer = retrying(ask, signal);
    await vi.advanceTimersByTimeAsync(19_900);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer).toBe("answer");
  });

  test("ends when it is cancelled", async () => {
    const stop = new AbortController();
    const refused = expect(recovering(failing(99, away), stop.signal, () => stop.abort())).rejects.toMatchObject({
      name: "AbortError",
    });
    await vi.runAllTimersAsync();
    await refused;
  });
});
