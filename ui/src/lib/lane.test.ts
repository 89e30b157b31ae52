import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lane } from "./lane";

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function held(): { work: () => Promise<string>; end: (said: string) => void } {
  let end: (said: string) => void = () => undefined;
  const promise = new Promise<string>((resolve) => {
    end = resolve;
  });
  return { work: () => promise, end: (said) => end(said) };
}

describe("Lane", () => {
  it("never runs more at once than it may, in whatever order they end, and forgets none", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ ticks: fc.integer({ min: 0, max: 5 }), fails: fc.boolean() })),
        async (limit, jobs) => {
          const lane = new Lane(limit);
          let running = 0;
          const runs = jobs.map((job, at) =>
            lane.run(never, async () => {
              running += 1;
              expect(running).toBeLessThanOrEqual(limit);
              for (let tick = 0; tick < job.ticks; tick += 1) await Promise.resolve();
              running -= 1;
              if (job.fails) throw new Error(`job ${at}`);
              return at;
            }),
          );
          const ended = await Promise.allSettled(runs);
          expect(ended.map((end) => end.status)).toEqual(
            jobs.map((job) => (job.fails ? "rejected" : "fulfilled")),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it("does not begin what was given up while it waited", async () => {
    const lane = new Lane(1);
    const first = held();
    const running = lane.run(never, first.work);
    const gone = new AbortController();
    let begun = false;
    const given = lane.run(gone.signal, async () => {
      begun = true;
    });
    gone.abort(new Error("scrolled away"));
    await expect(given).rejects.toThrow("scrolled away");
    first.end("done");
    await expect(running).resolves.toBe("done");
    await expect(lane.run(never, async () => "next")).resolves.toBe("next");
    expect(begun).toBe(false);
  });
});
