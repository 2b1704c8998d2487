/** What is meant by a few typed letters. Pure. */

/**
 * How well a name matches: 0 best, null not at all. Letters stand in order: together at the start of the name, at the start
 * of words, together anywhere, or apart.
 */
export function matchOf(name: string, typed: string): number | null {
  const [text, wanted] = [name.toLowerCase(), typed.trim().toLowerCase()];
  if (wanted === "") return 0;
  if (text.startsWith(wanted)) return 0;
  const at = text.indexOf(wanted);
  if (at > 0) return text[at - 1] === " " ? 1 : 2;
  const words = wanted.split(/\s+/);
  if (words.length > 1 && words.every((word) => text.includes(word))) return 3;
  return isSpread(text, wanted) ? 4 : null;
}

function isSpread(text: string, wanted: string): boolean {
  let from = 0;
  for (const letter of wanted) {
    if (letter === " ") continue;
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

/** Those that match, the best first; of equals in the order they came. */
export function bestMatches<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  typed: string,
  most: number,
): T[] {
  return all
    .map((one, at) => ({ one, at, rank: matchOf(nameOf(one), typed) }))
    .filter((found): found is typeof found & { rank: number } => found.rank !== null)
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, most)
    .map(({ one }) => one);
}
