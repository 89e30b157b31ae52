import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { route, to } from "./router";

const parsed = (href: string) => {
  const url = new URL(href, "http://127.0.0.1:8420");
  return { route: route(url.pathname), query: url.searchParams };
};

describe("paths", () => {
  test("name the pages", () => {
    expect(route("/ui")).toEqual({ page: "overview" });
    expect(route("/ui/")).toEqual({ page: "overview" });
    expect(route("/ui/overview")).toEqual({ page: "overview" });
    expect(route("/ui/traces")).toEqual({ page: "traces" });
    expect(route("/ui/traces/a/spans/b")).toEqual({ page: "trace", xid: "a", span: "b" });
  });

  test.each(["/", "/traces", "/uix", "/ui/other", "/ui/traces/a/spans", "/ui/traces//spans/b", "/ui/%"])(
    "that mean nothing lead nowhere: %s",
    (path) => {
      expect(route(path).page).toBe("nowhere");
    },
  );

  test("that are built lead back to the same names, whatever these hold", () => {
    const name = fc.oneof(
      fc.constantFrom(".", "..", "~.", "~~..", "%2E", "a/b", "?#&=+", "__proto__"),
      fc.string({ unit: "binary", minLength: 1 }),
    );
    fc.assert(
      fc.property(name, name, (xid, span) => {
        expect(parsed(to.trace(xid, span)).route).toEqual({ page: "trace", xid, span });
        expect(parsed(to.finding(xid)).route).toEqual({ page: "finding", name: xid });
        expect(parsed(to.compare(xid, span)).query.get("b")).toBe(span);
      }),
    );
  });

  test("leave out what is not set, and repeat what is a list", () => {
    expect(to.traces({ q: "", name: ["a", "b"], min: 0, failed: null })).toBe(
      "/ui/traces?name=a&name=b&min=0",
    );
  });
});
