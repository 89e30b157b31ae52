/** The server's operations, typed by the specification. */

import createClient from "openapi-fetch";

import { login } from "./login.svelte";
import { isCancelled, problemOf, unanswered } from "./problem";
import type { components, paths } from "./schema";

export { login } from "./login.svelte";
export { Problem, asProblem, isCancelled, unaskable } from "./problem";

export type Schemas = components["schemas"];

/**
 * Call operations as `await answered(api.GET("/traces", { params, signal }))`.
 * The page's own origin: a session cookie goes along, and nothing else is allowed to be asked.
 */
export const api = createClient<paths>({ credentials: "same-origin" });

interface Outcome<T> {
  data?: T;
  error?: Schemas["ErrorModel"] | string;
  response: Response;
}

/** Ask whether somebody is logged in. Without an answer the questions of the pages will tell. */
export async function checkLogin(): Promise<void> {
  try {
    login.told(await answered(api.GET("/login")));
  } catch {
    // What keeps this from being answered keeps the page's questions too, which say so.
  }
}

/** Exchange a key for a session. @throws Problem */
export async function logIn(key: string): Promise<void> {
  login.told(await answered(api.POST("/login", { body: { APIKey: key } })));
  others?.postMessage(null);
}

/** @throws Problem */
export async function logOut(): Promise<void> {
  await answered(api.DELETE("/login"));
  // At once: what is shown must not stay when the server does not answer any more.
  login.needed();
  others?.postMessage(null);
  await checkLogin();
}

/** All tabs of a browser have one cookie: who logs in or out in one does so in all. */
let others: BroadcastChannel | undefined;

/** Show nothing of somebody else when another tab has logged out or in. @returns ends it. */
export function watchLogins(): () => void {
  const channel = new BroadcastChannel("modelmetry.login");
  others = channel;
  const again = (): void => {
    login.needed();
    void checkLogin();
  };
  const returned = (event: PageTransitionEvent): void => {
    // A page out of the cache of "back" slept while others may have logged in.
    if (event.persisted && login.keyed) again();
  };
  channel.addEventListener("message", again);
  addEventListener("pageshow", returned);
  return () => {
    channel.close();
    removeEventListener("pageshow", returned);
  };
}

/**
 * The document of an answer.
 * @throws Problem when there is none; an AbortError when it was cancelled.
 */
export async function answered<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await call;
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown;
    throw unanswered(thrown);
  }
  if (outcome.response.ok) return outcome.data as T;
  const problem = problemOf(outcome.response, outcome.error);
  if (problem.status === 401) login.needed();
  throw problem;
}
