/** Times are nanoseconds since the Unix epoch, held as bigint. */

export type Zone = "utc" | "local";

const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;
const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Read nanoseconds (`"1758742200000000000"`) or RFC 3339 (`"2025-09-24T19:30:00.5Z"`); null if neither. */
export function parseTime(text: string): bigint | null {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [, seconds = "", fraction = "", offset = ""] = match;
  const ms = Date.parse(seconds + offset);
  if (Number.isNaN(ms)) return null;
  return BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, "0"));
}

export function toSeconds(ns: bigint): number {
  return Number(ns / NS_PER_S);
}

function fieldsOf(ms: number, zone: Zone) {
  const date = new Date(ms);
  const shifted = zone === "utc" ? date : new Date(ms - date.getTimezoneOffset() * 60_000);
  const iso = shifted.toISOString();
  return { day: iso.slice(0, 10), clock: iso.slice(11, 19) };
}

/** `19:30:00.123`: the clock with as many decimals of the second as asked. */
export function formatClock(ns: bigint, zone: Zone, decimals = 3): string {
  const { clock } = fieldsOf(Number(ns / NS_PER_MS), zone);
  if (decimals === 0) return clock;
  return `${clock}.${(ns % NS_PER_S).toString().padStart(9, "0").slice(0, decimals)}`;
}

/** `2025-09-24 19:30:00`. */
export function formatDateTime(ns: bigint, zone: Zone, decimals = 0): string {
  const { day } = fieldsOf(Number(ns / NS_PER_MS), zone);
  return `${day} ${formatClock(ns, zone, decimals)}`;
}

/** `2025-09-24T19:30:00Z`, with the fraction only where there is one. */
export function formatRfc3339(ns: bigint): string {
  const { day, clock } = fieldsOf(Number(ns / NS_PER_MS), "utc");
  const fraction = (ns % NS_PER_S).toString().padStart(9, "0").replace(/0+$/, "");
  return `${day}T${clock}${fraction === "" ? "" : `.${fraction}`}Z`;
}

/** `4:05` or `1:02:03`: a time span, for countdowns and replay positions. */
export function formatSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => n.toString().padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
