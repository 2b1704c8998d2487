/** The theme's colours for the flow chart, read from the page's style. */

export interface FlowPalette {
  panel: string;
  raised: string;
  grid: string;
  border: string;
  text: string;
  dim: string;
  accent: string;
  warn: string;
  buy: string;
  sell: string;
  buySoft: string;
  sellSoft: string;
  last: string;
  poc: string;
  area: string;
  node: string;
  vwap: string;
  level: string;
  confluence: string;
  night: string;
  font: string;
  mono: string;
}

export function readPalette(element: Element): FlowPalette {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    panel: of("--panel"),
    raised: of("--raised"),
    grid: of("--grid"),
    border: of("--border"),
    text: of("--text"),
    dim: of("--text-dim"),
    accent: of("--accent"),
    warn: of("--warn"),
    buy: of("--buy"),
    sell: of("--sell"),
    buySoft: of("--buy-soft"),
    sellSoft: of("--sell-soft"),
    last: of("--text"),
    poc: of("--flow-poc"),
    area: of("--flow-area"),
    node: of("--flow-node"),
    vwap: of("--flow-vwap"),
    level: of("--flow-level"),
    confluence: of("--flow-confluence"),
    night: of("--flow-night"),
    font: of("--font"),
    mono: of("--mono"),
  };
}

export function sideColour(palette: FlowPalette, isBuy: boolean): string {
  return isBuy ? palette.buy : palette.sell;
}
