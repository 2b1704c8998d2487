/**
 * Holds the socket of the book beside the page. A page that is busy drawing gets to its messages late, and
 * they would wait in buffers without end; here they are always read, and given to it together.
 */

import { type Mail, Mailbox, TOO_FAR_BEHIND, type WorkerAnswer, type WorkerOrder } from "./mailbox";

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerOrder>) => void) | null;
  postMessage(answer: WorkerAnswer, transfer: ArrayBuffer[]): void;
}

/** Some seconds of the busiest book. */
const MOST_BYTES = 16 * 1024 * 1024;

const scope = self as unknown as WorkerScope;
let socket: WebSocket | null = null;

function post(messages: Mail[]): void {
  const transfer = messages.filter((message) => typeof message !== "string");
  scope.postMessage({ kind: "messages", messages }, transfer);
}

function end(code: number, unread = 0): void {
  socket = null;
  scope.postMessage({ kind: "close", code, unread }, []);
}

function overflow(unread: number): void {
  const late = socket;
  end(TOO_FAR_BEHIND, unread);
  late?.close();
}

const mailbox = new Mailbox(post, overflow, MOST_BYTES);

function open(url: string): void {
  const opened = new WebSocket(url);
  opened.binaryType = "arraybuffer";
  socket = opened;
  opened.onmessage = (event: MessageEvent<Mail>) => {
    if (socket === opened) mailbox.put(event.data);
  };
  opened.onclose = (event) => {
    if (socket === opened) end(event.code);
  };
}

scope.onmessage = ({ data }) => {
  if (data.kind === "open") open(data.url);
  else if (data.kind === "ready") mailbox.ready();
  else if (socket?.readyState === WebSocket.OPEN) socket.send(data.text);
};
