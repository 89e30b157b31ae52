import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { hasHidden } from "../../lib/hostile";
import { series } from "./cast";
import { fileName } from "../picture";
import { shortened, xmlText } from "../svgText";
import { heightOf, path, svg, type Picture } from "./svg";
import { curvesCsv } from "./table";

const hostile = fc.string({ unit: fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 1 }), fc.constantFrom("<", "&", '"', "'", "\u0000", "\ud800", "\ufffe", "\u202e")) });
// "Char" of XML 1.0, section 2.2.
const XML = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

function picture(more: Partial<Picture> = {}): Picture {
  return { title: "loss", description: "", series: [series([1, 2, 4])], view: { from: 0, to: 2 }, logarithmic: false, dark: false, ...more };
}

describe("a text in SVG", () => {
  it("is no markup, hides nothing, and is allowed in XML, whatever it is", () => {
    expect(xmlText(`</text><script>"'&`)).toBe("&lt;/text&gt;&lt;script&gt;&quot;&#39;&amp;");
    fc.assert(
      fc.property(hostile, (text) => {
        const found = xmlText(text);
        expect(found).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        expect(found).toMatch(XML);
        expect(hasHidden(found)).toBe(false);
      }),
    );
  });

  it("is cut where there is no more room, wide signs sooner", () => {
    expect(shortened("abcdef", 4)).toBe("abcd…");
    expect(shortened("学習率", 4)).toBe("学習…");
    expect(shortened("🙂", 2)).toBe("🙂");
    expect(shortened("a\nb", 4)).toBe("a b");
  });
});

describe("the picture", () => {
  it("has a title, a description, the background and a line for each curve", () => {
    const found = svg(picture({ title: "a < b", description: "1 curve", dark: true }));
    expect(found).toContain("<title>a &lt; b</title>\n<desc>1 curve</desc>");
    expect(found).toContain('fill="#131519"');
    expect(found.match(/stroke="#8da2ff" stroke-width="1.75"/g)?.length).toBe(1);
  });

  it("has as many tags and only numbers in its lines, whatever the names and values", () => {
    const values = fc.array(fc.option(fc.double({ noDefaultInfinity: true, noNaN: true })), { maxLength: 20 });
    fc.assert(
      fc.property(hostile, hostile, values, fc.boolean(), (title, name, numbers, logarithmic) => {
        const found = svg(picture({ title, description: title, series: [series(numbers, { name }, 0.5)], view: { from: 0, to: Math.max(0, numbers.length - 1) }, logarithmic }));
        expect(found).not.toContain("NaN");
        expect(found).not.toContain("Infinity");
        const tags = found.match(/<[^<>]*>/g) ?? [];
        expect(tags.every((tag) => /^<\/?(svg|title|desc|rect|text|path|clipPath|g)[ >/]/.test(tag))).toBe(true);
        expect(found.replace(/<[^<>]*>/g, "")).not.toMatch(/[<>]/);
      }),
    );
  });

  it("shows the recorded curve faintly behind a smooth one", () => {
    expect(svg(picture({ series: [series([1, 2, 4], {}, 0.5)] }))).toMatch(/opacity="0.3"\/>\n.*stroke-width="1.75"/);
  });

  it("is higher with more curves, so that all have their names", () => {
    const one = series([1]);
    expect(heightOf([one, one, one, one]) - heightOf([one])).toBe(20);
  });

  it("breaks a line at a gap, and keeps a point that stands alone", () => {
    const places = { x: (step: number) => step, y: (value: number) => value };
    expect(path([0, 1, 2, 3, 4], [5, 6, null, 7, null], { from: 0, to: 4 }, places)).toBe("M0 5L1 6M3 7h2");
    expect(path([0, 1, 2, 3, 4], [5, 6, 7, 8, 9], { from: 2, to: 2.5 }, places)).toBe("M2 7L3 8");
  });
});

describe("the table as CSV", () => {
  it("has a row for each step in view and a column for each curve", () => {
    const other = series([], { name: "b", points: [{ index: 1, value: -0.5 }, { index: 9, value: 4 }] });
    expect(curvesCsv([series([1, 2, null]), other], { from: 0, to: 2 }, 0)).toBe("step,a,b\r\n0,1,\r\n1,2,-0.5\r\n2,,\r\n");
  });

  it("has the smooth values beside the recorded ones", () => {
    expect(curvesCsv([series([3, 3], {}, 0.6)], { from: 0, to: 1 }, 0.6)).toBe("step,a,a (smoothed 0.6)\r\n0,3,3\r\n1,3,3\r\n");
  });

  it("names no two columns the same, and lets no name calculate", () => {
    const names = ["a", "a", "step", "", "=1+1"];
    const header = curvesCsv(names.map((name) => series([1], { name })), { from: 0, to: 0 }, 0).split("\r\n")[0];
    expect(header).toBe("step,a,a (2),step (2),(no name),'=1+1");
  });
});

describe("the name of a file", () => {
  it("is one that every file system takes", () => {
    expect(fileName("../loss <val>", "csv")).toBe("loss_val.csv");
    expect(fileName("损失", "png")).toBe("curves.png");
    fc.assert(fc.property(hostile, (title) => {
      expect(fileName(title, "svg")).toMatch(/^[A-Za-z0-9_-]{1,80}\.svg$/);
    }));
  });
});
