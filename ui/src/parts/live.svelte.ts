/** What assistive technology is told politely, and what is shown for a moment. */

export interface Note {
  id: number;
  text: string;
  failed: boolean;
}

const SHOWN_FOR = 6000; // ms

let spoken = $state("");
let notes = $state.raw<readonly Note[]>([]);
let count = 0;

export const live = {
  get spoken(): string {
    return spoken;
  },
  get notes(): readonly Note[] {
    return notes;
  },
};

/** Say something without showing it. */
export function say(text: string): void {
  // The same words twice would not be a change, and would not be read.
  spoken = spoken === text ? `${text}\u00a0` : text;
}

/** Show something for a moment, and say it. */
export function note(text: string, { failed = false }: { failed?: boolean } = {}): void {
  count += 1;
  const id = count;
  notes = [...notes.slice(-2), { id, text, failed }];
  say(text);
  setTimeout(() => drop(id), SHOWN_FOR);
}

export function drop(id: number): void {
  notes = notes.filter((one) => one.id !== id);
}

/** Take all notes away, and what was said: they may name what the next one must not see. */
export function silence(): void {
  notes = [];
  spoken = "";
}
