/** A socket of the book as its client sees it: held by a worker, or by the page where there are none. */

import type { Mail, WorkerAnswer, WorkerOrder } from "./mailbox";

export interface BookSocket {
  send(text: string): void;
  /** Nothing is heard of it any more. */
  close(): void;
}

export interface SocketHandlers {
  onMessage(message: Mail): void;
  onClose(code: number): void;
}

export function openSocket(url: string, handlers: SocketHandlers): BookSocket {
  return typeof Worker === "undefined" ? openHere(url, handlers) : openBeside(url, handlers);
}

function openHere(url: string, handlers: SocketHandlers): BookSocket {
  const socket = new WebSocket(url);
  let isOurs = true;
  socket.binaryType = "arraybuffer";
  socket.onmessage = (event: MessageEvent<Mail>) => {
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

function openBeside(url: string, handlers: SocketHandlers): BookSocket {
  const worker = new Worker(new URL("./socketWorker.ts", import.meta.url), { type: "module" });
  const order = (wish: WorkerOrder) => worker.postMessage(wish);
  let isOurs = true;
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    if (!isOurs) return;
    if (data.kind === "close") {
      isOurs = false;
      worker.terminate();
      handlers.onClose(data.code);
      return;
    }
    for (const message of data.messages) if (isOurs) handlers.onMessage(message);
    if (isOurs) order({ kind: "ready" });
  };
  order({ kind: "open", url });
  return {
    send: (text) => order({ kind: "send", text }),
    close: () => {
      isOurs = false;
      // The socket ends with its worker.
      worker.terminate();
    },
  };
}
