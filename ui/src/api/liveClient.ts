/** The WebSocket: connects, decodes, comes back after a loss. Knows nothing of React or of markets. */

import { decodeMessage, messagesIn } from "./decode";
import { problemOf } from "./http";
import type { Message, Problem } from "./messages";
import { type Connection, openHere, ReconnectingSocket } from "./reconnectingSocket";

export type { Connection };

export interface LiveHandlers {
  onMessage(message: Message): void;
  onConnection(connection: Connection): void;
  onProblem(problem: Problem): void;
}

export function liveUrl(
  base: string,
  symbols: readonly string[],
  schemas: readonly string[],
): string {
  const url = new URL("/ws/live", base);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("symbols", symbols.join(","));
  url.searchParams.set("schema", schemas.join(","));
  url.searchParams.set("batch", "list");
  url.searchParams.set("recent", "2000");
  return url.toString();
}

export class LiveClient {
  private readonly socket: ReconnectingSocket<string>;
  private hasGreeted = false;

  constructor(
    private readonly handlers: LiveHandlers,
    random: () => number = Math.random,
  ) {
    const heard = {
      onData: (text: string) => this.take(String(text)),
      onConnection: (connection: Connection) => handlers.onConnection(connection),
      onOpen: () => {
        this.hasGreeted = false;
      },
    };
    this.socket = new ReconnectingSocket(heard, openHere, random);
  }

  connect(url: string): void {
    this.socket.connect(url);
  }

  disconnect(): void {
    this.socket.disconnect();
  }

  private take(text: string): void {
    try {
      for (const said of messagesIn(text)) this.takeOne(said);
    } catch (error) {
      this.handlers.onProblem(problemOf(error));
    }
  }

  private takeOne(said: unknown): void {
    let message: Message;
    try {
      message = decodeMessage(said);
    } catch (error) {
      this.handlers.onProblem(problemOf(error));
      return;
    }
    if (message.type === "connected" && this.hasGreeted) {
      // Later definitions added instruments: what is shown goes on.
      const { source, instruments } = message;
      message = { type: "instruments", source, instruments };
    }
    if (message.type === "connected") {
      this.hasGreeted = true;
      this.socket.greeted();
    }
    if (message.type === "error") this.socket.refused(message.problem);
    this.handlers.onMessage(message);
  }
}
