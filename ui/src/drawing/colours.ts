/** The theme's colours and type, read from the page's style by whoever draws on a canvas. */

export interface PageColours {
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
  font: string;
  mono: string;
}

/** Give what the style of an element says of a name: `--panel`. */
export function styleOf(element: Element): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

export function readColours(element: Element): PageColours {
  const of = styleOf(element);
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
    font: of("--font"),
    mono: of("--mono"),
  };
}
