/** Work that begins when something comes into view, and is given up when it leaves before. */

import type { Attachment } from "svelte/attachments";

/**
 * `begin` runs when the element is near the view and gives what gives it up; it runs again when
 * the element comes back.
 */
export function whenSeen(begin: () => () => void): Attachment {
  return (element) => {
    let leave: (() => void) | undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting && !leave) leave = begin();
        else if (!entry?.isIntersecting) {
          leave?.();
          leave = undefined;
        }
      },
      { rootMargin: "200px" },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      leave?.();
    };
  };
}
