/**
 * The columns to draw: streamed as they close, fetched where the view looks at the past.
 *
 * The stream sends short columns; where the view wants longer ones they are put together here, so that the
 * newest one grows as it happens. Nothing after the market's clock is kept.
 */

import type { ColumnsOf } from "../book/bookStream";
import { Flag } from "../book/wire";
import { absorb, columnOf } from "./column";
import { Coverage } from "./coverage";
import type { FetchPast, PastColumns } from "./past";
import { ColumnRing } from "./ring";

export interface Instrument {
  instrumentId: number;
  symbol: string;
  /** In units of 1e-9. */
  tick: number;
}

export interface Wanted {
  fromMs: number;
  toMs: number;
  /** Length of a column. */
  everyMs: number;
}

export interface FeedHandlers {
  onChange(): void;
  /** Null: the past can be fetched again. */
  onProblem(error: unknown): void;
}

export const CAPACITY = 4_096;
export const LEVELS = 100;
/** The longest columns that are streamed: a view of days still grows every second. */
export const LONGEST_STREAMED_MS = 1_000;
/** A stream that says nothing for longer may have missed something: what lies between is fetched. */
const HOLE_MS = 1_500;
const RETRY_MS = 2_000;
const NS_PER_MS = 1_000_000n;

/** Columns of one length. */
interface Line {
  ring: ColumnRing;
  coverage: Coverage;
}

export class HeatmapFeed {
  private line: Line;
  private instrument: Instrument | null = null;
  /** Whose columns are shown where several publishers have some. */
  private publisherId: number | null = null;
  private loading: AbortController | null = null;
  private waiting: ColumnsOf[] = [];
  private earliestMs = 0;
  private heardMs = 0;
  private hasFailed = false;
  /** Runs by the clock on the wall: that of a paused market stands still. */
  private retry: ReturnType<typeof setTimeout> | null = null;
  /** Length of the columns of the stream; 0 before the first. */
  private streamedMs = 0;
  /** Counts the changes of what is held. */
  version = 0;

  constructor(
    private readonly handlers: FeedHandlers,
    private readonly fetchPast: FetchPast,
    private readonly capacity = CAPACITY,
  ) {
    this.line = this.lineOf(100);
  }

  get ring(): ColumnRing {
    return this.line.ring;
  }

  get isLoading(): boolean {
    return this.loading !== null;
  }

  /** Whether nothing was missed at a time. What the stream left out is fetched, and till then taken as quiet. */
  isKnown(ms: number): boolean {
    const { coverage } = this.line;
    const isStreamed = ms >= (coverage.known?.toMs ?? Number.POSITIVE_INFINITY);
    return coverage.has(ms) || (isStreamed && !this.hasFailed);
  }

  /** Begin and end of what was fetched or streamed. */
  get known() {
    return this.line.coverage.known;
  }

  /** Look at an instrument; tells whether it is another one than before. */
  show(instrument: Instrument | null, publisherId: number | null): boolean {
    const before = this.instrument;
    const isSame =
      before?.instrumentId === instrument?.instrumentId &&
      before?.tick === instrument?.tick &&
      this.publisherId === publisherId;
    this.instrument = instrument;
    this.publisherId = publisherId;
    if (!isSame) this.reset();
    return !isSame;
  }

  /** Time starts over elsewhere, or another instrument is looked at. */
  reset(): void {
    this.loading?.abort();
    this.loading = null;
    this.waiting = [];
    this.heardMs = 0;
    this.earliestMs = 0;
    this.settleRetry(false);
    this.streamedMs = 0;
    this.line = this.lineOf(this.line.ring.everyMs);
    this.change();
  }

  /** Columns as the stream sends them. */
  take(sent: ColumnsOf): void {
    if (!this.isShown(sent)) return;
    // The first column of a stream began before it, and misses what was before: it is fetched instead.
    if (sent.everyMs !== this.streamedMs && isPartial(sent)) {
      this.streamedMs = sent.everyMs;
      this.take({ ...sent, columns: sent.columns.slice(1) });
      return;
    }
    this.streamedMs = sent.everyMs;
    const last = sent.columns[sent.columns.length - 1];
    if (last !== undefined) this.heardMs = Math.max(this.heardMs, Number(last.beginNs / NS_PER_MS));
    if (this.loading !== null) this.waiting.push(sent);
    this.addStreamed(this.line, sent);
    this.change();
  }

