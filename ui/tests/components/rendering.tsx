/** Components in a document of their own, and data to show in them. */

import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach } from "vitest";
import type {
  Instrument,
  Level,
  Message,
  ReplayStatus,
  Source,
  Trade,
} from "../../src/api/messages";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

export const ES: Instrument = {
  symbol: "ESZ5",
  stypeIn: "raw_symbol",
  instrumentId: 1,
  asset: "ES",
  isSpread: false,
  tick: 250_000_000n,
  currency: "USD",
  expirationNs: null,
};

export const SOURCE: Source = {
  mode: "REPLAY",
  dataset: "GLBX.MDP3",
  depth: "L3",
  schemas: ["mbo"],
  defaultSymbols: ["ES.FUT"],
  version: "0.1.0",
  lagMs: 1,
  drops: 0,
  gaps: 0,
  crossings: 0,
  connected: true,
  replay: null,
};

export const CONNECTED: Message = {
  type: "connected",
  source: SOURCE,
  symbols: ["ES.FUT"],
  instruments: [ES],
};

const S = 1_000_000_000n;

/** In the middle of a tape of 100 seconds. */
export const REPLAY: ReplayStatus = {
  startNs: 100n * S,
  endNs: 200n * S,
  cursorNs: 150n * S,
  speed: 1,
  paused: false,
  finished: false,
  loops: 0,
  position: null,
  records: null,
  mboPosition: null,
  indexed: null,
};

const roots: Root[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) act(() => root.unmount());
});

export function level(price: bigint, size = 1): Level {
  return { price, size, count: 1 };
}

export function trade(size: number, tsEvent = 1n): Trade {
  return { tsEvent, symbol: "ESZ5", instrumentId: 1, price: 5_000_000_000_000n, size, side: "B" };
}

export function render(node: ReactNode): HTMLElement {
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  roots.push(root);
  act(() => root.render(node));
  return place;
}

/** Let `change` happen, and the page draw what follows from it. */
export function after(change: () => void): void {
  act(change);
}

export function buttonNamed(place: HTMLElement, name: string): HTMLButtonElement {
  const buttons = [...place.querySelectorAll("button")];
  const found =
    buttons.find((button) => button.getAttribute("aria-label") === name) ??
    buttons.find((button) => button.textContent?.includes(name));
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
}
