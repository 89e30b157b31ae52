/** Whether somebody has to log in; the page shows the form for it instead of its content. */

let required = $state(false);
let sessions = $state(0);

export const login = {
  get required(): boolean {
    return required;
  },
  /** Grows with each login, so that what was refused is asked again. */
  get sessions(): number {
    return sessions;
  },
  /** An answer said that a key is needed. */
  needed(): void {
    required = true;
  },
  done(): void {
    required = false;
    sessions += 1;
  },
};
