import { expect, it } from "vitest";

import { shortNames } from "./words";

it("executions are told apart by the end of what made them, and short ids stay whole", () => {
  const named = (XID: string, PipelineName: string) => ({ XID, PipelineName });
  expect(shortNames([named("01a203b0-d02a-74ba-b1ae-38237fef4c3a", "train"), named("nightly", ""), named("x".repeat(8) + "🙂".repeat(9), "t")])).toEqual([
    "train …7fef4c3a", "nightly", `t …${"🙂".repeat(8)}`,
  ]);
});
