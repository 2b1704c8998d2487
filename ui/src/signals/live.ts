/** The signals of the stream, newest last, with their outcomes as they resolve. Knows nothing of React. */

import { decodeResolved, decodeSignal, type Resolved, type Signal } from "./signal";

/** What the stream sends of the past (1,000 a symbol) and then some hours. */
const MOST = 5_000;

export type News = { kind: "signal"; signal: Signal } | { kind: "outcome"; signal: Signal };

/** A message of the flow stream, as far as it matters here. */
export interface Told {
  type: string;
  symbol?: unknown;
}

export class LiveSignals {
  private all: Signal[] = [];
  private readonly byId = new Map<string, number>();
  /** How many were left out at the front: positions by id count on. */
  private dropped = 0;
  /** Symbols whose past has come: what comes of them now is new. */
  private readonly caught = new Set<string>();
  /** Grows when the list changes. */
  version = 0;

  constructor(private readonly most = MOST) {}

  /** Oldest first. */
  get list(): readonly Signal[] {
    return this.all;
  }

  /** Take a message of the stream; gives what is new to a person, not what is the past. */
  apply(message: Told): News | null {
    const symbol = typeof message.symbol === "string" ? message.symbol : "";
    switch (message.type) {
      case "Begin":
        this.caught.delete(symbol);
        this.forget((signal) => signal.symbol === symbol);
        return null;
      case "Caught":
        this.caught.add(symbol);
        return null;
      case "Signal":
        return this.put(decodeSignal(message));
      case "Outcome":
        return this.resolve(decodeResolved(message));
      default:
        return null;
    }
  }

  /** A note was kept with a signal. */
  annotate(id: string, note: string | null): void {
    const at = this.placeOf(id);
    const signal = this.all[at];
    if (signal === undefined) return;
    this.all[at] = { ...signal, note };
    this.version += 1;
  }

  clear(): void {
    this.forget(() => true);
  }

  private placeOf(id: string): number {
    return (this.byId.get(id) ?? -1) - this.dropped;
  }

  private put(signal: Signal): News | null {
    this.version += 1;
    const at = this.placeOf(signal.id);
    if (at >= 0) {
      this.all[at] = signal;
      return null;
    }
    this.byId.set(signal.id, this.all.length + this.dropped);
    this.all.push(signal);
    // A share at a time: taking one from the front moves all others.
    if (this.all.length > this.most * 1.25) {
      const gone = this.all.splice(0, this.all.length - this.most);
      for (const { id } of gone) this.byId.delete(id);
      this.dropped += gone.length;
    }
    return this.caught.has(signal.symbol) ? { kind: "signal", signal } : null;
  }

  private resolve(resolved: Resolved): News | null {
    const at = this.placeOf(resolved.id);
    const signal = this.all[at];
    if (signal === undefined) return null;
    this.version += 1;
    const { price, outcome } = resolved;
    const after =
      resolved.horizon === "1m"
        ? { after1m: price, outcome1m: outcome }
        : { after5m: price, outcome5m: outcome };
    const known = { ...signal, ...after };
    this.all[at] = known;
    return this.caught.has(known.symbol) ? { kind: "outcome", signal: known } : null;
  }

  private forget(which: (signal: Signal) => boolean): void {
    this.all = this.all.filter((signal) => !which(signal));
    this.byId.clear();
    this.dropped = 0;
    for (const [at, { id }] of this.all.entries()) this.byId.set(id, at);
    this.version += 1;
  }
}
