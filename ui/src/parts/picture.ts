/** Pictures as files: SVG, and PNG drawn from it. */

import { saveAs } from "./saving";

/** An SVG document with its size in px; `title` names the file. */
export interface Picture {
  title: string;
  svg: string;
  width: number;
  height: number;
}

const FINE = 2; // pixels of a PNG to one of the picture
const LONGEST_NAME = 80;

export function saveSvg(picture: Picture): void {
  saveAs(svgBlob(picture), fileName(picture.title, "svg"));
}

/** Raises an `Error` where the browser draws no SVG or makes no PNG. */
export async function savePng(picture: Picture): Promise<void> {
  const address = URL.createObjectURL(svgBlob(picture));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    saveAs(await png(image, picture), fileName(picture.title, "png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function png(image: HTMLImageElement, { width, height }: Picture): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = width * FINE;
  canvas.height = height * FINE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!made) throw new Error(`a PNG of ${canvas.width} by ${canvas.height} pixels could not be made`);
  return made;
}

function svgBlob({ svg }: Picture): Blob {
  return new Blob([svg], { type: "image/svg+xml" });
}

/** A name that every file system takes. */
export function fileName(title: string, ending: string): string {
  const safe = title.replace(/[^A-Za-z0-9-]+/g, "_").replace(/^_+|_+$/g, "").slice(0, LONGEST_NAME);
  return `${safe || "curves"}.${ending}`;
}
