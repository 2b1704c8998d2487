/**
 * Milliseconds to wait before try number `attempt` (0 is the first): doubling from half a second to
 * fifteen, half of it by chance, so that many pages do not come back to a restarted server at once.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(most / 2 + (random() * most) / 2);
}
