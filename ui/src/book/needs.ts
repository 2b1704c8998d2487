/** What panels need of the book stream, and what is asked of the server for all of them. */

export interface BookNeed {
  /** Levels of each side. */
  levels?: number;
  /** Each level with its orders. */
  orders?: boolean;
  /** Volume traded at each price. */
  volume?: boolean;
  /** The latest records and their effects. */
  events?: boolean;
  /** Length of a depth column in milliseconds; 0 or nothing: no columns. */
  everyMs?: number;
}

export type Union = Required<BookNeed>;

const FEWEST_LEVELS = 10;
export const MOST_LEVELS = 1_000;
/** Pictures a second that a ladder needs: more cannot be read. */
export const RATE = 20;

/** The least that serves every need; of column lengths the shortest. Null where nobody needs anything. */
export function unionOf(needs: Iterable<BookNeed>): Union | null {
  let union: Union | null = null;
  for (const need of needs) {
    union ??= { levels: FEWEST_LEVELS, orders: false, volume: false, events: false, everyMs: 0 };
    union.levels = Math.min(MOST_LEVELS, Math.max(union.levels, need.levels ?? 0));
    union.orders ||= need.orders ?? false;
    union.volume ||= need.volume ?? false;
    union.events ||= need.events ?? false;
    const everyMs = need.everyMs ?? 0;
    if (everyMs > 0)
      union.everyMs = union.everyMs === 0 ? everyMs : Math.min(union.everyMs, everyMs);
  }
  return union;
}

/**
 * Whether a connection that was opened for `asked` brings all of `wanted` once its column length is told.
 * It may bring more: a new connection would tear a hole into the columns, only to spare some bytes.
 */
export function serves(asked: Union, wanted: Union): boolean {
  return (
    asked.levels >= wanted.levels &&
    asked.orders >= wanted.orders &&
    asked.volume >= wanted.volume &&
    asked.events >= wanted.events
  );
}

/** What serves both. */
export function joined(one: Union, other: Union): Union {
  return unionOf([one, other]) ?? one;
}

export function bookUrl(base: string, instrumentId: number, need: Union): string {
  const url = new URL("/ws/book", base);
  url.protocol = url.protocol.replace("http", "ws");
  const { searchParams } = url;
  searchParams.set("symbols", String(instrumentId));
  searchParams.set("stype_in", "instrument_id");
  searchParams.set("format", "binary");
  searchParams.set("rate", String(RATE));
  searchParams.set("levels", String(need.levels));
  searchParams.set("every_ms", String(need.everyMs));
  for (const name of ["orders", "volume", "events"] as const) {
    searchParams.set(name, need[name] ? "1" : "0");
  }
  return url.toString();
}
