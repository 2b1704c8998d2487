/** The columns of the ladder: what fits into a width, mirrored about the price. */

export type ColumnName = "volume" | "cumulative" | "pulling" | "count" | "size" | "bar" | "price";

export interface Column {
  name: ColumnName;
  /** Of which side of the book; null: of the price. */
  side: "B" | "A" | null;
  x: number;
  width: number;
}

const WIDTHS = { price: 60, volume: 40, size: 34, count: 25, pulling: 54, cumulative: 40 };
const LEAST_BAR = 46;

/** Columns for this width. The price is never narrower than its text; the bars share what is left. */
export function columnsFor(width: number, pricePx: number, hasOrders: boolean): Column[] {
  const price = Math.max(WIDTHS.price, Math.ceil(pricePx) + 14);
  let left = width - price - 2 * (WIDTHS.size + LEAST_BAR);
  const fits = (px: number): boolean => {
    if (left < px) return false;
    left -= px;
    return true;
  };
  const has = {
    volume: fits(WIDTHS.volume),
    count: fits(2 * WIDTHS.count),
    pulling: hasOrders && fits(2 * WIDTHS.pulling),
    cumulative: fits(2 * WIDTHS.cumulative),
  };
  const outward: ColumnName[] = ["bar", "size"];
  for (const name of ["count", "pulling", "cumulative"] as const) if (has[name]) outward.push(name);
  const bar = LEAST_BAR + Math.floor(left / 2);
  const columns: Column[] = [];
  let x = 0;
  const add = (name: ColumnName, side: Column["side"]) => {
    const px = name === "bar" ? bar : name === "price" ? price : WIDTHS[name];
    columns.push({ name, side, x, width: px });
    x += px;
  };
  if (has.volume) add("volume", null);
  for (const name of outward.toReversed()) add(name, "B");
  add("price", null);
  for (const name of outward) add(name, "A");
  return columns;
}

export function columnAt(columns: readonly Column[], x: number): Column | null {
  return columns.find((column) => x >= column.x && x < column.x + column.width) ?? null;
}
