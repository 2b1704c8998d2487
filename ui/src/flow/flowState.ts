/** What is known of one symbol's order flow: changed in place by messages, bounded, read when it is drawn. */

import type { Json } from "../api/fields";
import { barOf, type FlowBar, msOf } from "./bar";
import { type Mark, markOf } from "./marks";
import { Profile } from "./profile";
import { Series } from "./series";
import { type Timed, TimedList } from "./timed";
import type {
  AbsorptionZone,
  Aggressor,
  Bubble,
  Direction,
  Legs,
  Levels,
  Sweep,
  SymbolMessage,
  VolumeProfile,
} from "./wire";

/** Columns of the CVD: the session's, the whole source's, the candle of its window, then the buckets. */
export const CVD = { value: 0, continuous: 1, open: 2, high: 3, low: 4, buckets: 5 } as const;
export const MOST_BUCKETS = 6;
/** Columns of the developing value area, in ticks. */
export const DEVELOPING = { poc: 0, vah: 1, val: 2 } as const;

export interface BubbleItem extends Timed {
  id: string;
  /** In ticks; a mean, so between two of them. */
  tick: number;
  price: number;
  side: Aggressor;
  size: number;
  tier: number;
  isSignificant: boolean;
  message: Bubble;
}

export interface SweepItem extends Timed {
  message: Sweep;
}

export interface Flip extends Timed {
  id: string;
  direction: Direction;
  isReversal: boolean;
  cvd: number;
}

/** Price went one way between two swings, and the CVD the other. */
export interface Disagreement extends Timed {
  id: string;
  fromMs: number;
  fromTick: number;
  toTick: number;
  fromCvd: number;
  toCvd: number;
  direction: Direction;
}

export interface Zone {
  tick: number;
  fromMs: number;
  lastMs: number;
  zone: AbsorptionZone;
}

export interface Level {
  name: string;
  kind: string;
  tick: number;
  price: number;
}

/** A session of the instrument, in milliseconds; without regular hours both ends of them are its close. */
export interface Hours {
  tradeDate: string;
  openMs: number;
  closeMs: number;
  regularOpenMs: number;
  regularCloseMs: number;
}

/** Half a session of seconds, and some hours of the busiest one. */
const MOST = {
  bubbles: 40_000,
  sweeps: 5_000,
  times: 90_000,
  bars: 5_000,
  marks: 5_000,
  few: 1_000,
};

/**
 * The server's default of `windows.min_size_contracts`. It tells only thresholds that are not the defaults, so the page has
 * to know this one; were it another, prints told of a bubble would not add up to its size.
 */
export const LEAST_PRINT_BY_DEFAULT = 1;

export class FlowState {
  readonly bubbles = new TimedList<BubbleItem>(MOST.bubbles);
  readonly sweeps = new TimedList<SweepItem>(MOST.sweeps);
  readonly bars = new TimedList<FlowBar>(MOST.bars);
  readonly marks = new TimedList<Mark>(MOST.marks);
  readonly flips = new TimedList<Flip>(MOST.few);
  readonly disagreements = new TimedList<Disagreement>(MOST.few);
  readonly cvd = new Series(CVD.buckets + MOST_BUCKETS, MOST.times);
  readonly developing = new Series(3, MOST.times);
  readonly profile = new Profile();
  /** Of several sessions, where that was asked for. */
  readonly composite = new Profile();
  /** Of the range that was asked for last. */
  readonly range = new Profile();
  rangeId: string | null = null;
  buckets = 0;
  zones: Zone[] = [];
  levels: Level[] = [];
  nakedPocs: { tick: number; fromMs: number }[] = [];
  legs: Legs["legs"] = [];
  hours: Hours[] = [];
  /** The bars' length, as the server has it; empty before the first. */
  every = "";
  /** The newest time of a message; null before any. */
  private newestMs: number | null = null;
  /** Where the clock of a replay stands, whatever happens there; null: there is none. */
  private clockMs: number | null = null;
  lastTick: number | null = null;
  /** Prints of fewer contracts are in no bubble. */
  leastPrint = LEAST_PRINT_BY_DEFAULT;
  isCaught = false;
  /** Grows with every change. */
  version = 0;
  /** Grows when all was forgotten. */
  epoch = 0;

  constructor(
    readonly symbol: string,
    /** In points. */
    public tick: number,
  ) {}

  /** The market's clock as far as it is told; null before that. */
  get nowMs(): number | null {
    if (this.newestMs === null || this.clockMs === null) return this.newestMs ?? this.clockMs;
    return Math.max(this.newestMs, this.clockMs);
  }

  clear(): void {
    const lists = [
      this.bubbles,
      this.sweeps,
      this.bars,
      this.marks,
      this.flips,
      this.disagreements,
    ];
    for (const list of lists) list.clear();
    for (const series of [this.cvd, this.developing]) series.clear();
    for (const profile of [this.profile, this.composite, this.range]) profile.clear();
    [this.zones, this.levels, this.nakedPocs, this.legs, this.hours] = [[], [], [], [], []];
    [this.rangeId, this.newestMs, this.lastTick, this.every] = [null, null, null, ""];
    this.isCaught = false;
    this.epoch += 1;
    this.version += 1;
  }

