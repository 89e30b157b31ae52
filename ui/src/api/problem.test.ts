import { expect, test } from "vitest";

import { asProblem, problemOf, unanswered, unaskable } from "./problem";

test("a problem has the server's words, its faults and when to come back", () => {
  const response = new Response(null, { status: 422, headers: { "retry-after": "3" } });
  const body = {
    type: "urn:modelmetry:problem:does-not-fit",
    title: "Unprocessable Entity",
    detail: "query.limit must be 1 or more",
    instance: "urn:uuid:1",
    errors: [{ location: "query.sort", message: "is not known" }],
  };
  const problem = problemOf(response, body);
  expect(problem).toMatchObject({ status: 422, title: "Unprocessable Entity", instance: "urn:uuid:1", retryAfter: 3 });
  expect(problem.detail).toBe("query.limit must be 1 or more; query.sort is not known");
  expect(problem.passing).toBe(false);
});

test("what the server says begins as a sentence does, and names stay as they are", () => {
  const detail = (text: string) => problemOf(new Response(null, { status: 401 }), { type: "", detail: text }).detail;
  expect(detail("this key is not known here")).toBe("This key is not known here");
  expect(detail("query.limit must be 1 or more")).toBe("query.limit must be 1 or more");
});

test("an answer of something else in between is told by its status", () => {
  const problem = problemOf(new Response("<html>", { status: 502, statusText: "Bad Gateway" }), "<html>");
  expect(problem).toMatchObject({ title: "Bad Gateway", detail: "The server answered with status 502.", passing: true });
});

test("no answer at all is said with what to do", () => {
  const problem = unanswered(new TypeError("Failed to fetch"));
  expect(problem).toMatchObject({ status: 0, passing: true });
  expect(problem.detail).toContain("modelmetry serve");
  expect(asProblem(problem)).toBe(problem);
  expect(unanswered(problem)).toBe(problem);
});

test("an answer that is no JSON is said in words of its own, and not asked for again", () => {
  const problem = unanswered(new SyntaxError("Unexpected token '<'"));
  expect(problem).toMatchObject({ title: "The answer is not understood", passing: false });
  expect(problem.detail).not.toContain("token");
});

test("paths that browsers resolve away cannot be asked for", () => {
  expect([".", "..", "...", "~..", "a..", ""].map(unaskable)).toEqual([true, true, false, false, false, false]);
});

test("a mistake of this page is not blamed on the server, nor tried again", () => {
  const problem = asProblem(new TypeError("cannot read properties of undefined"));
  expect(problem).toMatchObject({ status: -1, passing: false, detail: "cannot read properties of undefined" });
});
