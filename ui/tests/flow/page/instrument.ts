import type { Message } from "../../../src/api/messages";
import { SYMBOL } from "../messages";

export const CONNECTED: Message = {
  type: "connected",
  source: {
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
  },
  symbols: ["ES.FUT"],
  instruments: [
    {
      symbol: SYMBOL,
      stypeIn: "raw_symbol",
      instrumentId: 1,
      asset: "ES",
      isSpread: false,
      tick: 250_000_000n,
      currency: "USD",
      expirationNs: null,
    },
  ],
};
