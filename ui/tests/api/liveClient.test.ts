import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffMs } from "../../src/api/backoff";
import { type Connection, LiveClient, liveUrl } from "../../src/api/liveClient";
import type { Message, Problem } from "../../src/api/messages";
import { CONNECTED, TRADE } from "./golden";

class Socket {
  static made: Socket[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    Socket.made.push(this);
  }
  close() {
    this.closed = true;
  }
  says(text: string) {
    this.onmessage?.({ data: text });
  }
  drops(code = 1006) {
    this.onclose?.({ code });
  }
}

function newest(): Socket {
  const socket = Socket.made.at(-1);
  if (socket === undefined) throw new Error("no socket was made");
  return socket;
}

let connections: Connection[];
let messages: Message[];
let problems: Problem[];
let client: LiveClient;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.made = [];
  [connections, messages, problems] = [[], [], []];
  client = new LiveClient(
    {
      onConnection: (connection) => connections.push(connection),
      onMessage: (message) => messages.push(message),
      onProblem: (problem) => problems.push(problem),
    },
    () => 1,
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const states = () => connections.map((c) => c.state);

describe("the connection", () => {
  it("is live from the first message on, not from the handshake", () => {
    client.connect("ws://x");
    expect(states()).toEqual(["connecting"]);
    newest().says(CONNECTED);
    expect(states()).toEqual(["connecting", "live"]);
    newest().says(TRADE);
    expect(messages.map((m) => m.type)).toEqual(["connected", "trades"]);
  });

  it("starts over with the first greeting of each socket only: a later one adds instruments", () => {
    client.connect("ws://x");
    newest().says(CONNECTED);
    newest().says(CONNECTED);
    newest().drops();
    vi.runOnlyPendingTimers();
    newest().says(CONNECTED);
    expect(messages.map((m) => m.type)).toEqual(["connected", "instruments", "connected"]);
  });

  it("comes back after a loss, waiting longer each time until it succeeds", () => {
    client.connect("ws://x");
    for (let i = 0; i < 3; i += 1) {
      newest().drops();
      vi.runOnlyPendingTimers();
    }
    expect(Socket.made).toHaveLength(4);
    const delays = connections.flatMap((c) => (c.state === "waiting" ? [c.delayMs] : []));
    expect(delays).toEqual([500, 1000, 2000]);
    newest().says(CONNECTED);
    newest().drops();
    expect(connections.at(-1)).toMatchObject({ state: "waiting", attempt: 1, delayMs: 500 });
  });

  it("stays down once disconnected, and hears nothing more of the old socket", () => {
    client.connect("ws://x");
    const socket = newest();
    client.disconnect();
    expect(socket.closed).toBe(true);
    socket.says(TRADE);
    socket.drops();
    vi.runAllTimers();
    expect(messages).toEqual([]);
    expect(Socket.made).toHaveLength(1);
    expect(connections.at(-1)).toEqual({ state: "idle" });
  });

  it("does not ask again for what was refused", () => {
    client.connect("ws://x");
    newest().says('{"type":"error","code":"bad-value","message":"no","hint":""}');
    newest().drops(1008);
    vi.runAllTimers();
    expect(Socket.made).toHaveLength(1);
    expect(connections.at(-1)).toMatchObject({ state: "refused", problem: { code: "bad-value" } });
  });

  it("reports a frame that cannot be read and goes on", () => {
    client.connect("ws://x");
    newest().says("{");
    newest().says(CONNECTED);
    expect(problems).toHaveLength(1);
    expect(states().at(-1)).toBe("live");
  });
});

it("waits between half and all of a doubling time, never more than fifteen seconds", () => {
  expect([0, 1, 2, 10, 100].map((n) => backoffMs(n, () => 0))).toEqual([
    250, 500, 1000, 7500, 7500,
  ]);
  expect([0, 1, 2, 10, 100].map((n) => backoffMs(n, () => 1))).toEqual([
    500, 1000, 2000, 15000, 15000,
  ]);
});

it("asks for batches of everything the page shows, over the page's own security", () => {
  const url = new URL(
    liveUrl("https://desk.example/x", ["ES.FUT", "NQ.c.0"], ["trades", "mbp-10"]),
  );
  expect(url.protocol).toBe("wss:");
  expect(url.pathname).toBe("/ws/live");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    symbols: "ES.FUT,NQ.c.0",
    schema: "trades,mbp-10",
    batch: "list",
    recent: "2000",
  });
});
