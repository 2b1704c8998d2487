// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import { TapePanel } from "../../src/components/TapePanel";
import { useMarket } from "../../src/stores/market";
import { useSession } from "../../src/stores/session";
import { useSettings } from "../../src/stores/settings";
import { after, CONNECTED, render, SOURCE, trade } from "./rendering";

function take(...sizes: number[]): void {
  const { data, frame } = useMarket.getState();
  data.apply({ type: "trades", trades: sizes.map((size) => trade(size)) });
  useMarket.setState({ frame: frame + 1, activeId: 1 });
}

function pointer(place: HTMLElement, type: "pointerover" | "pointerout"): void {
  const rows = place.querySelector("[role=log]");
  const event = new PointerEvent(type, { bubbles: true, pointerType: "mouse" });
  after(() => rows?.dispatchEvent(event));
}

beforeEach(() => {
  useMarket.getState().data.apply(CONNECTED);
  useSession.setState({ source: SOURCE });
  useSettings.setState({ minSize: 1 });
});

it("rests under the pointer and counts what waits", () => {
  take(1);
  const place = render(<TapePanel />);
  expect(place.textContent).not.toContain("paused");
  pointer(place, "pointerover");
  after(() => take(2, 3));
  expect(place.textContent).toContain("paused · 2 waiting");
  pointer(place, "pointerout");
  expect(place.textContent).not.toContain("paused");
});

it("tells an empty tape from one whose trades are all too small", () => {
  const place = render(<TapePanel />);
  expect(place.textContent).toContain("No trades yet.");
  after(() => {
    useSettings.setState({ minSize: 50 });
    take(1, 2);
  });
  expect(place.textContent).toContain("No trade of this size yet.");
});

it("says that a source of candles has no tape", () => {
  useSession.setState({ source: { ...SOURCE, depth: "bars" } });
  expect(render(<TapePanel />).textContent).toContain("candles only");
});
