/** The theme's colours for the ladder, read from the page's style. */

export interface Palette {
  panel: string;
  raised: string;
  grid: string;
  border: string;
  text: string;
  dim: string;
  accent: string;
  accentInk: string;
  warn: string;
  buy: string;
  sell: string;
  buySoft: string;
  sellSoft: string;
  mono: string;
}

export function readPalette(element: Element): Palette {
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
    accentInk: of("--accent-ink"),
    warn: of("--warn"),
    buy: of("--buy"),
    sell: of("--sell"),
    buySoft: of("--buy-soft"),
    sellSoft: of("--sell-soft"),
    mono: of("--mono"),
  };
}
