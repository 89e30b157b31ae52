/** Sessions by what people call them. */

import { answered, api } from "../../api/client";

const MOST = 2; // one is meant, of more none is

/**
 * XIDs of the sessions that are meant by a text: of the one with this XID, else of at most two with
 * this name; none where nobody knows, so that it may be an XID.
 */
export async function sessionsMeant(text: string): Promise<string[]> {
  const own = { query: { session: text, limit: 1 } };
  const named = { query: { name: [text], limit: MOST } };
  try {
    // Not the session itself: where there is none, browsers tell of the 404 as an error of the page.
    const [{ Traces }, { Sessions }] = await Promise.all([
      answered(api.GET("/traces", { params: own })),
      answered(api.GET("/sessions", { params: named })),
    ]);
    return Traces.length > 0 ? [text] : Sessions.map((one) => one.XID);
  } catch {
    return []; // The list is asked next and says what is wrong.
  }
}
