/** The cast of the tests of this folder: figures and series as a server answers them. */

import type { Schemas } from "../../api/client";
import type { Figure } from "./figures";
import type { Answer } from "./lines";

const WINDOW = { Start: "2026-11-21T00:00:00Z", End: "2026-11-22T00:00:00Z" };

export function figure(Value: number | null, Unit = "s", more: Partial<Figure> = {}): Figure {
  return { Value, Unit, Window: WINDOW, Samples: 10, Source: "metrics", Note: "", Estimated: false, Bucket: null, Baseline: null, Change: null, ...more };
}

/** A figure beside that of its baseline. */
export function beside(Value: number | null, before: number | null, Unit = "s"): Figure {
  const Change = Value === null || !before ? null : (Value - before) / Math.abs(before);
  const Baseline = { Value: before, Window: WINDOW, Samples: 10, Source: "metrics" as const, Note: "", Estimated: false };
  return figure(Value, Unit, { Baseline, Change });
}

type Point = Schemas["ProductionPoint"];

export function point(minutes: number, more: Partial<Point> = {}): Point {
  const Start = new Date(Date.parse(WINDOW.Start) + minutes * 60_000).toISOString();
  return { Start, Sum: null, Count: null, Rate: null, Mean: null, Min: null, Max: null, Last: null, Quantiles: [], ...more };
}

export function group(Attributes: Record<string, string>, Points: Point[], Total: Partial<Point> = {}): Schemas["ProductionGroup"] {
  return { Attributes, Points, Total: point(0, Total) };
}

export function answer(Kind: Answer["Kind"], Groups: Schemas["ProductionGroup"][], more: Partial<Answer> = {}): Answer {
  return { Name: "m", Kind, Unit: "1", Window: WINDOW, StepSeconds: 300, Groups, GroupCount: Groups.length, Note: "", ...more };
}
