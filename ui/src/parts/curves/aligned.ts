/** Curves with steps of their own, put beside each other in columns as uPlot draws them. */

export interface Aligned {
  /** All steps of all curves, rising. */
  steps: number[];
  /** For each curve, where its points stand in `steps`. */
  places: number[][];
}

/** The union of lists of rising steps. */
export function aligned(curves: readonly (readonly number[])[]): Aligned {
  const steps = union(curves);
  const places = curves.map((own) => {
    let at = 0;
    return own.map((step) => {
      while (steps[at]! < step) at++;
      return at;
    });
  });
  return { steps, places };
}

function union(curves: readonly (readonly number[])[]): number[] {
  // Sorting numbers in a typed array needs no function that compares them.
  const all = Float64Array.from(curves.flat()).sort();
  const found: number[] = [];
  for (const step of all) if (step !== found.at(-1)) found.push(step);
  return found;
}

/** Values at their places; undefined where a curve has no point, which is no gap. */
export function column<T>(values: readonly T[], places: readonly number[], length: number): (T | undefined)[] {
  const found = new Array<T | undefined>(length).fill(undefined);
  places.forEach((place, at) => (found[place] = values[at]));
  return found;
}