  /** See to it that what is looked at is there; the clock says how far time has come. */
  want(wanted: Wanted, nowMs: number): void {
    if (this.instrument === null || this.loading !== null || this.retry !== null) return;
    const isOther = wanted.everyMs !== this.line.ring.everyMs;
    const line = isOther ? this.lineOf(wanted.everyMs) : this.line;
    const isEmpty = line.coverage.known === null;
    const toMs = Math.min(wanted.toMs, isEmpty ? nowMs : Math.max(this.heardMs, wanted.fromMs));
    const room = wanted.everyMs * (this.capacity - 1);
    const fromMs = Math.max(wanted.fromMs, toMs - room);
    const missing = line.coverage.missing(fromMs, toMs, this.earliestMs);
    if (missing === null) return;
    const span = {
      fromMs: Math.max(missing.fromMs, missing.toMs - room),
      toMs: Math.min(missing.toMs, nowMs),
    };
    if (span.toMs > span.fromMs) void this.load(line, isOther, span, this.instrument);
  }

  private async load(
    line: Line,
    isOther: boolean,
    asked: { fromMs: number; toMs: number },
    instrument: Instrument,
  ): Promise<void> {
    const mine = new AbortController();
    this.loading = mine;
    const { everyMs } = line.ring;
    // Whole columns, so that none is fetched in parts.
    const fromMs = Math.floor(asked.fromMs / everyMs) * everyMs;
    const toMs = Math.floor(asked.toMs);
    try {
      const { symbol } = instrument;
      const found = await this.fetchPast(
        { symbol, fromMs, toMs, everyMs, levels: LEVELS },
        mine.signal,
      );
      if (mine.signal.aborted) return;
      this.addFetched(line, found);
      line.coverage.add(fromMs, toMs);
      this.settleRetry(false);
      this.handlers.onProblem(null);
      // Columns of the length before are shown until these are there.
      if (isOther) this.line = line;
      for (const sent of this.waiting) this.addStreamed(this.line, sent);
    } catch (error) {
      if (mine.signal.aborted) return;
      this.settleRetry(true);
      // What cannot be fetched can still be streamed.
      if (isOther) this.line = line;
      this.handlers.onProblem(error);
    } finally {
      if (this.loading === mine) {
        this.loading = null;
        this.waiting = [];
        this.change();
      }
    }
  }

  private settleRetry(hasFailed: boolean): void {
    this.hasFailed = hasFailed;
    if (this.retry !== null) clearTimeout(this.retry);
    this.retry = null;
    if (!hasFailed) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.change();
    }, RETRY_MS);
  }

  private addFetched({ ring }: Line, found: PastColumns[]): void {
    const { everyMs } = ring;
    for (const sent of found) {
      if (sent.everyMs !== everyMs || !this.isShown(sent)) continue;
      for (const from of sent.columns) {
        const column = columnOf(from, everyMs, this.instrument?.tick ?? 1);
        column.untilMs = Math.min(column.untilMs, sent.shownMs);
        ring.put(column);
      }
    }
  }

  private addStreamed(line: Line, sent: ColumnsOf): void {
    const { ring, coverage } = line;
    const { everyMs } = ring;
    if (sent.everyMs > everyMs) return;
    for (const from of sent.columns) {
      const part = columnOf(from, sent.everyMs, this.instrument?.tick ?? 1);
      const beginMs = part.untilMs - sent.everyMs;
      const index = Math.floor(beginMs / everyMs);
      const isWhole = sent.everyMs === everyMs;
      ring.put(isWhole ? part : absorb(ring.get(index), part, index, beginMs));
      const end = coverage.known?.toMs;
      if (end !== undefined && beginMs - end <= HOLE_MS) coverage.add(end, part.untilMs);
    }
    coverage.forgetBefore((ring.newest - ring.capacity + 1) * everyMs);
  }

  private isShown(sent: ColumnsOf): boolean {
    const { instrument, publisherId } = this;
    if (sent.instrumentId !== instrument?.instrumentId) return false;
    return publisherId === null || sent.publisherId === publisherId;
  }

  private lineOf(everyMs: number): Line {
    return { ring: new ColumnRing(everyMs, this.capacity), coverage: new Coverage() };
  }

  private change(): void {
    this.version += 1;
    this.handlers.onChange();
  }
}

function isPartial({ columns: [first] }: ColumnsOf): boolean {
  return first !== undefined && (first.flags & Flag.missing) !== 0;
}
