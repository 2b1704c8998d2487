/** Messages on their way from the socket to the page: handed over together, whenever the page is ready for more. */

export type Mail = string | ArrayBuffer;

/** What the page tells the worker that holds its socket, and what it hears. */
export type WorkerOrder =
  | { kind: "open"; url: string }
  | { kind: "send"; text: string }
  | { kind: "ready" };
export type WorkerAnswer =
  | { kind: "messages"; messages: Mail[] }
  /** `unread`: so many messages that waited were thrown away with it. */
  | { kind: "close"; code: number; unread: number };

/** Close code of our own: the page reads too slowly, and comes back for a snapshot. */
export const TOO_FAR_BEHIND = 4_000;

export class Mailbox {
  private waiting: Mail[] = [];
  private bytes = 0;
  private isReady = true;

  /**
   * `post` hands messages over; `overflow` is called once more than `mostBytes` wait, with
   * how many messages were thrown away: the page is so far behind that it should begin anew.
   */
  constructor(
    private readonly post: (messages: Mail[]) => void,
    private readonly overflow: (unread: number) => void,
    private readonly mostBytes: number,
  ) {}

  put(message: Mail): void {
    this.waiting.push(message);
    this.bytes += typeof message === "string" ? message.length : message.byteLength;
    if (this.isReady) this.deliver();
    else if (this.bytes > this.mostBytes) {
      const unread = this.waiting.length;
      this.empty();
      this.overflow(unread);
    }
  }

  /** The page has read what it was given. */
  ready(): void {
    this.isReady = true;
    if (this.waiting.length > 0) this.deliver();
  }

  private deliver(): void {
    this.isReady = false;
    const messages = this.waiting;
    this.empty();
    this.post(messages);
  }

  private empty(): void {
    this.waiting = [];
    this.bytes = 0;
  }
}
