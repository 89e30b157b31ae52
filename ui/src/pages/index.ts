/** Each page in a file of its own, loaded when it is first shown. */

import type { Component } from "svelte";

import type { PageName } from "../lib/router";

type Loader = () => Promise<{ default: Component }>;

export const loaders: Record<PageName, Loader> = {
  overview: () => import("./overview/Overview.svelte"),
  traces: () => import("./traces/Traces.svelte"),
  trace: () => import("./trace/Trace.svelte"),
  compare: () => import("./compare/Compare.svelte"),
  sessions: () => import("./sessions/Sessions.svelte"),
  session: () => import("./sessions/Session.svelte"),
  findings: () => import("./findings/Findings.svelte"),
  finding: () => import("./findings/Finding.svelte"),
  executions: () => import("./executions/Executions.svelte"),
  execution: () => import("./executions/Execution.svelte"),
  executionsCompared: () => import("./executions/Compared.svelte"),
  telemetry: () => import("./telemetry/Telemetry.svelte"),
  telemetryRun: () => import("./telemetry/Run.svelte"),
  production: () => import("./production/Production.svelte"),
  nowhere: () => import("./Nowhere.svelte"),
};
