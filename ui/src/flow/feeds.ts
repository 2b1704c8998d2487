/** The feeds that charts hold. One that nobody holds any more stays for a moment: a tab that is changed comes back. */

import { useEffect, useState } from "react";
import { useSession } from "../stores/session";
import { FlowFeed } from "./feed";

const LINGER_MS = 1_000;

interface Held {
  feed: FlowFeed;
  holders: number;
  ending: ReturnType<typeof setTimeout> | undefined;
}

const held = new Map<string, Held>();

function isOff(): boolean {
  const { state } = useSession.getState().connection;
  return state === "idle" || state === "refused";
}

function hold(symbol: string, every: string): Held {
  const key = `${symbol} ${every}`;
  let found = held.get(key);
  if (found === undefined) {
    found = { feed: new FlowFeed(symbol, every), holders: 0, ending: undefined };
    held.set(key, found);
    if (!isOff()) found.feed.connect(window.location.href);
  }
  clearTimeout(found.ending);
  found.holders += 1;
  return found;
}

function release(of: Held): void {
  of.holders -= 1;
  if (of.holders > 0) return;
  of.ending = setTimeout(() => {
    of.feed.disconnect();
    held.delete(`${of.feed.symbol} ${of.feed.every}`);
  }, LINGER_MS);
}

/** The feed of a symbol for as long as the panel is shown; null before there is a symbol. */
export function useFlowFeed(symbol: string | null, every: string): FlowFeed | null {
  const [feed, setFeed] = useState<FlowFeed | null>(null);
  useEffect(() => {
    if (symbol === null) return setFeed(null);
    const mine = hold(symbol, every);
    setFeed(mine.feed);
    return () => release(mine);
  }, [symbol, every]);
  return feed;
}

// Who disconnects the page disconnects its order flow.
useSession.subscribe((now, before) => {
  if (now.connection.state === before.connection.state) return;
  for (const { feed } of held.values()) {
    const { connection } = feed.status.getState();
    if (isOff()) feed.disconnect();
    else if (connection.state === "idle") feed.connect(window.location.href);
  }
});
