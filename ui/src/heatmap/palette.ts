/** The heatmap's colours, read from the page's style. */

import { type PageColours, readColours, styleOf } from "../drawing/colours";

export type Rgb = readonly [number, number, number];

export interface Palette {
  blank: Rgb;
  zero: Rgb;
  hatch: Rgb;
  bidRamp: readonly [Rgb, Rgb, Rgb];
  askRamp: readonly [Rgb, Rgb, Rgb];
  bidLine: Rgb;
  askLine: Rgb;
  buy: Rgb;
  sell: Rgb;
  neither: Rgb;
  rim: Rgb;
  /** As the style has them, for the canvas of the axes. */
  css: PageColours & { bid: string; ask: string; last: string };
}

/** `#rrggbb` or `#rgb` to parts of one; anything else is grey, as a colour that is wrong must show. */
export function parseColour(text: string): Rgb {
  const digits = /^#([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(text.trim())?.[1];
  if (digits === undefined) return [0.5, 0.5, 0.5];
  const width = digits.length / 3;
  const part = (at: number) => {
    const value = digits.slice(at * width, (at + 1) * width);
    return Number.parseInt(width === 1 ? value + value : value, 16) / 255;
  };
  return [part(0), part(1), part(2)];
}

export function readPalette(element: Element): Palette {
  const of = styleOf(element);
  const rgb = (name: string) => parseColour(of(name));
  const ramp = (side: string) =>
    [rgb(`--heat-${side}-low`), rgb(`--heat-${side}-mid`), rgb(`--heat-${side}-high`)] as const;
  return {
    blank: rgb("--panel"),
    zero: rgb("--heat-zero"),
    hatch: rgb("--heat-hatch"),
    bidRamp: ramp("bid"),
    askRamp: ramp("ask"),
    bidLine: rgb("--heat-bid-line"),
    askLine: rgb("--heat-ask-line"),
    buy: rgb("--buy"),
    sell: rgb("--sell"),
    neither: rgb("--text-dim"),
    rim: rgb("--heat-rim"),
    css: {
      ...readColours(element),
      bid: of("--heat-bid-mid"),
      ask: of("--heat-ask-mid"),
      last: of("--heat-last"),
    },
  };
}
