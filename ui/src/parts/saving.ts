/** Let the browser save a file. */

// The download has its own hold on the content soon after the click; how soon differs by browser.
const HELD = 60_000; // ms

export function saveAs(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), HELD);
}
