/** Which page a path means, and the paths of pages. Everything lives under `/ui`. */

export const ROOT = "/ui";

export type Route =
  | { page: "overview" }
  | { page: "traces" }
  | { page: "trace"; xid: string; span: string | null }
  | { page: "compare" }
  | { page: "sessions" }
  | { page: "session"; xid: string }
  | { page: "findings" }
  | { page: "finding"; name: string }
  | { page: "executions" }
  | { page: "execution"; xid: string }
  | { page: "executionsCompared" }
  | { page: "telemetry" }
  | { page: "telemetryRun"; xid: string }
  | { page: "production" }
  | { page: "nowhere"; path: string };

export type PageName = Route["page"];

/** The route of a path as the address bar has it, still percent-encoded. */
export function route(path: string): Route {
  const nowhere: Route = { page: "nowhere", path };
  if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return nowhere;
  const parts = decoded(path.slice(ROOT.length).replace(/^\/|\/$/g, ""));
  if (parts === null) return nowhere;
  const [page, first, word, second] = parts;
  if (parts.length === 1) return list(page ?? "") ?? nowhere;
  if (first === undefined || first === "") return nowhere;
  if (parts.length === 2) {
    if (page === "traces") return { page: "trace", xid: first, span: null };
    if (page === "sessions") return { page: "session", xid: first };
    if (page === "findings") return { page: "finding", name: first };
    if (page === "executions") return { page: "execution", xid: first };
    if (page === "telemetry") return { page: "telemetryRun", xid: first };
  }
  if (parts.length === 4 && page === "traces" && word === "spans" && second) {
    return { page: "trace", xid: first, span: second };
  }
  return nowhere;
}

function list(page: string): Route | null {
  switch (page) {
    case "":
    case "overview":
      return { page: "overview" };
    case "traces":
    case "compare":
    case "sessions":
    case "findings":
    case "executions":
    case "telemetry":
    case "production":
      return { page };
    case "compare-executions":
      return { page: "executionsCompared" };
    default:
      return null;
  }
}

function decoded(path: string): string[] | null {
  try {
    return path.split("/").map((part) => decodeURIComponent(part).replace(/^~(?=~*\.{1,2}$)/, ""));
  } catch {
    return null; // a lone `%`
  }
}

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** Addresses of pages. Values of a query that are null, undefined or empty are left out. */
export const to = {
  overview: (query?: Query) => address(["overview"], query),
  traces: (query?: Query) => address(["traces"], query),
  trace: (xid: string, span?: string | null, query?: Query) =>
    address(span ? ["traces", xid, "spans", span] : ["traces", xid], query),
  compare: (a: string, b: string) => address(["compare"], { a, b }),
  sessions: (query?: Query) => address(["sessions"], query),
  session: (xid: string) => address(["sessions", xid]),
  findings: (query?: Query) => address(["findings"], query),
  finding: (name: string, query?: Query) => address(["findings", name], query),
  executions: (query?: Query) => address(["executions"], query),
  execution: (xid: string, query?: Query) => address(["executions", xid], query),
  /** Not below the executions: any word there is the XID of one. */
  compareExecutions: (xids: readonly string[]) => address(["compare-executions"], { execution: xids }),
  telemetry: (query?: Query) => address(["telemetry"], query),
  telemetryRun: (xid: string) => address(["telemetry", xid]),
  production: (query?: Query) => address(["production"], query),
};

function address(parts: readonly string[], query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") search.append(name, String(one));
    }
  }
  return withQuery(`${ROOT}/${parts.map(segment).join("/")}`, search);
}

/** A path with a query, without `?` when that is empty. */
export function withQuery(path: string, search: URLSearchParams): string {
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

function segment(text: string): string {
  // Browsers resolve `.` and `..` away, also percent-encoded (URL Standard 4.4): a `~` before them.
  return encodeURIComponent(text.replace(/^(?=~*\.{1,2}$)/, "~"));
}
