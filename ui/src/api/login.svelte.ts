/** Whether somebody has to log in; the page shows the form for it instead of its content. */

import { openMemories, shutMemories } from "../lib/memory";
import type { components } from "./schema";

export type LoginStatus = components["schemas"]["LoginStatus"];
export type Scope = LoginStatus["Scopes"][number];

let known = $state.raw<LoginStatus | null>(null);
let missing = $state(false);
let sessions = $state(0);

export const login = {
  /** Whether the form has to be shown. */
  get required(): boolean {
    return missing;
  },
  /** Whether clients of this server need a key. */
  get keyed(): boolean {
    return known?.Required ?? false;
  },
  /** Whether there is a session to be ended. */
  get open(): boolean {
    return known?.LoggedIn ?? false;
  },
  /** Grows with each login, so that what was refused is asked again. */
  get sessions(): number {
    return sessions;
  },
  /** Whether something may be done; as long as that is not known the server will say. */
  may(scope: Scope): boolean {
    return known === null || known.Scopes.includes(scope);
  },
  /** Nobody is logged in, or somebody else may be: nothing of what was shown stays. */
  needed(): void {
    missing = true;
    shutMemories();
  },
  /** The server said how it is. */
  told(status: LoginStatus): void {
    const entered = status.LoggedIn && missing;
    known = status;
    if (status.Required && !status.LoggedIn) {
      if (!missing) this.needed();
      return;
    }
    missing = false;
    openMemories();
    if (entered) sessions += 1;
  },
};
