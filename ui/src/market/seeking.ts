/** Places on a replay's seek bar. */

export interface Span {
  startNs: bigint;
  endNs: bigint;
}

// A share of the span in parts of a million million: exact to the microsecond over a day.
const PARTS = 1_000_000_000_000;

export function atFraction({ startNs, endNs }: Span, fraction: number): bigint {
  const within = Math.min(1, Math.max(0, fraction));
  return startNs + ((endNs - startNs) * BigInt(Math.round(within * PARTS))) / BigInt(PARTS);
}

export function fractionOf({ startNs, endNs, cursorNs }: Span & { cursorNs: bigint }): number {
  if (endNs <= startNs) return 1;
  return Math.min(1, Math.max(0, Number(cursorNs - startNs) / Number(endNs - startNs)));
}
