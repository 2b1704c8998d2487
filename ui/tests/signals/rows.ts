/** Rows of `/api/signals`, as docs/flow-stream.md has them. */

const FIRST_NS = 1_764_000_000_000_000_000n;

export function row(at: number, change: Record<string, unknown> = {}) {
  return {
    id: `ESZ5-absorption-${at}`,
    session_id: "s1",
    dataset: "GLBX.MDP3",
    symbol: "ESZ5",
    timestamp: "2025-11-24T16:00:00Z",
    ts_ns: String(FIRST_NS + BigInt(at) * 1_000_000_000n),
    signal_type: "absorption",
    direction: "bullish",
    price: 6650.25,
    price_low: 6650.25,
    price_high: 6650.25,
    strength: "medium",
    score: 1,
    amount: 120,
    price_after_1m: null,
    price_after_5m: null,
    outcome_1m: null,
    outcome_5m: null,
    outcome: null,
    note: null,
    created_at: "2025-11-24T16:00:00Z",
    ...change,
  };
}

export function told(at: number, change: Record<string, unknown> = {}) {
  return { type: "Signal", ...row(at, change) };
}
