/** A socket of the book as its client sees it: held by a worker, or by the page where there are none. */

import { type OpenedSocket, openHere, type SocketHandlers } from "../api/reconnectingSocket";
import type { Mail, WorkerAnswer, WorkerOrder } from "./mailbox";

export function openSocket(url: string, handlers: SocketHandlers<Mail>): OpenedSocket {
  return typeof Worker === "undefined" ? openHere(url, handlers) : openBeside(url, handlers);
}

function openBeside(url: string, handlers: SocketHandlers<Mail>): OpenedSocket {
  const worker = new Worker(new URL("./socketWorker.ts", import.meta.url), { type: "module" });
  const order = (wish: WorkerOrder) => worker.postMessage(wish);
  let isOurs = true;
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    if (!isOurs) return;
    if (data.kind === "close") {
      isOurs = false;
      worker.terminate();
      handlers.onClose(data.code, data.unread);
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
