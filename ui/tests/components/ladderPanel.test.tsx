// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";
import type { Book } from "../../src/api/messages";
import { LadderPanel } from "../../src/components/LadderPanel";
import { useMarket } from "../../src/stores/market";
import { useSession } from "../../src/stores/session";
import { after, buttonNamed, CONNECTED, level, render, SOURCE } from "./rendering";

const BOOK: Book = {
  tsEvent: 1n,
  symbol: "ESZ5",
  instrumentId: 1,
  bids: [level(5_000_000_000_000n)],
  asks: [level(5_000_250_000_000n)],
  bidLevels: 1,
  askLevels: 1,
  liveOrders: 2,
  crossed: false,
  locked: false,
  stale: false,
};

/** A canvas that takes every order and draws nothing: there are no pixels here. */
const PAPER = new Proxy({} as Record<string, unknown>, {
  get: (kept, name: string) => kept[name] ?? (() => ({ width: 8 })),
});

function show(change: Partial<Book>): void {
  after(() => {
    const { data, frame } = useMarket.getState();
    data.apply({ type: "book", book: { ...BOOK, ...change } });
    useMarket.setState({ frame: frame + 1, activeId: 1 });
  });
}

function shown(change: Partial<Book>): string {
  show(change);
  return render(<LadderPanel />).textContent ?? "";
}

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(
    PAPER as unknown as GPUCanvasContext,
  );
  useMarket.getState().data.clear();
  useMarket.getState().data.apply(CONNECTED);
  useSession.setState({ source: SOURCE });
});

it("says the spread in ticks and no mark of an ordinary book", () => {
  const text = shown({});
  expect(text).toContain("spread 0.25 · 1 tick");
  expect(text).not.toMatch(/crossed|locked|stale/);
});

it("marks a crossed book, and shows its spread as negative", () => {
  const text = shown({ bids: [level(5_000_750_000_000n)], crossed: true });
  expect(text).toContain("crossed");
  expect(text).toContain("spread -0.50 · -2 ticks");
});

it("marks a locked book and a stale one, and stops as soon as it is neither", () => {
  show({ locked: true, stale: true });
  const place = render(<LadderPanel />);
  expect(place.textContent).toContain("locked");
  expect(place.textContent).toContain("stale");
  show({});
  expect(place.textContent).not.toMatch(/locked|stale/);
});

it("says how much of the book there is", () => {
  expect(shown({ bidLevels: 1_200, askLevels: 7 })).toContain(
    "1,200 bid levels · 7 ask levels · 2 orders",
  );
  expect(shown({ liveOrders: null })).not.toContain("orders ·");
});

it("says which side is empty, and what a source has no book of", () => {
  expect(shown({ bids: [] })).toContain("one side is empty");
  after(() => {
    useMarket.getState().data.clear();
    useSession.setState({ source: { ...SOURCE, depth: "trades" } });
  });
  expect(render(<LadderPanel />).textContent).toContain("trades only: there is no book");
});

it("says that a source tells sizes by price, or the best of each side only", () => {
  after(() => useSession.setState({ source: { ...SOURCE, depth: "L2" } }));
  expect(shown({})).toContain("L2: sizes by price");
  after(() => useSession.setState({ source: { ...SOURCE, depth: "L1" } }));
  expect(shown({})).toContain("best bid and offer only");
});

it("follows the market until a person scrolls, and again when told to", () => {
  show({});
  const place = render(<LadderPanel />);
  const pressed = () => buttonNamed(place, "Centre").getAttribute("aria-pressed");
  expect(pressed()).toBe("true");
  const ladder = place.querySelector(".ladder-body");
  after(() => {
    ladder?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
  });
  expect(pressed()).toBe("false");
  after(() => buttonNamed(place, "Centre").click());
  expect(pressed()).toBe("true");
});
