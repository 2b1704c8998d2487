// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { useFollow } from "../../src/stores/follow";
import { useMarket } from "../../src/stores/market";

it("follows an order of the shown instrument, and no longer when another is shown", () => {
  const { data } = useMarket.getState();
  const level = { price: 5_000_000_000_000n, size: 3, count: 1 };
  data.apply({
    type: "book",
    book: {
      tsEvent: 1n,
      symbol: "ESZ5",
      instrumentId: 1,
      bids: [level],
      asks: [],
      bidLevels: 1,
      askLevels: 0,
      liveOrders: 1,
      crossed: false,
      locked: false,
      stale: false,
    },
  });
  useMarket.setState({ activeId: 1 });
  useFollow.getState().pick(7n, "B", 5_000_000_000_000);
  expect(useFollow.getState().followed?.orderId).toBe(7n);
  useMarket.setState({ activeId: 2 });
  expect(useFollow.getState().followed).toBeNull();
});
