/** Made-up messages of `/ws/flow`: a walk of prices, the same each time, told as the server would. */

import type {
  Bubble,
  CvdPoint,
  FlowMessage,
  Footprint,
  FootprintLevel,
  SymbolMessage,
} from "../../src/flow/wire";

export const SYMBOL = "ESZ5";
export const TICK = 0.25;
export const START_MS = Date.UTC(2025, 10, 24, 14, 30);

/** A small generator of numbers from 0 to 1. */
export function numbers(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function ns(ms: number): string {
  return `${BigInt(Math.round(ms * 1_000)) * 1_000n}`;
}

const at = (ms: number) => ({ symbol: SYMBOL, timestamp: Math.floor(ms), tsNs: ns(ms) });

export function connected(): FlowMessage {
  return {
    type: "Connected",
    symbols: [SYMBOL],
    mode: "replay",
    instruments: [{ symbol: SYMBOL, tick: TICK }],
  };
}

export function begin(ms = START_MS): SymbolMessage {
  return { type: "Begin", symbol: SYMBOL, tsNs: ns(ms) };
}

export function caught(): SymbolMessage {
  return { type: "Caught", symbol: SYMBOL };
}

export function bubble(ms: number, price: number, buy: number, sell: number, tier = 0): Bubble {
  const imbalance = (buy - sell) / Math.max(1, buy + sell);
  return {
    type: "Bubble",
    id: `${SYMBOL}-bubble-${ns(ms)}`,
    ...at(ms),
    price,
    side: buy > sell ? "buy" : "sell",
    startNs: ns(ms - 1_000),
    isSignificantImbalance: Math.abs(imbalance) > 0.5,
    imbalance,
    volume: buy + sell,
    buyVolume: buy,
    sellVolume: sell,
    vwap: price,
    tier,
  };
}

export function cvdPoint(ms: number, value: number, parts: Partial<CvdPoint> = {}): CvdPoint {
  return {
    type: "CVDPoint",
    ...at(ms),
    value,
    continuous: value + 500,
    buckets: [value * 0.5, value * 0.3, value * 0.2],
    open: value,
    high: value + 3,
    low: value - 3,
    ...parts,
  };
}

export function footprint(
  startMs: number,
  levels: readonly FootprintLevel[],
  parts: Partial<Footprint> = {},
): Footprint {
  const bid = levels.reduce((sum, level) => sum + level.bid, 0);
  const ask = levels.reduce((sum, level) => sum + level.ask, 0);
  const [low, high] = [levels[0]?.price ?? 0, levels[levels.length - 1]?.price ?? 0];
  const largest = levels.reduce(
    (best, level) => (level.bid + level.ask > best.bid + best.ask ? level : best),
    levels[0] ?? { price: 0, bid: 0, ask: 0, unsided: 0 },
  );
  return {
    type: "Footprint",
    symbol: SYMBOL,
    id: `${SYMBOL}-bar-1m-${ns(startMs)}`,
    startNs: ns(startMs),
    endNs: ns(startMs + 60_000),
    every: "1m",
    closed: true,
    open: low,
    high,
    low,
    close: high,
    volume: bid + ask,
    buyVolume: ask,
    sellVolume: bid,
    delta: ask - bid,
    vwap: (low + high) / 2,
    trades: bid + ask,
    poc: largest.price,
    levels: [...levels],
    imbalances: imbalancesOf(levels),
    stacked: [],
    unfinished: { high: false, low: false },
    ...parts,
  };
}

/** Three times what is diagonally opposite, and at least ten. */
function imbalancesOf(levels: readonly FootprintLevel[]): Footprint["imbalances"] {
  const found: Footprint["imbalances"] = [];
  for (const [i, level] of levels.entries()) {
    const [below, above] = [levels[i - 1], levels[i + 1]];
    if (below !== undefined && level.ask >= 10 && level.ask >= 3 * below.bid) {
      found.push({ price: level.price, side: "buy" });
    }
    if (above !== undefined && level.bid >= 10 && level.bid >= 3 * above.ask) {
      found.push({ price: level.price, side: "sell" });
    }
  }
  return found;
}

function stackedOf(imbalances: Footprint["imbalances"]): Footprint["stacked"] {
  const stacked: Footprint["stacked"] = [];
  for (const side of ["buy", "sell"] as const) {
    let run: number[] = [];
    for (const price of [...imbalances.filter((i) => i.side === side).map((i) => i.price), 1e9]) {
      const last = run[run.length - 1];
      if (last !== undefined && Math.abs(price - last - TICK) > 1e-9) {
        if (run.length >= 3) {
          stacked.push({ priceLow: run[0] ?? 0, priceHigh: last, side, levels: run.length });
        }
        run = [];
      }
      run.push(price);
    }
  }
  return stacked;
}

export interface Day {
  /** Up to `Caught`. */
  past: FlowMessage[];
  endMs: number;
  price: number;
  cvd: number;
}

/** So many minutes of a session, with a bubble every few seconds. */
export function day(minutes: number, seed = 3): Day {
  const random = numbers(seed);
  const past: FlowMessage[] = [begin(START_MS)];
  const profile = new Map<number, { buy: number; sell: number }>();
  let [tick, cvd] = [24_000, 0];
  const bubbles: FlowMessage[] = [];
  const points: FlowMessage[] = [];
  const bars: FlowMessage[] = [];
  const developing: FlowMessage[] = [];
  const swings: { ms: number; tick: number; cvd: number }[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const startMs = START_MS + minute * 60_000;
    const levels = new Map<number, FootprintLevel>();
    const [open, openCvd] = [tick, cvd];
    let [low, high] = [tick, tick];
    const drift = Math.sin(minute / 23) * 0.35;
    for (let second = 0; second < 60; second += 1) {
      const isBuy = random() < 0.5 + drift * 0.3;
      const size = Math.ceil(random() ** 6 * 260) + 1;
      const other = Math.floor(size * random() * 0.9);
      tick += Math.round((random() - 0.5) * 3 + drift * 0.6);
      [low, high] = [Math.min(low, tick), Math.max(high, tick)];
      const [buy, sell] = isBuy ? [size, other] : [other, size];
      const level = levels.get(tick) ?? { price: tick * TICK, bid: 0, ask: 0, unsided: 0 };
      level.bid += sell;
      level.ask += buy;
      levels.set(tick, level);
      const row = profile.get(tick) ?? { buy: 0, sell: 0 };
      profile.set(tick, { buy: row.buy + buy, sell: row.sell + sell });
      const before = cvd;
      cvd += buy - sell;
      const ms = startMs + (second + 1) * 1_000;
      points.push(
        cvdPoint(ms, cvd, {
          open: before,
          high: Math.max(before, cvd),
          low: Math.min(before, cvd),
        }),
      );
      const tier = [60, 110, 170, 230].filter((least) => size >= least).length;
      bubbles.push(bubble(ms, tick * TICK, buy, sell, tier));
    }
    const sorted = [...levels.values()].sort((a, b) => a.price - b.price);
    const bar = footprint(startMs, sorted, {
      open: open * TICK,
      close: tick * TICK,
      low: low * TICK,
      high: high * TICK,
      closed: minute < minutes - 1,
      unfinished: { high: minute % 7 === 0, low: minute % 5 === 0 },
    });
    bars.push({ ...bar, stacked: stackedOf(bar.imbalances) });
    const poc = [...profile].reduce((a, b) =>
      b[1].buy + b[1].sell > a[1].buy + a[1].sell ? b : a,
    )[0];
    developing.push({
      type: "Developing",
      ...at(startMs + 60_000),
      poc: poc * TICK,
      vah: (poc + 30) * TICK,
      val: (poc - 26) * TICK,
    });
    if (minute % 20 === 10) swings.push({ ms: startMs, tick: open, cvd: openCvd });
  }
  const endMs = START_MS + minutes * 60_000;
  const poc = [...profile].reduce((a, b) =>
    b[1].buy + b[1].sell > a[1].buy + a[1].sell ? b : a,
  )[0];
  past.push(
    ...bubbles.slice(-2_000),
    ...points.slice(-7_200),
    ...developing,
    ...bars.slice(-500),
    ...divergences(swings),
    ...signals(bars.slice(-120) as Footprint[], random),
    wholeProfile(profile, poc),
    {
      type: "NakedPoc",
      symbol: SYMBOL,
      levels: [12, 25].map((ago) => ({
        price: (tick + ago) * TICK,
        startNs: ns(endMs - ago * 120_000),
      })),
    },
    {
      type: "Levels",
      symbol: SYMBOL,
      levels: [
        { name: "pdh", price: (poc + 36) * TICK, kind: "previous" },
        { name: "pdl", price: (poc - 40) * TICK, kind: "previous" },
        { name: "onh", price: (poc + 35) * TICK, kind: "overnight" },
        { name: "or5h", price: (poc + 34) * TICK, kind: "opening" },
        { name: "ibh", price: (poc + 33) * TICK, kind: "balance" },
        { name: "vwap", price: (poc + 3) * TICK, kind: "vwap" },
        { name: "vwap+1", price: (poc + 17) * TICK, kind: "vwap" },
        { name: "vwap-1", price: (poc - 11) * TICK, kind: "vwap" },
      ],
    },
    zones(tick, endMs),
    caught(),
  );
  return { past, endMs, price: tick * TICK, cvd };
}

function wholeProfile(
  profile: ReadonlyMap<number, { buy: number; sell: number }>,
  poc: number,
): SymbolMessage {
  const levels = [...profile]
    .sort((a, b) => a[0] - b[0])
    .map(([tick, { buy, sell }]) => ({
      price: tick * TICK,
      buyVolume: buy,
      sellVolume: sell,
      unsidedVolume: 0,
    }));
  return {
    type: "VolumeProfile",
    symbol: SYMBOL,
    scope: "session",
    whole: true,
    levels,
    poc: poc * TICK,
    vah: (poc + 30) * TICK,
    val: (poc - 26) * TICK,
    hvn: [poc * TICK, (poc + 20) * TICK],
    lvn: [(poc + 12) * TICK, (poc - 15) * TICK],
    valueAreaVolume: 1,
    total: 1,
  };
}

function divergences(
  swings: readonly { ms: number; tick: number; cvd: number }[],
): SymbolMessage[] {
  return swings.slice(1).map((to, i) => {
    const from = swings[i] ?? to;
    return {
      type: "Divergence",
      id: `${SYMBOL}-divergence-${ns(to.ms)}`,
      ...at(to.ms),
      price: to.tick * TICK,
      direction: to.tick > from.tick ? "bearish" : "bullish",
      priceFrom: from.tick * TICK,
      priceTo: to.tick * TICK,
      cvdFrom: from.cvd,
      cvdTo: to.cvd,
      fromNs: ns(from.ms),
    };
  });
}

/** A sign every few bars, each of another kind. */
function signals(bars: readonly Footprint[], random: () => number): SymbolMessage[] {
  const kinds = [
    "delta_flip",
    "absorption",
    "stacked_imbalance",
    "divergence",
    "iceberg",
    "confluence",
  ];
  const told: SymbolMessage[] = [];
  for (const [i, bar] of bars.entries()) {
    if (i % 4 !== 0) continue;
    const ms = Number(BigInt(bar.startNs) / 1_000_000n) + 30_000;
    const isUp = random() < 0.5;
    const kind = kinds[(i / 4) % kinds.length] ?? "delta_flip";
    told.push({
      type: "Signal",
      symbol: SYMBOL,
      id: `${SYMBOL}-${kind}-${ns(ms)}`,
      ts_ns: ns(ms),
      signal_type: kind,
      direction: isUp ? "bullish" : "bearish",
      price: isUp ? bar.low : bar.high,
      strength: "strong",
      score: kind === "confluence" ? 3 : 1,
      outcome: null,
    });
    if (kind !== "delta_flip") continue;
    told.push({
      type: "DeltaFlip",
      id: `${SYMBOL}-flip-${ns(ms)}`,
      ...at(ms),
      price: bar.close,
      flipType: "zero_cross",
      direction: isUp ? "bullish" : "bearish",
      cvdBefore: 0,
      cvdAfter: 0,
    });
  }
  return told;
}

function zones(tick: number, endMs: number): SymbolMessage {
  const zone = (ticks: number, ago: number, strength: "medium" | "strong" | "defended") => ({
    price: (tick + ticks) * TICK,
    absorptionType: ticks > 0 ? ("buying" as const) : ("selling" as const),
    totalAbsorbed: 180 * ago,
    eventCount: 4,
    firstSeen: endMs - ago * 600_000,
    lastSeen: endMs - 60_000,
    strength,
    atPoc: false,
    atVah: true,
    atVal: false,
    againstTrend: false,
  });
  return {
    type: "AbsorptionZones",
    symbol: SYMBOL,
    zones: [zone(14, 2, "defended"), zone(-10, 1, "strong"), zone(15, 3, "medium")],
  };
}
