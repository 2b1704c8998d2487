/** The WebSocket of the book: connects, decodes, comes back after a loss. Knows nothing of React. */

import { backoffMs } from "../api/backoff";
import { decodeProblem } from "../api/decode";
import { objectOf, parseJson } from "../api/fields";
import { problemOf } from "../api/http";
import type { Connection } from "../api/liveClient";
import type { Problem } from "../api/messages";
import { decodeBook } from "./decode";
import { type BookSocket, openSocket } from "./socket";
import type { BookMessage } from "./wire";

export interface BookHandlers {
  onMessage(message: BookMessage): void;
  onConnection(connection: Connection): void;
  onProblem(problem: Problem): void;
}

/** The server closes with this where asking for the same again cannot succeed. */
const POLICY_VIOLATION = 1008;

export class BookClient {
  private socket: BookSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private attempt = 0;
  private refusal: Problem | null = null;

  constructor(
    private readonly handlers: BookHandlers,
    private readonly random: () => number = Math.random,
  ) {}

  connect(url: string): void {
    this.stop();
    this.attempt = 0;
    this.open(url);
  }

  disconnect(): void {
    this.stop();
    this.handlers.onConnection({ state: "idle" });
  }

  /** Ask for a book anew: changes of it were missed. */
  askSnapshot(instrumentId: number, publisherId: number): void {
    this.say({ action: "snapshot", instrument_id: instrumentId, publisher_id: publisherId });
  }

  /** Get columns of another length from now on. */
  askColumns(everyMs: number): void {
    this.say({ action: "columns", every_ms: everyMs });
  }

  /** Get every record of an order from now on; null: of none. */
  askOrder(orderId: bigint | null): void {
    this.say({ action: "follow", order_id: orderId === null ? null : orderId.toString() });
  }

  private say(order: Record<string, string | number | null>): void {
    this.socket?.send(JSON.stringify(order));
  }

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.socket?.close();
    this.socket = null;
  }

  private open(url: string): void {
    this.refusal = null;
    this.handlers.onConnection({ state: "connecting", attempt: this.attempt });
    this.socket = openSocket(url, {
      onMessage: (message) => this.take(message),
      onClose: (code) => {
        this.socket = null;
        if (code === POLICY_VIOLATION && this.refusal !== null) {
          this.handlers.onConnection({ state: "refused", problem: this.refusal });
        } else this.retry(url);
      },
    });
  }

  private take(data: string | ArrayBuffer): void {
    try {
      if (typeof data === "string") this.read(data);
      else this.handlers.onMessage(decodeBook(data));
    } catch (error) {
      this.handlers.onProblem(problemOf(error));
    }
  }

  private read(text: string): void {
    const said = objectOf(parseJson(text), "message");
    if (said.type === "connected") {
      this.attempt = 0;
      this.handlers.onConnection({ state: "live" });
    } else if (said.type === "error") {
      this.refusal = decodeProblem(said);
      this.handlers.onProblem(this.refusal);
    }
  }

  private retry(url: string): void {
    const delayMs = backoffMs(this.attempt, this.random);
    this.attempt += 1;
    this.handlers.onConnection({ state: "waiting", attempt: this.attempt, delayMs });
    this.timer = setTimeout(() => this.open(url), delayMs);
  }
}
