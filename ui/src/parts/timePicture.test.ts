import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Line } from "./chart";
import { timeCsv, timePicture, type TimeChart } from "./timePicture";

const line = (values: (number | null)[], more: Partial<Line> = {}): Line => ({ name: "requests", values, colour: "", shape: "bars", ...more });
function chart(lines: Line[], more: Partial<TimeChart> = {}): TimeChart {
  const times = (lines[0]?.values ?? []).map((_, at) => at * 300);
  return { title: "API", times, seconds: 300, lines, format: String, colours: lines.map(() => "rgb(1, 2, 3)"), dark: false, ...more };
}

describe("a chart as a table", () => {
  it("has what each part is alone, and no row for what has nothing", () => {
    const found = timeCsv({ times: [0, 300, 600], lines: [line([5, null, 1], { told: [2, null, 1] }), line([3, null, null], { name: "=1+1" })] });
    expect(found).toBe("from,requests,'=1+1\r\n1970-01-01T00:00:00.000Z,2,3\r\n1970-01-01T00:10:00.000Z,1,\r\n");
  });
});

describe("a table of days of UTC", () => {
  it("names them as they are, though their bars stand at midnights of who looks", () => {
    const midnight = new Date(2026, 10, 3).getTime() / 1000;
    expect(timeCsv({ times: [midnight], lines: [line([5])], ofUtc: true })).toContain("2026-11-03T00:00:00.000Z,5");
  });
});

describe("a chart as a picture", () => {
  it("is markup of its own whatever a line is called", () => {
    const { svg } = timePicture(chart([line([1, 2], { name: "</text><script>alert(1)</script>" })], { title: "<b>&" }));
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).toContain("&lt;b&gt;&amp;");
  });

  it("has only lengths that are numbers, whatever the values are", () => {
    const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), { nil: null });
    const shape = fc.constantFrom("bars" as const, "line" as const);
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), shape, fc.boolean(), (values, of, dark) => {
        expect(timePicture(chart([line(values, { shape: of })], { dark })).svg).not.toMatch(/NaN|Infinity/);
      }),
    );
  });

  it("breaks a line where nothing is known, and shows what stands alone", () => {
    const { svg } = timePicture(chart([line([1, 2, null, 3], { shape: "line" })]));
    expect(svg.match(/<path d="M[^"]*" fill="none"/g)).toHaveLength(1);
    expect(svg).toContain("<circle");
  });
});
