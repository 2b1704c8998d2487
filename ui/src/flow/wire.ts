/** Messages of `/ws/flow`, as docs/flow-stream.md has them: prices in points, times in nanoseconds as text. */

import type { Problem } from "../api/messages";

export type Direction = "bullish" | "bearish";
export type Aggressor = "buy" | "sell";
export type Strength = "weak" | "medium" | "strong" | "defended";

interface OfSymbol {
  symbol: string;
}

interface Timed extends OfSymbol {
  timestamp: number;
  tsNs: string;
}

export interface FlowInstrument extends OfSymbol {
  instrumentId?: number;
  /** Null where nobody knows it. */
  tick: number | null;
  session?: {
    openNs: string;
    closeNs: string;
    regularOpenNs: string;
    regularCloseNs: string;
  } | null;
  /** Stands for those thresholds on which signals depend; empty by the defaults. */
  rules?: string;
  /** Of its studies, by name: those that are not the defaults. */
  thresholds?: Readonly<Record<string, string>>;
}

export interface Connected {
  type: "Connected";
  symbols: string[];
  mode: string;
  instruments: FlowInstrument[];
}

export interface Bubble extends Timed {
  type: "Bubble";
  id: string;
  price: number;
  side: Aggressor;
  /** Of its window, which ends at `tsNs`. */
  startNs: string;
  isSignificantImbalance: boolean;
  imbalance: number;
  volume: number;
  buyVolume: number;
  sellVolume: number;
  vwap: number;
  /** 0 to 4, by size. */
  tier: number;
}

export interface Sweep extends Timed {
  type: "Sweep";
  id: string;
  side: Aggressor;
  price: number;
  priceLow: number;
  priceHigh: number;
  size: number;
  prints: number;
  levels: number;
}

export interface CvdPoint extends Timed {
  type: "CVDPoint";
  value: number;
  continuous: number;
  /** By size of the trade, the smallest first. */
  buckets: number[];
  open: number;
  high: number;
  low: number;
}

export interface ProfileLevel {
  price: number;
  buyVolume: number;
  sellVolume: number;
  unsidedVolume: number;
}

export interface VolumeProfile extends OfSymbol {
  type: "VolumeProfile";
  scope: "session" | "composite" | "range";
  /** Of a range: which one was asked for. */
  id?: string;
  /** Whether these are all levels; else those that changed. */
  whole: boolean;
  levels: ProfileLevel[];
  poc: number | null;
  vah: number | null;
  val: number | null;
  hvn: number[];
  lvn: number[];
  valueAreaVolume: number;
  total: number;
}

export interface Developing extends Timed {
  type: "Developing";
  poc: number | null;
  vah: number | null;
  val: number | null;
}

export interface FootprintLevel {
  price: number;
  /** Sold into the bid. */
  bid: number;
  /** Bought at the ask. */
  ask: number;
  unsided: number;
}

export interface Footprint extends OfSymbol {
  type: "Footprint";
  id: string;
  startNs: string;
  endNs: string;
  every: string;
  closed: boolean;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  buyVolume: number;
  sellVolume: number;
  delta: number;
  vwap: number;
  trades: number;
  poc: number | null;
  levels: FootprintLevel[];
  imbalances: { price: number; side: Aggressor }[];
  stacked: { priceLow: number; priceHigh: number; side: Aggressor; levels: number }[];
  unfinished: { high: boolean; low: boolean };
}

export interface NakedPoc extends OfSymbol {
  type: "NakedPoc";
  levels: { price: number; startNs: string }[];
}

export interface Levels extends OfSymbol {
  type: "Levels";
  levels: { name: string; price: number; kind: string }[];
}

export interface Legs extends OfSymbol {
  type: "Legs";
  legs: {
    startNs: string;
    endNs: string;
    startPrice: number;
    endPrice: number;
    direction: Direction;
    score: number;
    lvn: number[];
  }[];
}

export interface AbsorptionZone {
  price: number;
  absorptionType: "buying" | "selling";
  totalAbsorbed: number;
  eventCount: number;
  firstSeen: number;
  lastSeen: number;
  strength: Strength;
  atPoc: boolean;
  atVah: boolean;
  atVal: boolean;
  againstTrend: boolean;
}

export interface AbsorptionZones extends OfSymbol {
  type: "AbsorptionZones";
  zones: AbsorptionZone[];
}

export interface Absorption extends Timed {
  type: "Absorption";
  id: string;
  price: number;
  absorptionType: "buying" | "selling";
  delta: number;
  priceChange: number;
  strength: Strength;
  eventCount: number;
  totalAbsorbed: number;
  atKeyLevel: boolean;
  againstTrend: boolean;
}

export interface DeltaFlip extends Timed {
  type: "DeltaFlip";
  id: string;
  price: number;
  flipType: "zero_cross" | "reversal";
  direction: Direction;
  cvdBefore: number;
  cvdAfter: number;
}

export interface StackedImbalance extends Timed {
  type: "StackedImbalance";
  id: string;
  side: Aggressor;
  levelCount: number;
  priceHigh: number;
  priceLow: number;
  totalImbalance: number;
}

export interface Divergence extends Timed {
  type: "Divergence";
  id: string;
  price: number;
  direction: Direction;
  priceFrom: number;
  priceTo: number;
  cvdFrom: number;
  cvdTo: number;
  fromNs: string;
}

export interface Iceberg extends Timed {
  type: "Iceberg";
  id: string;
  price: number;
  /** Of the order that rests: `buy` is at the bid. */
  side: "buy" | "sell";
  shown: number;
  filled: number;
  replenishments: number;
}

export interface Touch extends Timed {
  type: "Touch";
  bidAdded: number;
  bidPulled: number;
  askAdded: number;
  askPulled: number;
}

export interface Confluence extends Timed {
  type: "Confluence";
  id: string;
  price: number;
  direction: Direction;
  score: number;
  signals: string[];
  priceAfter1m: number | null;
  priceAfter5m: number | null;
}

export interface ReplayStatus {
  type: "ReplayStatus";
  isPaused: boolean;
  currentTimeNs: string;
}

/** Forget what is known of the symbol: what follows, up to `Caught`, is the past. */
export interface Begin extends OfSymbol {
  type: "Begin";
  tsNs: string;
}

export interface Caught extends OfSymbol {
  type: "Caught";
}

export interface SessionHours extends OfSymbol {
  type: "SessionHours";
  sessions: {
    tradeDate: string;
    openNs: string;
    closeNs: string;
    /** Equal to the close where it has no regular hours. */
    regularOpenNs: string;
    regularCloseNs: string;
  }[];
}

/** A row of `/api/signals`, an outcome, statistics: read by the panel of signals. */
export interface Told extends OfSymbol {
  type: "Signal" | "Outcome" | "SessionStats";
  readonly [field: string]: unknown;
}

/** Messages of one symbol. */
export type SymbolMessage =
  | Bubble
  | Sweep
  | CvdPoint
  | VolumeProfile
  | Developing
  | Footprint
  | NakedPoc
  | Levels
  | Legs
  | SessionHours
  | AbsorptionZones
  | Absorption
  | DeltaFlip
  | StackedImbalance
  | Divergence
  | Iceberg
  | Touch
  | Confluence
  | Begin
  | Caught
  | Told;

export type FlowMessage =
  | SymbolMessage
  | Connected
  | ReplayStatus
  | { type: "Error"; problem: Problem }
  | { type: "Unknown"; name: string };
