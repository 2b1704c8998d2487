import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Connection } from "../../src/api/liveClient";
import type { Problem } from "../../src/api/messages";
import type { BookStatus } from "../../src/book/bookClient";
import { BookStream, type ColumnsOf } from "../../src/book/bookStream";
import { TOO_FAR_BEHIND, type WorkerAnswer } from "../../src/book/mailbox";
import { bookMessage, resetMessage, volumeMessage } from "./messages";

class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readyState = Socket.OPEN;
  binaryType = "";
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  readonly sent: unknown[] = [];
  constructor(readonly url: string) {
    Socket.made.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  says(data: string | ArrayBuffer) {
    this.onmessage?.({ data });
  }
  greets() {
    this.says(JSON.stringify({ type: "connected" }));
  }
  drops(code = 1006) {
    this.onclose?.({ code });
  }
  asks(name: string) {
    return new URL(this.url).searchParams.get(name);
  }
}

/** The worker that holds the socket in a browser. */
class Beside {
  static newest: Beside | null = null;
  onmessage: ((event: { data: WorkerAnswer }) => void) | null = null;
  constructor() {
    Beside.newest = this;
  }
  postMessage() {}
  terminate() {}
  answers(data: WorkerAnswer) {
    this.onmessage?.({ data });
  }
}

