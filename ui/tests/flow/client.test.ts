import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Connection } from "../../src/api/reconnectingSocket";
import { decodeFlow } from "../../src/flow/decode";
import { FlowClient, flowUrl } from "../../src/flow/flowClient";
import type { FlowMessage } from "../../src/flow/wire";
import { begin, bubble, connected, START_MS } from "./messages";

class Socket {
  static made: Socket[] = [];
  static readonly OPEN = 1;
  readyState = 1;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: string[] = [];
  constructor(readonly url: string) {
    Socket.made.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {}
  says(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const newest = () => {
  const socket = Socket.made.at(-1);
  if (socket === undefined) throw new Error("no socket was made");
  return socket;
};

let connections: Connection[];
let heard: FlowMessage[][];
let problems: string[];
let client: FlowClient;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.made = [];
  [connections, heard, problems] = [[], [], []];
  client = new FlowClient(
    {
      onConnection: (connection) => connections.push(connection),
      onMessages: (messages) => heard.push([...messages]),
      onProblem: (problem) => problems.push(problem.message),
    },
    () => 1,
  );
  client.connect(flowUrl("http://here:1/", ["ESZ5"]));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the client of order flow", () => {
  it("asks for its symbols at the page's own server", () => {
    expect(newest().url).toBe("ws://here:1/ws/flow?symbols=ESZ5");
  });

  it("takes one message, and several in a frame", () => {
    newest().says(connected());
    newest().says([begin(), bubble(START_MS, 6_000, 5, 2)]);
    expect(heard.map((messages) => messages.map(({ type }) => type))).toEqual([
      ["Connected"],
      ["Begin", "Bubble"],
    ]);
    expect(connections.at(-1)).toEqual({ state: "live" });
  });

  it("comes back after a loss, and is not sent again where the server refuses", () => {
    newest().onclose?.({ code: 1006 });
    expect(connections.at(-1)?.state).toBe("waiting");
    vi.advanceTimersByTime(500);
    expect(Socket.made).toHaveLength(2);
    newest().says({
      type: "Error",
      code: "unknown-symbol",
      message: "ESZ5 is not known here.",
      hint: "",
    });
    newest().onclose?.({ code: 1008 });
    expect(connections.at(-1)?.state).toBe("refused");
    expect(problems).toEqual(["ESZ5 is not known here."]);
  });

  it("says orders as the server reads them", () => {
    client.order({ action: "set_bars", symbol: "ESZ5", every: "500t" });
    expect(newest().sent).toEqual(['{"action":"set_bars","symbol":"ESZ5","every":"500t"}']);
  });

  it("names the field that is wrong, and goes on", () => {
    newest().says({ ...bubble(START_MS, 6_000, 5, 2), price: "6000" });
    expect(problems[0]).toContain("field price");
    newest().says(begin());
    expect(heard).toHaveLength(1);
  });
});

describe("decoding", () => {
  it("leaves aside what it does not know", () => {
    expect(decodeFlow('{"type":"Moon","symbol":"ESZ5"}')).toEqual([
      { type: "Unknown", name: "Moon" },
    ]);
  });

  it.each(["", "null", "[1]", '{"type":1}', '{"type":"Bubble"}'])("raises on %s", (text) => {
    expect(() => decodeFlow(text)).toThrow();
  });
});
