/** The signals of all symbols that the page streams, as they come: one connection for the panel and the alerts. */

import { create } from "zustand";
import type { NamedLevel } from "../alerts/levelWatch";
import type { Problem } from "../api/messages";
import type { Connection } from "../api/reconnectingSocket";
import { inTurn } from "../drawing/turns";
import { FlowClient, flowUrl } from "../flow/flowClient";
import type { FlowMessage } from "../flow/wire";
import { parseSymbols } from "../market/instruments";
import { LiveSignals, type News } from "../signals/live";
import type { OwnThresholds } from "../signals/thresholds";
import { useSession } from "./session";
import { useWishes } from "./wishes";

interface SignalsStore {
  /** Grows when the list is to be read anew. */
  frame: number;
  connection: Connection;
  problem: Problem | null;
  /** Of the symbols that the page streams: thresholds that are not the defaults. */
  thresholds: ReadonlyMap<string, OwnThresholds>;
  /** The same, by the rules that stand for them in a signal. */
  thresholdsByRules: ReadonlyMap<string, OwnThresholds>;
}

/** All that is read here; the server sends nothing else. */
const TYPES = ["Signal", "Outcome", "Levels"];
/** A list that is read needs no more pictures than this. */
const PACE_MS = 200;

export const liveSignals = new LiveSignals();
/** Levels of a symbol as they were told last. */
export const levelsBySymbol = new Map<string, readonly NamedLevel[]>();

export const useSignals = create<SignalsStore>()(() => ({
  frame: 0,
  connection: { state: "idle" },
  problem: null,
  thresholds: new Map(),
  thresholdsByRules: new Map(),
}));

type Listener = { onNews(news: News): void; onBegin(symbol: string): void };
const listeners = new Set<Listener>();

/** Hear of what is new, and of symbols that begin anew; gives what ends that. */
export function listenToSignals(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let due = false;
let drawnVersion = 0;

function redraw(): void {
  if (due || drawnVersion === liveSignals.version) return;
  due = true;
  setTimeout(
    () =>
      inTurn(() => {
        due = false;
        drawnVersion = liveSignals.version;
        useSignals.setState((now) => ({ frame: now.frame + 1 }));
      }),
    PACE_MS,
  );
}

/** Take messages as they come from the server, whoever brings them. */
export function takeFlowMessages(messages: readonly FlowMessage[]): void {
  for (const message of messages) {
    if (message.type === "Connected") {
      const told = message.instruments.map((one) => ({ ...one, own: one.thresholds ?? {} }));
      useSignals.setState({
        thresholds: new Map(told.map(({ symbol, own }) => [symbol, own])),
        thresholdsByRules: new Map(told.map(({ rules = "", own }) => [rules, own])),
      });
    }
    if (message.type === "Begin") {
      levelsBySymbol.delete(message.symbol);
      for (const { onBegin } of listeners) onBegin(message.symbol);
    }
    if (message.type === "Levels") levelsBySymbol.set(message.symbol, message.levels);
    const news = liveSignals.apply(message);
    if (news !== null) for (const { onNews } of listeners) onNews(news);
  }
  redraw();
}

/** A note was kept: the list shows it without asking the server. */
export function annotate(id: string, note: string | null): void {
  liveSignals.annotate(id, note);
  redraw();
}

const client = new FlowClient({
  onMessages: takeFlowMessages,
  onConnection: (connection) =>
    useSignals.setState(
      connection.state === "live" ? { connection, problem: null } : { connection },
    ),
  onProblem: (problem) => useSignals.setState({ problem }),
});

let connectedTo: string | null = null;

/** Listen to the symbols that the page streams, and to none while it streams none. */
function aim(): void {
  const session = useSession.getState();
  const { state } = session.connection;
  // A connection that is being made, or made again, is not off.
  const isOff = state === "idle" || state === "refused";
  const wanted = state === "live" ? session.connectedTo : isOff ? null : connectedTo;
  if (wanted === connectedTo) return;
  connectedTo = wanted;
  if (wanted === null) {
    client.disconnect();
    return;
  }
  const url = new URL(flowUrl(window.location.href, parseSymbols(wanted)));
  url.searchParams.set("types", TYPES.join(","));
  client.connect(url.toString());
}

useSession.subscribe((now, before) => {
  if (now.connection.state !== before.connection.state || now.connectedTo !== before.connectedTo)
    aim();
});

useWishes.subscribe((now, before) => {
  if (now.clears === before.clears) return;
  liveSignals.clear();
  redraw();
});
