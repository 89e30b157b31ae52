/** Let the browser save a file. Its address lives only for the click. */
export function saveAs(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has its own hold on the content as soon as the click was dispatched.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
