/**
 * The books of the instrument that the page looks at, over one connection for all panels.
 *
 * A panel says what it needs with `watch` for as long as it is seen; the connection asks for what all of them
 * need together, and there is none while nobody needs anything.
 */

import type { Connection } from "../api/liveClient";
import type { Problem } from "../api/messages";
import { BookClient, type BookStatus } from "./bookClient";
import { BookState } from "./bookState";
import { type BookNeed, bookUrl, joined, serves, type Union, unionOf } from "./needs";
import type { BookMessage, DepthColumn } from "./wire";

export interface ColumnsOf {
  publisherId: number;
  instrumentId: number;
  everyMs: number;
  columns: DepthColumn[];
}

export interface ColumnListener {
  onColumns(columns: ColumnsOf): void;
  /** Time starts over elsewhere, or another instrument is watched: what was drawn no longer holds. */
  onReset(): void;
}

export interface StreamHandlers {
  onConnection(connection: Connection): void;
  onProblem(problem: Problem): void;
  /** A book may look otherwise than before. */
  onChange(): void;
  /** So much more did not come as it was sent: left out by the server, missed on the way, or thrown away here. */
  onLoss(loss: BookStatus): void;
}

// Panels come and go together when the page is laid out anew: look once they have settled.
const SETTLE_MS = 30;

export class BookStream {
  private readonly books = new Map<string, BookState>();
  private readonly needs = new Set<{ need: BookNeed }>();
  private readonly columnListeners = new Set<ColumnListener>();
  private readonly client: BookClient;
  private orderId: bigint | null = null;
  private base = "";
  private instrumentId: number | null = null;
  private asked: { instrumentId: number; union: Union } | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Changes of a book whose snapshot is on its way are of no use. */
  private readonly awaited = new Set<string>();
  /** What this connection was told that it was not sent. */
  private told: BookStatus = { conflated: 0, begunAnew: 0 };

  constructor(private readonly handlers: StreamHandlers) {
    this.client = new BookClient({
      onMessage: (message) => this.take(message),
      onStatus: (status) => this.lose(status),
      onUnread: (messages) => this.loseUnread(messages),
      onConnection: (connection) => {
        // The server counts from the opening of a socket, however often it greets over it.
        if (connection.state === "connecting") this.told = { conflated: 0, begunAnew: 0 };
        if (connection.state === "live") this.startOver();
        handlers.onConnection(connection);
      },
      onProblem: handlers.onProblem,
    });
  }

  /** Ask for something until the answer is called. */
  watch(need: BookNeed): () => void {
    const entry = { need };
    this.needs.add(entry);
    this.settle();
    return () => {
      this.needs.delete(entry);
      this.settle();
    };
  }

  /** Be told every record of an order, over every connection from now on; null: of none. */
  followOrder(orderId: bigint | null): void {
    if (orderId === this.orderId) return;
    this.orderId = orderId;
    this.client.askOrder(orderId);
  }

  /** Hand depth columns on as they come, until the answer is called. */
  listen(listener: ColumnListener): () => void {
    this.columnListeners.add(listener);
    return () => this.columnListeners.delete(listener);
  }

  /** Look at this instrument; null: at none. `base` is the address of the page. */
  point(base: string, instrumentId: number | null): void {
    if (base === this.base && instrumentId === this.instrumentId) return;
    this.base = base;
    if (instrumentId !== this.instrumentId && instrumentId !== null) this.forget();
    this.instrumentId = instrumentId;
    this.settle();
  }

  /** Books of an instrument, one for each publisher. */
  booksOf(instrumentId: number | null): BookState[] {
    const found = [...this.books.values()].filter((book) => book.instrumentId === instrumentId);
    return found.sort((a, b) => a.publisherId - b.publisherId);
  }

  private settle(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.reach();
    }, SETTLE_MS);
  }

  /** Make the connection what the panels need. */
  private reach(): void {
    const wanted = unionOf([...this.needs].map((entry) => entry.need));
    if (wanted === null || this.instrumentId === null) {
      if (this.asked !== null) this.client.disconnect();
      this.asked = null;
      return;
    }
    const { instrumentId, asked } = this;
    if (asked?.instrumentId !== instrumentId) this.open(instrumentId, wanted);
    else if (!serves(asked.union, wanted)) {
      const { everyMs } = wanted;
      this.open(instrumentId, { ...joined(asked.union, wanted), everyMs });
    } else if (asked.union.everyMs !== wanted.everyMs) {
      asked.union.everyMs = wanted.everyMs;
      this.client.askColumns(wanted.everyMs);
    }
  }

  private open(instrumentId: number, union: Union): void {
    this.asked = { instrumentId, union };
    this.client.connect(bookUrl(this.base, instrumentId, union));
  }

  private forget(): void {
    this.books.clear();
    this.awaited.clear();
    for (const listener of this.columnListeners) listener.onReset();
    this.handlers.onChange();
  }

  /** A new connection: what it sends does not go on from what an earlier one sent. */
  private startOver(): void {
    this.awaited.clear();
    for (const book of this.books.values()) book.expectAnew();
    if (this.orderId !== null) this.client.askOrder(this.orderId);
  }

  private lose(status: BookStatus): void {
    const { told } = this;
    this.told = status;
    this.handlers.onLoss({
      conflated: status.conflated - told.conflated,
      begunAnew: status.begunAnew - told.begunAnew,
    });
  }

  /** Those that are not whole were counted when they began anew. */
  private loseUnread(messages: number): void {
    const begunAnew = [...this.books.values()].filter((book) => book.isWhole).length;
    this.handlers.onLoss({ conflated: messages, begunAnew });
  }

  private take(message: BookMessage): void {
    const { publisherId, instrumentId } = message.header;
    if (message.kind === "reset") this.reset(instrumentId, publisherId);
    else if (message.kind === "columns") {
      const { everyMs, columns } = message;
      for (const listener of this.columnListeners) {
        listener.onColumns({ publisherId, instrumentId, everyMs, columns });
      }
    } else {
      const key = `${publisherId} ${instrumentId}`;
      const book = this.books.get(key) ?? new BookState(publisherId, instrumentId);
      this.books.set(key, book);
      if (message.kind === "snapshot") this.awaited.delete(key);
      if (book.apply(message) === "missed" && !this.awaited.has(key)) {
        this.awaited.add(key);
        this.handlers.onLoss({ conflated: 0, begunAnew: 1 });
        this.client.askSnapshot(instrumentId, publisherId);
      }
    }
    this.handlers.onChange();
  }

  private reset(instrumentId: number, publisherId: number): void {
    for (const book of this.books.values()) {
      const isMeant = book.instrumentId === instrumentId && book.publisherId === publisherId;
      if (instrumentId === 0 || isMeant) book.clear();
    }
    for (const listener of this.columnListeners) listener.onReset();
  }
}
