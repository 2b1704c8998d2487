/** The conversation with the server: source, connection, symbols, replay orders, problems. */

import { create } from "zustand";
import {
  fetchSource,
  fetchSymbols,
  orderReplay,
  problemOf,
  type ReplayOrder,
  UNREACHABLE,
} from "../api/http";
import { type Connection, LiveClient, liveUrl } from "../api/liveClient";
import type { Instrument, Message, Problem, ReplayStatus, Source } from "../api/messages";
import { guessSymbol, parseSymbols } from "../market/instruments";
import { takeMessage } from "./market";

interface Session {
  source: Source | null;
  symbols: Instrument[];
  connection: Connection;
  /** What went wrong last; shown until dismissed or mended. */
  problem: Problem | null;
  symbolsText: string;
  /** What the stream was asked for; another text in the field is not connected yet. */
  connectedTo: string;
  /** Counts the times a replay started over somewhere: what was fetched may now lie ahead. */
  timeline: number;
  start(): Promise<void>;
  setSymbolsText(text: string): void;
  connect(): void;
  disconnect(): void;
  /** Order the replay about; gives what a jump did not find. */
  order(order: ReplayOrder): Promise<string | null>;
  report(problem: Problem | null): void;
}

const NO_SUCH_PLACE = "no-such-place";
const RETRY_MS = 2_000;
const PREPARING_MS = 400;
const LOOK_MS = 1_000;
const NO_SYMBOLS: Problem = {
  code: "bad-value",
  message: "No symbol is given.",
  hint: "Type one, for example ES.FUT, or a letter of one anywhere on the page.",
};

/** The schemas that a source of this depth can stream; bars of every length, so intervals switch at once. */
export function liveSchemas(depth: string): string[] {
  const bars = ["ohlcv-1s", "ohlcv-1m", "ohlcv-1h"];
  if (depth === "bars") return bars;
  return depth === "trades" ? ["trades", ...bars] : ["trades", ...bars, "mbp-10"];
}

export const useSession = create<Session>()((set, get) => {
  const client = new LiveClient({
    onMessage: (message) => {
      takeMessage(message);
      // Most messages change nothing here: nobody is told of those.
      const news = heard(get(), message);
      if (Object.keys(news).length > 0) set(news);
    },
    onConnection: (connection) => {
      set({ connection });
      if (connection.state === "waiting" && connection.attempt > 1) set({ problem: UNREACHABLE });
      if (connection.state === "live") set(mended);
    },
    onProblem: (problem) => set({ problem }),
  });
  /** Without a stream, nobody says how the source is: ask. */
  const look = async () => {
    if (get().connection.state !== "idle" && get().connection.state !== "refused") return;
    try {
      const source = await fetchSource();
      set((now) => ({ ...mended(now), source }));
    } catch (error) {
      set({ problem: problemOf(error) });
    }
  };
  return {
    source: null,
    symbols: [],
    connection: { state: "idle" },
    problem: null,
    symbolsText: "",
    connectedTo: "",
    timeline: 0,
    start: async () => {
      try {
        const source = await fetchSource();
        set((now) => ({ ...mended(now), source }));
        if (isPreparing(source)) {
          setTimeout(() => void get().start(), PREPARING_MS);
          return;
        }
        const typed = get().symbolsText;
        set({ symbolsText: typed === "" ? source.defaultSymbols.join(", ") : typed });
        set({ symbols: await fetchSymbols() });
        get().connect();
        setInterval(() => void look(), LOOK_MS);
      } catch (error) {
        set({ problem: problemOf(error) });
        setTimeout(() => void get().start(), RETRY_MS);
      }
    },
    setSymbolsText: (symbolsText) => set({ symbolsText }),
    connect: () => {
      const symbols = parseSymbols(get().symbolsText);
      if (symbols.length === 0) return set({ problem: NO_SYMBOLS });
      set({ problem: null, connectedTo: symbols.join() });
      const schemas = liveSchemas(get().source?.depth ?? "L3");
      client.connect(liveUrl(window.location.href, symbols, schemas));
    },
    disconnect: () => client.disconnect(),
    order: async (order) => {
      try {
        const replay = await orderReplay(order);
        answered = { ...replay, untilMs: performance.now() + CATCH_UP_MS };
        set((now) => (now.source === null ? {} : { source: { ...now.source, replay } }));
      } catch (error) {
        const problem = problemOf(error);
        if (problem.code === NO_SUCH_PLACE) return problem.message;
        set({ problem });
      }
      return null;
    },
    report: (problem) => set({ problem }),
  };
});

/** Whether the source is still to come: its kernels compile, or its first record has not arrived. */
export function isPreparing(source: Source): boolean {
  return !source.connected && source.defaultSymbols.length === 0;
}

function mended(now: Session): Partial<Session> {
  return now.problem?.code === UNREACHABLE.code ? { problem: null } : {};
}

/** Unknown symbols come one by one: tell them together, and what was meant. */
function explained(now: Session, problem: Problem): Problem {
  const UNKNOWN = "unknown-symbol";
  if (problem.code !== UNKNOWN) return problem;
  const before = now.problem?.code === UNKNOWN ? `${now.problem.message} ` : "";
  const message = `${before}${problem.message.replace(/\.?$/, ".")}`;
  const asked = parseSymbols(now.connectedTo).filter((symbol) => message.includes(symbol));
  const meant = asked.map((symbol) => guessSymbol(now.symbols, symbol)).filter((s) => s !== null);
  const guesses = [...new Set(meant)];
  if (guesses.length === 0) return { ...problem, message };
  return {
    ...problem,
    message,
    hint: `Did you mean ${guesses.join(", ")}? Type one anywhere to search.`,
  };
}

// The stream may be behind the answer to an order: until it agrees, the answer holds.
const CATCH_UP_MS = 3_000;
let answered: (Pick<ReplayStatus, "paused" | "speed"> & { untilMs: number }) | null = null;

function caughtUp(source: Source): Source {
  const { replay } = source;
  if (answered === null || replay === null) return source;
  const { paused, speed, untilMs } = answered;
  if ((replay.paused === paused && replay.speed === speed) || performance.now() > untilMs) {
    answered = null;
    return source;
  }
  return { ...source, replay: { ...replay, paused, speed } };
}

/** What a message changes of the conversation. */
function heard(now: Session, message: Message): Partial<Session> {
  switch (message.type) {
    case "connected": {
      const { source } = message;
      return { source, timeline: now.timeline + (source.replay === null ? 0 : 1) };
    }
    case "instruments":
    case "status":
      return { source: caughtUp(message.source) };
    case "reset":
      return { timeline: now.timeline + 1 };
    case "error":
      return { problem: explained(now, message.problem) };
    default:
      return {};
  }
}
