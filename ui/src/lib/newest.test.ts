import { describe, expect, it } from "vitest";

import { Problem } from "../api/problem";
import { NewestPages } from "./newest.svelte";
import type { Page } from "./pages.svelte";

interface One {
  XID: string;
  status?: string;
}
const page = (xids: string, next: string | null = null): Page<One> => ({ rows: [...xids].map((XID) => ({ XID })), next });
const shown = (pages: NewestPages<One>) => (pages.rows ?? []).map((row) => row.XID).join("");
let names = 0;

async function listed(...answers: Page<One>[]): Promise<NewestPages<One>> {
  const pages = new NewestPages<One>();
  pages.begin((cursor) => Promise.resolve(answers[cursor === null ? 0 : Number(cursor)]!), `newest ${(names += 1)}`);
  for (let at = 0; at < answers.length; at += 1) {
    await new Promise<void>((resolve) => setTimeout(resolve));
    pages.further();
  }
  await new Promise<void>((resolve) => setTimeout(resolve));
  return pages;
}

describe("a list whose newest rows come by themselves", () => {
  it("puts new rows above those that are known, and keeps what lies below the first page", async () => {
    const pages = await listed(page("dc", "1"), page("ba"));
    pages.take(page("ed", "1"), false);
    expect([shown(pages), pages.waiting, pages.more]).toEqual(["edcba", 0, false]);
  });

  it("lets new rows wait while somebody reads, and says meanwhile what became of the known ones", async () => {
    const pages = await listed(page("ba"));
    pages.take({ rows: [{ XID: "c" }, { XID: "b", status: "failed" }, { XID: "a" }], next: null }, true);
    expect([shown(pages), pages.waiting, pages.rows?.[0]?.status]).toEqual(["ba", 1, "failed"]);
    pages.admit();
    expect([shown(pages), pages.waiting]).toEqual(["cba", 0]);
  });

  it("is renewed once where something is known to be new, and says what keeps it from that", async () => {
    const pages = await listed(page("ba"));
    const { signal } = new AbortController();
    await pages.renew(() => Promise.resolve(page("cba")), () => false, signal);
    expect(shown(pages)).toBe("cba");
    await pages.renew(() => Promise.reject(new Problem(422, "Refused", "")), () => false, signal);
    expect([shown(pages), pages.trouble?.title]).toEqual(["cba", "Refused"]);
  });

  it("begins anew where more arrived than one page holds", async () => {
    const pages = await listed(page("ba"));
    pages.take(page("zy", "1"), false);
    expect([shown(pages), pages.more]).toEqual(["zy", true]);
  });

  it("lets rows go that are not there any more", async () => {
    const pages = await listed(page("cba"));
    pages.take(page("ca"), false);
    expect(shown(pages)).toBe("ca");
  });
});
