/** How many rows may come on top before all are placed anew. */
export const SPARE_ROWS = 512;

/** A list that grows at its top, and where it stands: `newest` counts the rows placed since `anew`. */
export interface Places<Row> {
  first: Row | null;
  newest: number;
}

/**
 * The places of `rows` (newest first), given those before: a row that stays keeps its number, and so
 * its place on a strip that is moved as a whole; only what came is drawn. What was is looked for among
 * the newest `among` alone: where it is not, or the strip has no room left, all are placed anew.
 */
export function placed<Row>(before: Places<Row>, rows: readonly Row[], among: number): Places<Row> {
  const first = rows[0] ?? null;
  if (first === before.first) return before;
  let came = 0;
  while (came < among && came < rows.length && rows[came] !== before.first) came += 1;
  const found = before.first !== null && rows[came] === before.first;
  const newest = before.newest + came;
  return { first, newest: found && newest <= SPARE_ROWS ? newest : 0 };
}
