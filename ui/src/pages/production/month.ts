/** What a month of the cloud will cost, how the last days differ from those before, and what a unit costs. */

import type { Schemas } from "../../api/client";
import { count, money, plural, share } from "../../lib/format";
import { dayText } from "./cloud";
import { NOT_MEASURED, noteText } from "./figures";

export type Trend = Schemas["CostTrend"];

/** A figure with what it rests on; `value` is that nothing is known where it is not. */
export interface Told {
  name: string;
  value: string;
  about: string;
  missing: boolean;
}

const DAY = 86_400_000; // ms

/** @param trend of one currency: sums of two are never made. */
export function monthRows(trend: Trend): Told[] {
  const { Month, Now, Ratio, Units, Reason } = trend;
  const text = (amount: string) => money(Number(amount), trend.Currency ?? "USD");
  const month = Month.From.slice(0, 7);
  return [
    row(`${month} so far`, Month.SoFar, text, `${upTo(Month.From, Month.KnownTo)}${estimatedText(Month.EstimatedDays)}`, Month.Reason),
    row(`${month} expected`, Month.Amount, text, forecastText(Month, text), Month.Reason),
    row(`Last ${plural(daysIn(Now), "day")}`, Now.Amount, text, `${changeText(Ratio, Reason, daysIn(Now))}${estimatedText(Now.EstimatedDays)}`, Reason),
    row("Per prediction", Units.CostPerPrediction, text, `${count(Units.Predictions ?? 0)} in ${upTo(Units.From, Units.To)}`, Units.Reason || unmeasured(Units.Predictions, "predictions")),
    row("Per call of a model", Units.CostPerLlmCall, text, `${count(Units.LlmCalls ?? 0)} in ${upTo(Units.From, Units.To)}`, Units.Reason || unmeasured(Units.LlmCalls, "calls of language models")),
  ];
}

function forecastText({ KnownTo, To, Low, High, Level }: Trend["Month"], text: (amount: string) => string): string {
  if (KnownTo >= To) return "all of its days are known";
  const interval = Low === null || High === null ? "" : `between ${text(Low)} and ${text(High)}, with ${share(Level, 1)} certainty; `;
  return `${interval}each day to come like the mean of its weekday`;
}

function row(name: string, amount: string | null, text: (amount: string) => string, about: string, why: string): Told {
  return amount === null ? { name, value: NOT_MEASURED, about: noteText(why), missing: true } : { name, value: text(amount), about, missing: false };
}

function unmeasured(units: number | null, of: string): string {
  return units === 0 ? `There were no ${of} in these days` : `No ${of} were measured in these days`;
}

const daysIn = ({ From, To }: { From: string; To: string }) => Math.round((Date.parse(To) - Date.parse(From)) / DAY);
/** Both ends as days that are meant. */
const upTo = (from: string, to: string) => `${from} to ${dayText(Math.max(Date.parse(from), Date.parse(to) - DAY))}`;

function estimatedText(days: number): string {
  return days > 0 ? `; ${plural(days, "day")} of them may still change` : "";
}

function changeText(ratio: number | null, reason: string, days: number): string {
  if (ratio === null) return noteText(reason).replace(/\.$/, "");
  if (ratio === 0) return `as much as in the ${days} before`;
  return `${share(Math.abs(ratio), 1)} ${ratio > 0 ? "more" : "less"} than in the ${days} before`;
}
