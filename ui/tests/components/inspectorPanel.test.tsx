// @vitest-environment happy-dom
import { expect, it } from "vitest";
import type { ReplayStatus } from "../../src/api/messages";
import type { BookEvent } from "../../src/book/eventRing";
import { InspectorPanel } from "../../src/components/InspectorPanel";
import { useInspector } from "../../src/stores/inspector";
import { useMarket } from "../../src/stores/market";
import { useSession } from "../../src/stores/session";
import { after, CONNECTED, render, SOURCE } from "./rendering";

const REPLAY: ReplayStatus = {
  startNs: 0n,
  endNs: 100n,
  cursorNs: 7n,
  speed: 1,
  paused: true,
  finished: false,
  loops: 0,
  position: 8,
  records: 20,
  mboPosition: 8,
  indexed: 1,
};
const EVENT: BookEvent = {
  position: 7,
  publisherId: 1,
  instrumentId: 1,
  tsEvent: 7n,
  tsRecv: 7n,
  tsInDelta: 0,
  orderId: 42n,
  price: 5_000_000_000_000,
  size: 3,
  flags: 128,
  channelId: 0,
  sequence: 1,
  action: "A",
  side: "B",
  effect: {
    kind: "add",
    reason: 0,
    side: "B",
    oldSide: "N",
    price: 5_000_000_000_000,
    oldPrice: Number.NaN,
    size: 3,
    oldSize: 0,
  },
};

it("outlives a stream that begins anew between two of its pictures", () => {
  useMarket.getState().data.apply(CONNECTED);
  useMarket.setState({ activeId: 1 });
  useSession.setState({ source: { ...SOURCE, depth: "L3", replay: REPLAY } });
  const records = { begin: 0, end: 1, at: () => EVENT, positionAt: () => EVENT.position };
  useInspector.setState({ fetched: { mboPosition: 8, records } });
  const place = render(<InspectorPanel />);
  expect(place.textContent).toContain("event at the cursor");
  records.at = () => {
    throw new RangeError("event 0 is not held");
  };
  records.end = 0;
  // Only the note hears of the replay's new place; the list is drawn at its own pace.
  const replay = { ...REPLAY, cursorNs: 3n };
  after(() => useSession.setState({ source: { ...SOURCE, depth: "L3", replay } }));
  expect(place.textContent).toContain("looking for the event at the cursor");
});

it("takes the keys before there is a record, and keeps them when the records are gone", () => {
  useInspector.setState({ fetched: null, isFocusWanted: true });
  const place = render(<InspectorPanel />);
  const list = place.querySelector("[role=listbox]");
  expect(list).not.toBeNull();
  expect(document.activeElement).toBe(list);
  const records = { begin: 0, end: 1, at: () => EVENT, positionAt: () => EVENT.position };
  after(() => useInspector.setState({ fetched: { mboPosition: 8, records } }));
  expect(document.activeElement).toBe(list);
  after(() => useInspector.setState({ fetched: null }));
  expect(document.activeElement).toBe(list);
});
