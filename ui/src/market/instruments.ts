import type { Instrument } from "../api/messages";

/** Split what a person typed: `es.fut, NQ.c.0` is two symbols; only parents' and raw letters are raised. */
export function parseSymbols(text: string): string[] {
  const asked = text.split(/[\s,]+/).filter((part) => part !== "");
  return [...new Set(asked.map(properCase))];
}

function properCase(symbol: string): string {
  const continuous = /^(.+)\.([cnv])\.(\d+)$/i.exec(symbol);
  if (continuous === null) return symbol.toUpperCase();
  const [, root = "", roll = "", rank = ""] = continuous;
  return `${root.toUpperCase()}.${roll.toLowerCase()}.${rank}`;
}

/** The symbol being typed: what stands after the last comma. */
export function lastTyped(text: string): string {
  return (text.split(",").at(-1) ?? "").trim();
}

/** Put a picked symbol in place of the one being typed. */
export function replaceLastTyped(text: string, symbol: string): string {
  const before = text
    .split(",")
    .slice(0, -1)
    .map((part) => part.trim());
  return [...before, symbol].join(", ");
}

/** Entries that match what is typed: those that begin with it first, parents before their children. */
export function searchSymbols(all: readonly Instrument[], typed: string, limit = 60): Instrument[] {
  const wanted = typed.toUpperCase();
  const rank = (entry: Instrument) => {
    const symbol = entry.symbol.toUpperCase();
    if (!symbol.includes(wanted)) return -1;
    return (
      (symbol.startsWith(wanted) ? 0 : 4) +
      (entry.stypeIn === "parent" ? 0 : 1) +
      (entry.isSpread ? 1 : 0)
    );
  };
  return all
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((found) => found.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.entry.symbol.localeCompare(b.entry.symbol))
    .slice(0, limit)
    .map((found) => found.entry);
}

/** What was meant by a symbol that nobody knows: `CL` is likely `CL.FUT`. */
export function guessSymbol(all: readonly Instrument[], symbol: string): string | null {
  const root = /^(.+?)(?:[FGHJKMNQUVXZ]\d{1,2})?(?:[.-].*)?$/.exec(symbol)?.[1] ?? symbol;
  const [found] = searchSymbols(all, symbol, 1);
  return (found ?? searchSymbols(all, root, 1)[0])?.symbol ?? null;
}

/** Outrights by expiry, then spreads: the order of the tabs. */
export function inListOrder(instruments: readonly Instrument[]): Instrument[] {
  const expiry = (i: Instrument) =>
    i.expirationNs === null ? Number.MAX_VALUE : Number(i.expirationNs);
  return [...instruments].sort(
    (a, b) =>
      Number(a.isSpread) - Number(b.isSpread) ||
      expiry(a) - expiry(b) ||
      a.symbol.localeCompare(b.symbol),
  );
}

/** The instrument to show first: the most active outright; before anything traded, the front one. */
export function frontOf(
  instruments: readonly Instrument[],
  activity: ReadonlyMap<number, number>,
): number | null {
  const listed = inListOrder(instruments).filter((i) => i.instrumentId !== null);
  const outrights = listed.filter((i) => !i.isSpread);
  let best: Instrument | undefined;
  const of = (i: Instrument) => activity.get(i.instrumentId ?? -1) ?? 0;
  for (const instrument of outrights.length > 0 ? outrights : listed) {
    if (best === undefined || of(instrument) > of(best)) best = instrument;
  }
  return best?.instrumentId ?? null;
}
