// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TapePanel } from "../../src/components/TapePanel";
import { SPARE_ROWS } from "../../src/market/rowPlaces";
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

interface Row {
  /** Below the head: where the strip is, and on it the row. */
  top: number;
  onStrip: number;
  size: string | null | undefined;
}

function rowsOf(place: HTMLElement): Row[] {
  const strip = place.querySelector<HTMLElement>(".strip");
  const [, moved = "none"] = /^translateY\((-?\d+)px\)$/.exec(strip?.style.transform ?? "") ?? [];
  return [...place.querySelectorAll<HTMLElement>("[data-trade]")].map((row) => {
    const onStrip = Number.parseInt(row.style.top, 10);
    const size = row.querySelector(".size")?.textContent;
    return { top: Number(moved) + onStrip, onStrip, size };
  });
}

/** Room for ten rows: there is no layout here. */
function giveRoom(): void {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(200);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(300);
}

afterEach(() => vi.restoreAllMocks());

beforeEach(() => {
  useMarket.getState().data.clear();
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

it("has its newest row at the top, however many came before", () => {
  giveRoom();
  take(1, 2, 3);
  const place = render(<TapePanel />);
  // Fewer at a time than are in sight, until the strip has no room left and rows are placed anew.
  for (let came = 0; came <= SPARE_ROWS + 16; came += 8) {
    after(() => take(1, 2, 3, 4, 5, 6, 7, came + 8));
    const [first, second] = rowsOf(place);
    expect([first?.top, first?.size, second?.top]).toEqual([0, String(came + 8), 20]);
    expect(first?.onStrip).toBeGreaterThanOrEqual(0);
  }
});

it("has its newest row at the top when other sizes are shown", () => {
  giveRoom();
  take(...Array.from({ length: 40 }, (_, at) => at + 1));
  const place = render(<TapePanel />);
  after(() => take(50, 5));
  const shown = (minSize: number) => {
    after(() => useSettings.setState({ minSize }));
    return rowsOf(place)
      .slice(0, 2)
      .map(({ top, size }) => [top, size]);
  };
  expect(shown(1)).toEqual([
    [0, "5"],
    [20, "50"],
  ]);
  expect(shown(30)).toEqual([
    [0, "50"],
    [20, "40"],
  ]);
  expect(shown(1)).toEqual([
    [0, "5"],
    [20, "50"],
  ]);
});
