/** Commands, and lines of Python, that the page tells people to give. */

import type { Scope } from "../api/login.svelte";

/**
 * Where the server's store is it does not tell the page: who is not logged in must not hear it, and
 * without `--store` the key would be made in another one, where no server looks.
 */
export function makingKey(scope: Scope): string {
  return `modelmetry keys create --tenant NAME --scope ${scope} --store sqlite:///PATH`;
}

/** What a client in Python is given to reach this server. */
export function reaching(keyed: boolean): string {
  return `base_url="${location.origin}"${keyed ? ', api_key="…"' : ""}`;
}
