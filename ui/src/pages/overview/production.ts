/** What was measured in production, in a line. */

import type { Schemas } from "../../api/client";
import { count, duration, money, share } from "../../lib/format";

type Summary = Pick<Schemas["ProductionSummary"], "Requests" | "Predictions" | "Llm" | "Costs" | "Runtime">;
type Figure = Pick<Schemas["Figure"], "Value" | "Unit" | "Source">;

export interface Told {
  name: string;
  text: string;
}

/** Figures that were measured; those of traces the overview has already. */
export function brief({ Requests, Predictions, Llm, Costs, Runtime }: Summary): Told[] {
  const ratio = (value: number) => share(value, 1);
  const seconds = (value: number) => duration(value * 1000);
  return [
    told("requests", Requests.Count, count),
    told("p95 of requests", Requests.LatencyP95, seconds),
    told("server errors", Requests.ServerErrorRate, ratio),
    told("predictions", Predictions.Count, count),
    told("accuracy", Predictions.Accuracy, ratio),
    told("calls of language models", Llm.Calls, count),
    told("for language models", Llm.Cost, (value) => money(value, Llm.Cost.Unit)),
    told("for the cloud", Costs.CloudTotal, (value) => money(value, Costs.CloudTotal.Unit)),
    told("uptime", Runtime.Uptime, ratio),
  ].flat();
}

function told(name: string, { Value, Source }: Figure, text: (value: number) => string): Told[] {
  return Value === null || Source === "traces" ? [] : [{ name, text: text(Value) }];
}
