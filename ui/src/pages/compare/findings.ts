/** The findings of two things side by side, by name. */

import type { components } from "../../api/schema";

type Finding = Pick<components["schemas"]["Finding"], "Name" | "Value" | "Unit" | "At">;
type Value = Finding["Value"];

export interface FindingPair {
  name: string;
  unit: string;
  /** The latest value of each side; absent where it was not found. */
  a: Value | undefined;
  b: Value | undefined;
  /** How often it was found. */
  countA: number;
  countB: number;
  /** How much more `b` is, where both are numbers. */
  difference: number | undefined;
  same: boolean;
}

interface Latest {
  finding: Finding;
  count: number;
}

/** All names of both sides in alphabetical order. */
export function pairFindings(a: readonly Finding[], b: readonly Finding[]): FindingPair[] {
  const left = latestByName(a);
  const right = latestByName(b);
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.map((name) => pair(name, left.get(name), right.get(name)));
}

function pair(name: string, left: Latest | undefined, right: Latest | undefined): FindingPair {
  const a = left?.finding.Value;
  const b = right?.finding.Value;
  return {
    name,
    unit: right?.finding.Unit || left?.finding.Unit || "",
    a,
    b,
    countA: left?.count ?? 0,
    countB: right?.count ?? 0,
    difference: typeof a === "number" && typeof b === "number" ? b - a : undefined,
    same: a === b && left?.count === right?.count,
  };
}

function latestByName(findings: readonly Finding[]): Map<string, Latest> {
  const found = new Map<string, Latest>();
  for (const finding of findings) {
    const known = found.get(finding.Name);
    if (!known) found.set(finding.Name, { finding, count: 1 });
    else {
      known.count += 1;
      if (Date.parse(finding.At) >= Date.parse(known.finding.At)) known.finding = finding;
    }
  }
  return found;
}
