// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import type { Book } from "../../src/api/messages";
import { BookPanel } from "../../src/components/BookPanel";
import { useMarket } from "../../src/stores/market";
import { useSession } from "../../src/stores/session";
import { after, CONNECTED, level, render, SOURCE } from "./rendering";

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

function shown(change: Partial<Book>): string {
  after(() => {
    const { data, frame } = useMarket.getState();
    data.apply({ type: "book", book: { ...BOOK, ...change } });
    useMarket.setState({ frame: frame + 1, activeId: 1 });
  });
  return render(<BookPanel />).textContent ?? "";
}

beforeEach(() => {
  useMarket.getState().data.apply(CONNECTED);
  useSession.setState({ source: SOURCE });
});

it("says the spread in ticks and no mark of an ordinary book", () => {
  expect(shown({})).toContain("spread 0.25 · 1 tick");
  expect(shown({})).not.toMatch(/crossed|locked|stale/);
});

it("marks a crossed book, and shows its spread as negative", () => {
  const text = shown({ bids: [level(5_000_750_000_000n)], crossed: true });
  expect(text).toContain("crossed");
  expect(text).toContain("spread -0.50 · -2 ticks");
});

it("marks a locked and a stale book", () => {
  expect(shown({ bids: [level(5_000_250_000_000n)], locked: true })).toContain("locked");
  expect(shown({ stale: true })).toContain("stale");
});

it("says that one side is empty", () => {
  expect(shown({ asks: [] })).toContain("one side is empty");
});

it("shows one level where the source has no more", () => {
  useSession.setState({ source: { ...SOURCE, depth: "L1" } });
  const text = shown({});
  expect(text).toContain("best bid and offer only");
  expect(text).not.toContain("–");
});

it("says why there is no book", () => {
  after(() => {
    useSession.setState({ source: { ...SOURCE, depth: "trades" } });
    useMarket.setState({ activeId: null });
  });
  expect(render(<BookPanel />).textContent).toContain("trades only");
});