let connections: Connection[];
let problems: Problem[];
let changes: number;
let losses: BookStatus[];
let stream: BookStream;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.made = [];
  [connections, problems, changes, losses] = [[], [], 0, []];
  stream = new BookStream({
    onConnection: (connection) => connections.push(connection),
    onProblem: (problem) => problems.push(problem),
    onChange: () => {
      changes += 1;
    },
    onLoss: (loss) => losses.push(loss),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTime(50);

function newest(): Socket {
  const socket = Socket.made.at(-1);
  if (socket === undefined) throw new Error("no socket was made");
  return socket;
}

/** A connection that is open for a ladder. */
function watched(): Socket {
  stream.point("http://page:8080/", 7);
  stream.watch({ orders: true, levels: 60 });
  settle();
  newest().greets();
  return newest();
}

describe("what is asked of the server", () => {
  it("is nothing while no panel needs anything, and of no instrument", () => {
    stream.point("http://page:8080/", 7);
    settle();
    expect(Socket.made).toEqual([]);
    stream.point("http://page:8080/", null);
    stream.watch({ orders: true });
    settle();
    expect(Socket.made).toEqual([]);
  });

  it("is over one connection what all panels need together", () => {
    stream.point("http://page:8080/", 7);
    stream.watch({ orders: true, volume: true, levels: 60 });
    stream.watch({ everyMs: 1000, levels: 200 });
    stream.watch({ everyMs: 250 });
    settle();
    expect(Socket.made.length).toBe(1);
    const socket = newest();
    expect(new URL(socket.url).host + new URL(socket.url).pathname).toBe("page:8080/ws/book");
    const asked = ["symbols", "format", "levels", "orders", "volume", "events", "every_ms"];
    expect(asked.map((name) => socket.asks(name))).toEqual([
      "7",
      "binary",
      "200",
      "1",
      "1",
      "0",
      "250",
    ]);
  });

  it("ends with the last panel", () => {
    stream.point("http://page:8080/", 7);
    const [one, other] = [stream.watch({ orders: true }), stream.watch({ orders: true })];
    settle();
    one();
    settle();
    expect(newest().closed).toBe(false);
    other();
    settle();
    expect(newest().closed).toBe(true);
    expect(connections.at(-1)).toEqual({ state: "idle" });
  });

  it("changes the length of columns without a new connection", () => {
    const socket = watched();
    const end = stream.watch({ everyMs: 500, levels: 60 });
    settle();
    expect(Socket.made.length).toBe(1);
    expect(socket.sent).toEqual([{ action: "columns", every_ms: 500 }]);
    end();
    settle();
    expect(socket.sent.at(-1)).toEqual({ action: "columns", every_ms: 0 });
  });

  it("opens anew for more than the connection brings, once the panels have settled", () => {
    const socket = watched();
    stream.watch({ events: true });
    stream.watch({ volume: true });
    settle();
    expect(socket.closed).toBe(true);
    expect(Socket.made.length).toBe(2);
    expect([newest().asks("events"), newest().asks("volume")]).toEqual(["1", "1"]);
  });
});

describe("what is no longer needed", () => {
  it("still comes: a new connection would tear a hole into the columns", () => {
    const socket = watched();
    const end = stream.watch({ events: true, volume: true, levels: 200 });
    settle();
    newest().greets();
    end();
    settle();
    expect(Socket.made.length).toBe(2);
    expect(newest().closed).toBe(false);
    stream.watch({ levels: 1_000 });
    settle();
    expect(socket.closed).toBe(true);
    expect([newest().asks("levels"), newest().asks("events")]).toEqual(["1000", "1"]);
  });
});

describe("the books", () => {
  it("are kept one for each publisher of the instrument", () => {
    const socket = watched();
    socket.says(bookMessage([{ side: "B", price: 100, size: 1 }], { publisherId: 2 }));
    socket.says(bookMessage([{ side: "B", price: 101, size: 1 }], { publisherId: 1 }));
    expect(stream.booksOf(7).map((book) => book.bids[0]?.price)).toEqual([101, 100]);
    expect(stream.booksOf(8)).toEqual([]);
    expect(changes).toBeGreaterThan(1);
  });

  it("ask for one snapshot where a sequence is missed, and go on from it", () => {
    const socket = watched();
    const change = (sequence: number, size: number) =>
      bookMessage([{ side: "B", price: 100, size }], { kind: 2, sequence });
    socket.says(bookMessage([{ side: "B", price: 100, size: 1 }], { sequence: 4 }));
    socket.says(change(5, 2));
    expect(socket.sent).toEqual([]);
    socket.says(change(7, 3));
    socket.says(change(8, 4));
    expect(socket.sent).toEqual([{ action: "snapshot", instrument_id: 7, publisher_id: 1 }]);
    socket.says(bookMessage([{ side: "B", price: 100, size: 9 }], { sequence: 8 }));
    socket.says(change(9, 10));
    expect(stream.booksOf(7)[0]?.bids[0]?.size).toBe(10);
    expect(socket.sent.length).toBe(1);
    socket.says(change(11, 1));
    expect(socket.sent.length).toBe(2);
  });

  it("stay on the screen through a lost connection, and are then told anew", () => {
    const socket = watched();
    socket.says(bookMessage([{ side: "B", price: 100, size: 1 }], { sequence: 4 }));
    socket.says(volumeMessage([{ price: 100, bought: 5 }]));
    socket.drops();
    expect(connections.at(-1)?.state).toBe("waiting");
    vi.advanceTimersByTime(20_000);
    expect(Socket.made.length).toBe(2);
    newest().greets();
    const [book] = stream.booksOf(7);
    expect([book?.bids.length, book?.volume.size, book?.isWhole]).toEqual([1, 0, false]);
    newest().says(bookMessage([{ side: "B", price: 99, size: 1 }], { sequence: 1 }));
    expect(book?.bids.map((level) => level.price)).toEqual([99]);
  });

  it("are emptied by a reset of one and of all", () => {
    const socket = watched();
    for (const publisherId of [1, 2]) {
      socket.says(bookMessage([{ side: "B", price: 100, size: 1 }], { publisherId }));
    }
    const left = () => stream.booksOf(7).map((book) => book.bids.length);
    socket.says(resetMessage({ publisherId: 2 }));
    expect(left()).toEqual([1, 0]);
    socket.says(resetMessage({ instrumentId: 0, publisherId: 0 }));
    expect(left()).toEqual([0, 0]);
  });

  it("are forgotten for those of another instrument", () => {
    watched().says(bookMessage([{ side: "B", price: 100, size: 1 }]));
    stream.point("http://page:8080/", 8);
    expect(stream.booksOf(7)).toEqual([]);
    settle();
    expect(newest().asks("symbols")).toBe("8");
  });
});

describe("what did not come as it was sent", () => {
  const status = (conflated: number, begun_anew: number) =>
    JSON.stringify({ type: "status", conflated, begun_anew });

  it("is told by the server of each connection from nothing on", () => {
    watched().says(status(41, 2));
    newest().says(status(50, 3));
    newest().drops();
    vi.advanceTimersByTime(20_000);
    newest().greets();
    newest().says(status(7, 1));
    expect(losses).toEqual([
      { conflated: 41, begunAnew: 2 },
      { conflated: 9, begunAnew: 1 },
      { conflated: 7, begunAnew: 1 },
    ]);
  });

  it("is also a book that begins anew because a sequence is missed, once", () => {
    const socket = watched();
    const change = (sequence: number) =>
      bookMessage([{ side: "B", price: 100, size: 2 }], { kind: 2, sequence });
    socket.says(bookMessage([{ side: "B", price: 100, size: 1 }], { sequence: 4 }));
    socket.says(change(5));
    expect(losses).toEqual([]);
    socket.says(change(7));
    socket.says(change(8));
    expect(losses).toEqual([{ conflated: 0, begunAnew: 1 }]);
  });

  it("is counted on where the server greets again over the same connection", () => {
    const socket = watched();
    socket.says(status(41, 2));
    socket.greets();
    socket.says(status(50, 3));
    expect(losses).toEqual([
      { conflated: 41, begunAnew: 2 },
      { conflated: 9, begunAnew: 1 },
    ]);
  });

  it("is also what a page that is too far behind throws away: its books begin anew, each once", () => {
    vi.stubGlobal("Worker", Beside);
    stream.point("http://page:8080/", 7);
    stream.watch({ orders: true, levels: 60 });
    settle();
    const greeting = JSON.stringify({ type: "connected" });
    const books = [1, 2].map((publisherId) =>
      bookMessage([{ side: "B", price: 100, size: 1 }], { publisherId }),
    );
    Beside.newest?.answers({ kind: "messages", messages: [greeting, ...books] });
    Beside.newest?.answers({ kind: "close", code: TOO_FAR_BEHIND, unread: 340 });
    expect(losses).toEqual([{ conflated: 340, begunAnew: 2 }]);
    vi.advanceTimersByTime(20_000);
    Beside.newest?.answers({ kind: "messages", messages: [greeting] });
    Beside.newest?.answers({ kind: "close", code: TOO_FAR_BEHIND, unread: 5 });
    expect(losses[1]).toEqual({ conflated: 5, begunAnew: 0 });
    vi.advanceTimersByTime(20_000);
    Beside.newest?.answers({ kind: "close", code: 1006, unread: 0 });
    expect(losses).toHaveLength(2);
  });
});

describe("a followed order", () => {
  it("is asked for by every connection, until it is followed no more", () => {
    const socket = watched();
    const id = 18_446_744_073_709_551_615n;
    stream.followOrder(id);
    stream.followOrder(id);
    const wish = { action: "follow", order_id: "18446744073709551615" };
    expect(socket.sent).toEqual([wish]);
    socket.drops();
    vi.advanceTimersByTime(20_000);
    newest().greets();
    expect(newest().sent).toEqual([wish]);
    stream.followOrder(null);
    expect(newest().sent.at(-1)).toEqual({ action: "follow", order_id: null });
  });
});

describe("depth columns", () => {
  it("are handed to who listens, who is told when time starts over", () => {
    const socket = watched();
    const heard: ColumnsOf[] = [];
    let resets = 0;
    const end = stream.listen({
      onColumns: (columns) => heard.push(columns),
      onReset: () => {
        resets += 1;
      },
    });
    const columns = new Uint8Array(resetMessage()).slice();
    columns[0] = 4;
    socket.says(columns.buffer);
    expect(heard).toEqual([{ publisherId: 1, instrumentId: 7, everyMs: 0, columns: [] }]);
    socket.says(resetMessage());
    expect(resets).toBe(1);
    end();
    socket.says(columns.buffer);
    expect(heard.length).toBe(1);
  });
});

describe("what goes wrong", () => {
  it("is told, and what cannot succeed is not tried again", () => {
    const socket = watched();
    socket.says(JSON.stringify({ type: "error", code: "bad-value", message: "No.", hint: "" }));
    socket.drops(1008);
    vi.advanceTimersByTime(60_000);
    expect(Socket.made.length).toBe(1);
    expect(connections.at(-1)).toMatchObject({ state: "refused", problem: { message: "No." } });
  });

  it("is a message that cannot be read, and the stream goes on", () => {
    const socket = watched();
    socket.says(new ArrayBuffer(8));
    expect(problems.at(-1)?.message).toContain("cut off");
    socket.says(bookMessage([{ side: "B", price: 100, size: 1 }]));
    expect(stream.booksOf(7).length).toBe(1);
  });
});
