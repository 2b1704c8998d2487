/** The WebSocket: connects, decodes, comes back after a loss. Knows nothing of React or of markets. */

import { backoffMs } from "./backoff";
import { decodeMessage } from "./decode";
import { problemOf } from "./http";
import type { Message, Problem } from "./messages";

export type Connection =
  | { state: "idle" }
  | { state: "connecting"; attempt: number }
  | { state: "live" }
  | { state: "waiting"; attempt: number; delayMs: number }
  | { state: "refused"; problem: Problem };

export interface LiveHandlers {
  onMessage(message: Message): void;
  onConnection(connection: Connection): void;
  onProblem(problem: Problem): void;
}

/** The server closes with this where asking for the same again cannot succeed. */
const POLICY_VIOLATION = 1008;

export function liveUrl(
  base: string,
  symbols: readonly string[],
  schemas: readonly string[],
): string {
  const url = new URL("/ws/live", base);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("symbols", symbols.join(","));
  url.searchParams.set("schema", schemas.join(","));
  url.searchParams.set("batch", "1");
  url.searchParams.set("recent", "2000");
  return url.toString();
}

export class LiveClient {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private attempt = 0;
  private refusal: Problem | null = null;
  private greeted = false;

  constructor(
    private readonly handlers: LiveHandlers,
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

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private open(url: string): void {
    this.refusal = null;
    this.greeted = false;
    this.handlers.onConnection({ state: "connecting", attempt: this.attempt });
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onmessage = (event) => {
      if (this.socket === socket) this.take(String(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      if (event.code === POLICY_VIOLATION && this.refusal !== null) this.refuse(this.refusal);
      else this.retry(url);
    };
  }

  private take(text: string): void {
    let message: Message;
    try {
      message = decodeMessage(text);
    } catch (error) {
      this.handlers.onProblem(problemOf(error));
      return;
    }
    if (message.type === "connected" && this.greeted) {
      // Later definitions added instruments: what is shown goes on.
      const { source, instruments } = message;
      message = { type: "instruments", source, instruments };
    }
    if (message.type === "connected") {
      this.greeted = true;
      this.attempt = 0;
      this.handlers.onConnection({ state: "live" });
    }
    if (message.type === "error") this.refusal = message.problem;
    this.handlers.onMessage(message);
  }

  private refuse(problem: Problem): void {
    this.socket = null;
    this.handlers.onConnection({ state: "refused", problem });
  }

  private retry(url: string): void {
    this.socket = null;
    const delayMs = backoffMs(this.attempt, this.random);
    this.attempt += 1;
    this.handlers.onConnection({ state: "waiting", attempt: this.attempt, delayMs });
    this.timer = setTimeout(() => this.open(url), delayMs);
  }
}
