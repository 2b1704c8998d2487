/** The WebSocket of order flow: connects, decodes, comes back after a loss. Knows nothing of React. */

import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { type Connection, openHere, ReconnectingSocket } from "../api/reconnectingSocket";
import { decodeFlow } from "./decode";
import type { FlowMessage } from "./wire";

export interface FlowHandlers {
  /** Messages of one frame, in order. */
  onMessages(messages: readonly FlowMessage[]): void;
  onConnection(connection: Connection): void;
  onProblem(problem: Problem): void;
}

/** What a page tells the server of order flow. */
export type FlowOrder =
  | { action: "set_min_size"; min_size: number }
  | { action: "set_bars"; symbol: string; every: string }
  | { action: "set_composite"; symbol: string; sessions: number }
  | { action: "profile_range"; symbol: string; fromNs: string; toNs: string; id: string };

export function flowUrl(base: string, symbols: readonly string[]): string {
  const url = new URL("/ws/flow", base);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("symbols", symbols.join(","));
  return url.toString();
}

export class FlowClient {
  private readonly socket: ReconnectingSocket<string>;

  constructor(
    private readonly handlers: FlowHandlers,
    random: () => number = Math.random,
  ) {
    const heard = {
      onData: (text: string) => this.take(String(text)),
      onConnection: (connection: Connection) => handlers.onConnection(connection),
    };
    this.socket = new ReconnectingSocket(heard, openHere, random);
  }

  connect(url: string): void {
    this.socket.connect(url);
  }

  disconnect(): void {
    this.socket.disconnect();
  }

  order(order: FlowOrder): void {
    this.socket.send(order);
  }

  private take(text: string): void {
    let messages: FlowMessage[];
    try {
      messages = decodeFlow(text);
    } catch (error) {
      this.handlers.onProblem(problemOf(error));
      return;
    }
    for (const message of messages) {
      if (message.type === "Connected") this.socket.greeted();
      if (message.type === "Error") {
        this.socket.refused(message.problem);
        this.handlers.onProblem(message.problem);
      }
    }
    this.handlers.onMessages(messages);
  }
}
