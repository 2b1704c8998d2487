/** What the page knows of the market: bounded, changed in place, read once per drawn frame. */

import type { Book, Gap, HistoryRow, Instrument, Message, Trade } from "../api/messages";
import { BarSeries } from "./barSeries";
import { type Bar, type BarSchema, joinHistory } from "./bars";
import { commonStep, type Price } from "./prices";
import { TradeTape } from "./tradeTape";

export interface InstrumentData {
  series: Map<BarSchema, BarSeries>;
  tape: TradeTape;
  book: Book | null;
  /** Largest step that all prices so far are multiples of: a scale where no definition tells the tick. */
  step: Price | null;
}

const NO_BARS: readonly Bar[] = [];
const MOST_GAPS = 200;

function freshData(): InstrumentData {
  return { series: new Map(), tape: new TradeTape(2_000), book: null, step: null };
}

export class MarketData {
  instruments: Instrument[] = [];
  tape = new TradeTape(4_000);
  gaps: Gap[] = [];
  /** Time of the newest record seen: the market's clock. */
  clockNs: bigint | null = null;
  /** Trades and book changes by instrument: who is active. */
  readonly activity = new Map<number, number>();
  private readonly byId = new Map<number, InstrumentData>();
  private readonly history = new Map<string, BarSeries>();
  /** Changes when bars other than the newest may have changed. */
  epoch = 0;

  apply(message: Message): void {
    switch (message.type) {
      case "connected":
        this.clear();
        // The server tells the gaps of its past again.
        this.gaps = [];
        this.instruments = message.instruments;
        break;
      case "instruments":
        this.instruments = message.instruments;
        break;
      case "reset":
        this.clear();
        // Elsewhere in a recording; after a reconnection the hole is still there.
        if (message.reason !== "reconnect") this.gaps = [];
        break;
      case "trades":
        for (const trade of message.trades) this.takeTrade(trade);
        break;
      case "bars":
        for (const { schema, instrumentId, bar, tsEvent } of message.bars) {
          this.seriesOf(instrumentId, schema).put(bar);
          this.seePrice(instrumentId, bar.high);
          this.seePrice(instrumentId, bar.low);
          this.advance(tsEvent);
        }
        break;
      case "book":
        this.of(message.book.instrumentId).book = message.book;
        this.count(message.book.instrumentId);
        this.advance(message.book.tsEvent);
        break;
      case "gap":
        this.gaps = [...this.gaps.slice(-MOST_GAPS + 1), message.gap];
        break;
      default:
        break;
    }
  }

  /** Drop everything shown; what follows starts over. */
  clear(): void {
    this.byId.clear();
    this.activity.clear();
    this.tape = new TradeTape(4_000);
    this.clockNs = null;
    this.epoch += 1;
  }

  dataOf(instrumentId: number | null): InstrumentData | null {
    return instrumentId === null ? null : (this.byId.get(instrumentId) ?? null);
  }

  /** Live bars of an instrument under which lie the fetched ones, from `fromS` on. */
  barsOf(instrumentId: number | null, schema: BarSchema, fromS?: number): readonly Bar[] {
    if (instrumentId === null) return NO_BARS;
    const live = this.byId.get(instrumentId)?.series.get(schema)?.bars ?? NO_BARS;
    return joinHistory(this.history.get(`${instrumentId} ${schema}`)?.bars ?? NO_BARS, live, fromS);
  }

  /** Epoch of `barsOf`: while it stays, only the newest bars changed. */
  epochOf(instrumentId: number | null, schema: BarSchema): string {
    const live =
      instrumentId === null ? undefined : this.byId.get(instrumentId)?.series.get(schema);
    return `${this.epoch}.${live?.epoch ?? 0}.${live === undefined ? 0 : 1}`;
  }

  /** Name instruments that only history knows: nothing but their id and symbol is known of them. */
  addInstruments(named: ReadonlyMap<number, string>): void {
    const bare = { stypeIn: "raw_symbol", asset: null, tick: null, currency: null };
    for (const [instrumentId, symbol] of named) {
      const isSpread = symbol.includes("-");
      this.instruments.push({ ...bare, instrumentId, symbol, isSpread, expirationNs: null });
    }
  }

  /** Lay fetched bars under the live ones, in place of what was fetched before. */
  setHistory(rows: readonly HistoryRow[]): void {
    this.history.clear();
    for (const row of rows) {
      if (row.kind !== "bar") continue;
      const key = `${row.bar.instrumentId} ${row.bar.schema}`;
      const series = this.history.get(key) ?? new BarSeries(200_000);
      this.history.set(key, series);
      series.put(row.bar.bar);
    }
    this.epoch += 1;
  }

  private takeTrade(trade: Trade): void {
    this.tape.put(trade);
    this.of(trade.instrumentId).tape.put(trade);
    this.seePrice(trade.instrumentId, trade.price);
    this.count(trade.instrumentId);
    this.advance(trade.tsEvent);
  }

  private seePrice(instrumentId: number, price: Price): void {
    const data = this.of(instrumentId);
    data.step = commonStep(data.step, price);
  }

  private of(instrumentId: number): InstrumentData {
    let data = this.byId.get(instrumentId);
    if (data === undefined) {
      data = freshData();
      this.byId.set(instrumentId, data);
    }
    return data;
  }

  private seriesOf(instrumentId: number, schema: BarSchema): BarSeries {
    const { series } = this.of(instrumentId);
    let found = series.get(schema);
    if (found === undefined) {
      found = new BarSeries();
      series.set(schema, found);
    }
    return found;
  }

  private count(instrumentId: number): void {
    this.activity.set(instrumentId, (this.activity.get(instrumentId) ?? 0) + 1);
  }

  private advance(tsEvent: bigint): void {
    if (this.clockNs === null || tsEvent > this.clockNs) this.clockNs = tsEvent;
  }
}
