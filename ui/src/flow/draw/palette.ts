/** The theme's colours for the flow chart, read from the page's style. */

import { type PageColours, readColours, styleOf } from "../../drawing/colours";

export interface FlowPalette extends PageColours {
  last: string;
  poc: string;
  area: string;
  node: string;
  vwap: string;
  level: string;
  confluence: string;
  night: string;
}

export function readPalette(element: Element): FlowPalette {
  const of = styleOf(element);
  const page = readColours(element);
  return {
    ...page,
    last: page.text,
    poc: of("--flow-poc"),
    area: of("--flow-area"),
    node: of("--flow-node"),
    vwap: of("--flow-vwap"),
    level: of("--flow-level"),
    confluence: of("--flow-confluence"),
    night: of("--flow-night"),
  };
}

export function sideColour(palette: FlowPalette, isBuy: boolean): string {
  return isBuy ? palette.buy : palette.sell;
}
