/** The WebSocket of the book: connects, decodes, comes back after a loss. Knows nothing of React. */

import { decodeProblem } from "../api/decode";
import { numberAt, objectOf, parseJson } from "../api/fields";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { type Connection, ReconnectingSocket } from "../api/reconnectingSocket";
import { decodeBook } from "./decode";
import type { Mail } from "./mailbox";
import { openSocket } from "./socket";
import type { BookMessage } from "./wire";

/** What did not come as it was sent. The server tells what it left out for a slow reader since the socket was opened. */
export interface BookStatus {
  /** Messages that a later snapshot stands for. */
  conflated: number;
  /** Books that began anew. */
  begunAnew: number;
}

export interface BookHandlers {
  onMessage(message: BookMessage): void;
  onStatus(status: BookStatus): void;
  /** The page was too far behind: so many messages were thrown away unread, and a new connection is made. */
  onUnread(messages: number): void;
  onConnection(connection: Connection): void;
  onProblem(problem: Problem): void;
}

export class BookClient {
  private readonly socket: ReconnectingSocket<Mail>;

  constructor(
    private readonly handlers: BookHandlers,
    random: () => number = Math.random,
  ) {
    const heard = {
      onData: (data: Mail) => this.take(data),
      onConnection: (connection: Connection) => handlers.onConnection(connection),
      onUnread: (messages: number) => handlers.onUnread(messages),
    };
    this.socket = new ReconnectingSocket(heard, openSocket, random);
  }

  connect(url: string): void {
    this.socket.connect(url);
  }

  disconnect(): void {
    this.socket.disconnect();
  }

  /** Ask for a book anew: changes of it were missed. */
  askSnapshot(instrumentId: number, publisherId: number): void {
    this.socket.send({
      action: "snapshot",
      instrument_id: instrumentId,
      publisher_id: publisherId,
    });
  }

  /** Get columns of another length from now on. */
  askColumns(everyMs: number): void {
    this.socket.send({ action: "columns", every_ms: everyMs });
  }

  /** Get every record of an order from now on; null: of none. */
  askOrder(orderId: bigint | null): void {
    this.socket.send({ action: "follow", order_id: orderId === null ? null : orderId.toString() });
  }

  private take(data: Mail): void {
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
      this.socket.greeted();
    } else if (said.type === "status") {
      const [conflated, begunAnew] = [numberAt(said, "conflated"), numberAt(said, "begun_anew")];
      this.handlers.onStatus({ conflated, begunAnew });
    } else if (said.type === "error") {
      const problem = decodeProblem(said);
      this.socket.refused(problem);
      this.handlers.onProblem(problem);
    }
  }
}
