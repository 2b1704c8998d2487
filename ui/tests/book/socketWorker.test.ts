import { afterEach, expect, it, vi } from "vitest";
import { TOO_FAR_BEHIND, type WorkerAnswer, type WorkerOrder } from "../../src/book/mailbox";

const MB = 1024 * 1024;

class Socket {
  static made: Socket[] = [];
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  closed = false;
  constructor() {
    Socket.made.push(this);
  }
  close() {
    this.closed = true;
  }
}

afterEach(() => vi.unstubAllGlobals());

it("a page that reads nothing is told how many messages were thrown away, and its socket is closed", async () => {
  const answers: WorkerAnswer[] = [];
  const scope: {
    onmessage?: (event: { data: WorkerOrder }) => void;
    postMessage(answer: WorkerAnswer): void;
  } = { postMessage: (answer) => answers.push(answer) };
  vi.stubGlobal("self", scope);
  vi.stubGlobal("WebSocket", Socket);
  await import("../../src/book/socketWorker");
  scope.onmessage?.({ data: { kind: "open", url: "ws://page:8080/ws/book" } });
  const [socket] = Socket.made;
  for (let sent = 0; sent < 30; sent += 1) socket?.onmessage?.({ data: new ArrayBuffer(MB) });
  // The page has the first; of those that wait 17 are more than 16 MB.
  expect(answers.map(({ kind }) => kind)).toEqual(["messages", "close"]);
  expect(answers[1]).toEqual({ kind: "close", code: TOO_FAR_BEHIND, unread: 17 });
  expect(socket?.closed).toBe(true);
});
