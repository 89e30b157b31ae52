/** Sessions by what people call them. */

import { answered, api } from "../../api/client";

const MOST = 2; // one is meant, of more none is

/** XIDs of at most two sessions with this name; none where nobody knows, so that it may be an XID. */
export async function sessionsCalled(name: string): Promise<string[]> {
  try {
    const params = { query: { name: [name], limit: MOST } };
    return (await answered(api.GET("/sessions", { params }))).Sessions.map((one) => one.XID);
  } catch {
    return []; // The list is asked next and says what is wrong.
  }
}
