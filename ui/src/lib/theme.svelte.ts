/** The chosen theme; `theme.js` applies it before the first paint. */

import { kept, keep } from "./kept";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const NAME = "theme";

function remembered(): Theme {
  const found = kept(NAME);
  return found === "light" || found === "dark" ? found : "system";
}

let chosen = $state<Theme>(remembered());

export const theme = {
  get chosen(): Theme {
    return chosen;
  },
  choose(next: Theme): void {
    chosen = next;
    keep(NAME, next === "system" ? null : next);
    if (next === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next;
  },
};
