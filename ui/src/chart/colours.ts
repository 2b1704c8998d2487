/** The theme's colours for what is drawn on a canvas, read from the page's style. */

export interface Colours {
  background: string;
  text: string;
  grid: string;
  border: string;
  up: string;
  down: string;
  upSoft: string;
  downSoft: string;
  warn: string;
  font: string;
}

export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: of("--panel"),
    text: of("--text-dim"),
    grid: of("--grid"),
    border: of("--border"),
    up: of("--buy"),
    down: of("--sell"),
    upSoft: of("--buy-soft"),
    downSoft: of("--sell-soft"),
    warn: of("--warn"),
    font: of("--font"),
  };
}
