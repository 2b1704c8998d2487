/** A socket that comes back after a loss, until the server says that asking again cannot succeed. */

import { backoffMs } from "./backoff";
import type { Problem } from "./messages";

export type Connection =
  | { state: "idle" }
  | { state: "connecting"; attempt: number }
  | { state: "live" }
  | { state: "waiting"; attempt: number; delayMs: number }
  | { state: "refused"; problem: Problem };

/** A socket that was opened, by whoever holds it. */
export interface OpenedSocket {
  send(text: string): void;
  /** Nothing is heard of it any more. */
  close(): void;
}

export interface SocketHandlers<Data> {
  onMessage(data: Data): void;
  /** `unread`: so many messages that had come were thrown away with it. */
  onClose(code: number, unread?: number): void;
}

export type Opener<Data> = (url: string, handlers: SocketHandlers<Data>) => OpenedSocket;

export interface ReconnectHandlers<Data> {
  onData(data: Data): void;
  onConnection(connection: Connection): void;
  /** A new socket is on its way: what the last one said no longer holds. */
  onOpen?(): void;
  /** So many messages had come, and were thrown away unread with their socket. */
  onUnread?(messages: number): void;
}

/** The server closes with this where asking for the same again cannot succeed. */
const POLICY_VIOLATION = 1008;

/** Hold the socket on this page. */
export function openHere<Data>(url: string, handlers: SocketHandlers<Data>): OpenedSocket {
  const socket = new WebSocket(url);
  let isOurs = true;
  socket.binaryType = "arraybuffer";
  socket.onmessage = (event: MessageEvent<Data>) => {
    if (isOurs) handlers.onMessage(event.data);
  };
  socket.onclose = (event) => {
    if (isOurs) handlers.onClose(event.code);
  };
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      isOurs = false;
      socket.close();
    },
  };
}

export class ReconnectingSocket<Data> {
  private socket: OpenedSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private attempt = 0;
  private refusal: Problem | null = null;

  constructor(
    private readonly handlers: ReconnectHandlers<Data>,
    private readonly opener: Opener<Data>,
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

  send(order: Readonly<Record<string, string | number | null>>): void {
    this.socket?.send(JSON.stringify(order));
  }

  /** The server took the connection: a handshake alone does not tell. */
  greeted(): void {
    this.attempt = 0;
    this.handlers.onConnection({ state: "live" });
  }

  /** What the server objects to, should it close the connection for it. */
  refused(problem: Problem): void {
    this.refusal = problem;
  }

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.socket?.close();
    this.socket = null;
  }

  private open(url: string): void {
    this.refusal = null;
    this.handlers.onOpen?.();
    this.handlers.onConnection({ state: "connecting", attempt: this.attempt });
    this.socket = this.opener(url, {
      onMessage: (data) => this.handlers.onData(data),
      onClose: (code, unread = 0) => {
        this.socket = null;
        if (unread > 0) this.handlers.onUnread?.(unread);
        if (code === POLICY_VIOLATION && this.refusal !== null) {
          this.handlers.onConnection({ state: "refused", problem: this.refusal });
        } else this.retry(url);
      },
    });
  }

  private retry(url: string): void {
    const delayMs = backoffMs(this.attempt, this.random);
    this.attempt += 1;
    this.handlers.onConnection({ state: "waiting", attempt: this.attempt, delayMs });
    this.timer = setTimeout(() => this.open(url), delayMs);
  }
}
