/** Curves as files: a table, or a picture with the page's background. */

import type { Range } from "../../lib/axis";
import { fileName, type Picture as Saved } from "../picture";
import { saveAs } from "../saving";
import type { Series } from "./series";
import { SIZE, heightOf, svg, type Picture } from "./svg";
import { curvesCsv } from "./table";

export function saveCsv(title: string, series: readonly Series[], view: Range, smoothing: number): void {
  saveAs(new Blob([curvesCsv(series, view, smoothing)], { type: "text/csv" }), fileName(title, "csv"));
}

export function asPicture(picture: Picture): Saved {
  return { title: picture.title, svg: svg(picture), width: SIZE.width, height: heightOf(picture.series) };
}
