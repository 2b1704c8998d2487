/** Prices are integers in units of 1e-9, held as bigint: a JSON number is exact only up to 2^53. */

export type Price = bigint;

/** What the data language writes where there is no price. */
export const UNDEFINED_PRICE: Price = 9_223_372_036_854_775_807n;
const UNIT = 1_000_000_000n;
const MOST_DECIMALS = 9;

/** Decimals that print every multiple of `tick` exactly: 0.25 needs two, 0.0000005 needs seven. */
export function decimalsOf(tick: Price | null): number {
  if (tick === null || tick <= 0n) return 2;
  let decimals = MOST_DECIMALS;
  for (let rest = tick; decimals > 0 && rest % 10n === 0n; rest /= 10n) decimals -= 1;
  return decimals;
}

/**
 * Print a price with the decimals of its instrument's tick, by integer arithmetic only.
 * A price finer than the tick (an average, a bad print) keeps its own decimals: nothing is rounded away.
 */
export function formatPrice(price: Price | null, tick: Price | null): string {
  if (price === null || price === UNDEFINED_PRICE) return "–";
  const sign = price < 0n ? "-" : "";
  const size = price < 0n ? -price : price;
  const decimals = Math.max(decimalsOf(tick), size % UNIT === 0n ? 0 : decimalsOf(size));
  const whole = (size / UNIT).toString();
  if (decimals === 0) return sign + whole;
  return `${sign}${whole}.${(size % UNIT).toString().padStart(MOST_DECIMALS, "0").slice(0, decimals)}`;
}

/** Greatest common divisor of a step and a price: the ticks that all prices seen so far allow. */
export function commonStep(step: Price | null, price: Price): Price | null {
  let [a, b] = [step ?? 0n, price < 0n ? -price : price];
  if (price === UNDEFINED_PRICE || (a !== 0n && b % a === 0n)) return step;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? null : a;
}

/** For drawing only, where a pixel is coarser than a double. */
export function priceToNumber(price: Price): number {
  return Number(price) / 1e9;
}

const grouped = new Intl.NumberFormat("en-US");

/** A size or a count, grouped by thousands. */
export function formatSize(size: number): string {
  return grouped.format(size);
}
