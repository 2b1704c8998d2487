/** One symbol's order flow with bars of one length: a connection of its own, shared by the charts that show it. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Problem } from "../api/messages";
import type { Connection } from "../api/reconnectingSocket";
import { FlowClient, type FlowOrder, flowUrl } from "./flowClient";
import { FlowState, LEAST_PRINT_BY_DEFAULT } from "./flowState";
import type { FlowMessage, SymbolMessage } from "./wire";

export interface FeedStatus {
  connection: Connection;
  problem: Problem | null;
  /** Whether all of the past has come. */
  isCaught: boolean;
  isPaused: boolean;
}

/** Where nobody knows the tick, prices are drawn as steps of this. */
const UNKNOWN_TICK = 0.01;
/** The threshold that leaves small prints out of bubbles. */
const LEAST_PRINT = "windows.min_size_contracts";

export class FlowFeed {
  readonly state: FlowState;
  readonly status: StoreApi<FeedStatus>;
  private readonly client: FlowClient;
  private readonly listeners = new Set<() => void>();
  /** Whether this connection was told of the bars' length. */
  private hasAsked = false;
  /** Sessions of the composite profile that is wanted; 0: none is. */
  private sessions = 0;

  constructor(
    readonly symbol: string,
    readonly every: string,
  ) {
    this.state = new FlowState(symbol, UNKNOWN_TICK);
    this.status = createStore<FeedStatus>()(() => ({
      connection: { state: "idle" },
      problem: null,
      isCaught: false,
      isPaused: false,
    }));
    this.client = new FlowClient({
      onMessages: (messages) => this.take(messages),
      onConnection: (connection) => {
        const isLive = connection.state === "live";
        if (!isLive) this.hasAsked = false;
        this.status.setState(isLive ? { connection, problem: null } : { connection });
      },
      onProblem: (problem) => this.status.setState({ problem }),
    });
  }

  connect(base: string): void {
    this.client.connect(flowUrl(base, [this.symbol]));
  }

  disconnect(): void {
    this.client.disconnect();
  }

  order(order: FlowOrder): void {
    this.client.order(order);
  }

  /** Have the profile of so many sessions told too; 0: no more. */
  compose(sessions: number): void {
    if (sessions === this.sessions) return;
    this.sessions = sessions;
    this.state.composite.clear();
    if (this.hasAsked) this.askComposite();
  }

  private askComposite(): void {
    this.order({ action: "set_composite", symbol: this.symbol, sessions: this.sessions });
  }

  /** Hear that what is known has changed; gives what ends that. */
  listen(onChange: () => void): () => void {
    this.listeners.add(onChange);
    return () => this.listeners.delete(onChange);
  }

  /** Messages as they come from the server, whoever brings them. */
  take(messages: readonly FlowMessage[]): void {
    const { state } = this;
    for (const message of messages) {
      switch (message.type) {
        case "Connected": {
          const found = message.instruments.find(({ symbol }) => symbol === this.symbol);
          if (found?.tick != null && found.tick > 0) state.tick = found.tick;
          state.leastPrint = Number(found?.thresholds?.[LEAST_PRINT] ?? LEAST_PRINT_BY_DEFAULT);
          if (this.hasAsked) break;
          this.hasAsked = true;
          this.order({ action: "set_bars", symbol: this.symbol, every: this.every });
          if (this.sessions > 0) this.askComposite();
          break;
        }
        case "ReplayStatus":
          state.tell(message.currentTimeNs);
          this.status.setState({ isPaused: message.isPaused });
          break;
        case "Error":
        case "Unknown":
          break;
        default:
          if (message.symbol === this.symbol) this.apply(message);
      }
    }
    for (const onChange of this.listeners) onChange();
  }

  private apply(message: SymbolMessage): void {
    this.state.apply(message);
    if (message.type === "Begin") this.status.setState({ isCaught: false });
    if (message.type === "Caught") this.status.setState({ isCaught: true });
  }
}
