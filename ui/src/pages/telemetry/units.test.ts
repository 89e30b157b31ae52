import { describe, expect, it } from "vitest";

import { factsOf, figure, topOf } from "./units";

describe("figures of telemetry", () => {
  it.each([
    ["system.cpu.utilization", 0.5, "50 %"],
    ["hw.gpu.utilization.1", 0.123456, "12.3 %"],
    ["system.memory.usage", 6e9, "6 GB"],
    ["process.memory.usage", 1234, "1.23 kB"],
    ["hw.gpu.memory.limit", 25_757_220_864, "25.8 GB"],
    ["system.network.io.receive", 1000, "1 kB"],
    ["hw.gpu.temperature.0", 50.25, "50.25 °C"],
    ["duration_sec", 545, "9 min 5 s"],
    ["inference_latency", 0.1234567, "0.1235"],
    ["process.thread.count", 14, "14"],
    ["memory.usage", -1, "−1"],
  ])("say of %s %d what people read: %s", (name, number, text) => {
    expect(figure(name, number)).toBe(text);
  });

  it("have a scale up to everything only where they are a part of it", () => {
    expect([topOf("hw.gpu.utilization.3"), topOf("system.memory.usage")]).toEqual([1, undefined]);
  });
});

describe("what is known of a machine", () => {
  it("is a line for each fact, also of each of several devices", () => {
    const facts = factsOf({
      "host.name": "box", "process.pid": 12345, "system.memory.limit": 25_769_803_776, empty: "", none: null, on: true,
      gpus: [{ "hw.name": "A", "hw.gpu.memory.limit": 1e9 }],
    });
    expect(facts).toEqual([
      { name: "host.name", text: "box" },
      { name: "process.pid", text: "12345" },
      { name: "system.memory.limit", text: "25.8 GB" },
      { name: "on", text: "true" },
      { name: "gpus 1 hw.name", text: "A" },
      { name: "gpus 1 hw.gpu.memory.limit", text: "1 GB" },
    ]);
  });

  it("that is nested without end stays short", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 1000; level += 1) deep = { a: deep };
    expect(factsOf({ deep }).length).toBe(1);
  });
});