  apply(message: SymbolMessage): void {
    this.version += 1;
    switch (message.type) {
      case "Begin":
        this.clear();
        this.passed(message.tsNs);
        return;
      case "Caught":
        this.isCaught = true;
        return;
      case "Bubble":
        this.passed(message.tsNs);
        this.takeBubble(message);
        return;
      case "Sweep":
        this.sweeps.put({ ms: msOf(message.tsNs), message });
        return;
      case "CVDPoint": {
        const { value, continuous, open, high, low, buckets } = message;
        this.passed(message.tsNs);
        this.buckets = Math.min(MOST_BUCKETS, Math.max(this.buckets, buckets.length));
        this.cvd.put(msOf(message.tsNs), [value, continuous, open, high, low, ...buckets]);
        return;
      }
      case "Footprint":
        this.takeBar(barOf(message, this.tick), message.every);
        return;
      case "VolumeProfile":
        this.takeProfile(message);
        return;
      case "Developing": {
        const { poc, vah, val } = message;
        if (poc === null || vah === null || val === null) return;
        const row = [poc, vah, val].map((price) => price / this.tick);
        this.developing.put(msOf(message.tsNs), row);
        return;
      }
      default:
        this.applyRarer(message);
    }
  }

  private applyRarer(message: SymbolMessage): void {
    switch (message.type) {
      case "NakedPoc":
        this.nakedPocs = message.levels.map(({ price, startNs }) => ({
          tick: this.ticksOf(price),
          fromMs: msOf(startNs),
        }));
        return;
      case "Levels":
        this.levels = this.levelsOf(message);
        return;
      case "Legs":
        this.legs = message.legs;
        return;
      case "SessionHours":
        this.hours = message.sessions.map((one) => ({
          tradeDate: one.tradeDate,
          openMs: msOf(one.openNs),
          closeMs: msOf(one.closeNs),
          regularOpenMs: msOf(one.regularOpenNs),
          regularCloseMs: msOf(one.regularCloseNs),
        }));
        return;
      case "AbsorptionZones":
        this.zones = message.zones.map((zone) => ({
          tick: zone.price / this.tick,
          fromMs: zone.firstSeen,
          lastMs: zone.lastSeen,
          zone,
        }));
        return;
      case "DeltaFlip":
        this.flips.put({
          id: message.id,
          ms: msOf(message.tsNs),
          direction: message.direction,
          isReversal: message.flipType === "reversal",
          cvd: message.cvdAfter,
        });
        return;
      case "Divergence":
        this.disagreements.put({
          id: message.id,
          ms: msOf(message.tsNs),
          fromMs: msOf(message.fromNs),
          fromTick: message.priceFrom / this.tick,
          toTick: message.priceTo / this.tick,
          fromCvd: message.cvdFrom,
          toCvd: message.cvdTo,
          direction: message.direction,
        });
        return;
      case "Signal": {
        const mark = markOf(message as unknown as Json, this.tick);
        if (mark !== null) this.marks.put(mark);
        return;
      }
      case "Outcome":
        this.resolve(message as unknown as Json);
        return;
    }
  }

  /** The clock of the replay: nothing else may come while it moves. */
  tell(tsNs: string): void {
    this.clockMs = msOf(tsNs);
    this.version += 1;
  }

  private passed(tsNs: string): void {
    const ms = msOf(tsNs);
    if (ms > 0 && (this.newestMs === null || ms > this.newestMs)) this.newestMs = ms;
  }

  private ticksOf(price: number): number {
    return Math.round(price / this.tick);
  }

  private takeBubble(message: Bubble): void {
    this.bubbles.put({
      id: message.id,
      ms: msOf(message.tsNs),
      tick: message.price / this.tick,
      price: message.price,
      side: message.side,
      size: message.side === "buy" ? message.buyVolume : message.sellVolume,
      tier: message.tier,
      isSignificant: message.isSignificantImbalance,
      message,
    });
  }

  private takeBar(bar: FlowBar, every: string): void {
    if (every !== this.every) {
      this.bars.clear();
      this.every = every;
    }
    this.lastTick = bar.close;
    const { items } = this.bars;
    const last = items[items.length - 1];
    if (last !== undefined && last.id === bar.id) items[items.length - 1] = bar;
    else if (last === undefined || last.ms <= bar.ms) this.bars.put(bar);
    else {
      const at = items.findIndex(({ id }) => id === bar.id);
      if (at >= 0) items[at] = bar;
      else this.bars.put(bar);
    }
  }

  private takeProfile(message: VolumeProfile): void {
    if (message.scope === "session") this.profile.apply(message, this.tick);
    else if (message.scope === "composite") this.composite.apply(message, this.tick);
    else {
      this.rangeId = message.id ?? null;
      this.range.apply(message, this.tick);
    }
  }

  private levelsOf({ levels }: Levels): Level[] {
    return levels
      .filter(({ price }) => typeof price === "number")
      .map(({ name, kind, price }) => ({ name, kind, price, tick: price / this.tick }));
  }

  private resolve(row: Json): void {
    const { items } = this.marks;
    for (let at = items.length - 1; at >= 0; at -= 1) {
      const mark = items[at];
      if (mark?.id !== row.id) continue;
      if (mark !== undefined && typeof row.outcome === "string") mark.outcome = row.outcome;
      return;
    }
  }
}
