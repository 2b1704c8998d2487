import { describe, expect, it } from "vitest";
import { BookState } from "../../src/book/bookState";
import { decodeBook } from "../../src/book/decode";
import { advance, type Followed, follow } from "../../src/book/follow";
import { Flag } from "../../src/book/wire";
import { fateText } from "../../src/ladder/words";
import { bookMessage, type EventOf, eventsMessage, type LevelOf, resetMessage } from "./messages";

const TICK = 10_000_000;
const PRICE = 6_483 * TICK;
const [FIRST, MINE, LAST] = [11n, 12n, 13n];
const CANCEL = 2;
const MODIFY = 3;

/** A book whose level at 64.83 has these orders, and the one that is followed among them. */
class Market {
  readonly book = new BookState(1, 7);
  followed: Followed;
  private sequence = 0;
  private position = 0;

  constructor() {
    this.snapshot([
      { id: FIRST, size: 4 },
      { id: MINE, size: 5 },
      { id: LAST, size: 2 },
    ]);
    this.followed = follow(this.book, MINE, "B", PRICE);
  }

  private levels(orders: { id: bigint; size: number }[]): LevelOf[] {
    return [
      { side: "B", price: PRICE, orders },
      { side: "B", price: PRICE - 5 * TICK, orders: [{ id: 90n, size: 1 }] },
    ];
  }

  snapshot(orders: { id: bigint; size: number }[]): void {
    this.sequence += 1;
    this.book.apply(decodeBook(bookMessage(this.levels(orders), { sequence: this.sequence })));
  }

  /** What a step of the stream brings: records, then the queue that they left. */
  step(events: EventOf[], orders: { id: bigint; size: number }[]): Followed {
    const told = events.map((event, i) => ({ position: this.position + i, ...event }));
    this.position += events.length;
    this.sequence += 1;
    const [level] = this.levels(orders);
    if (level === undefined) throw new Error("no level");
    const { sequence, position } = this;
    this.book.apply(decodeBook(bookMessage([level], { kind: 2, sequence, position })));
    this.hear(told);
    this.followed = advance(this.followed, this.book);
    return this.followed;
  }

  hear(events: EventOf[]): void {
    this.book.apply(decodeBook(eventsMessage(events, { flags: Flag.followed })));
  }

  get text(): string {
    return fateText(this.followed, TICK, "utc");
  }
}

const fill = (size: number): EventOf => ({ orderId: MINE, action: "F", price: PRICE, size });
const cancel = (size: number): EventOf => ({
  orderId: MINE,
  action: "C",
  price: PRICE,
  size,
  tsEvent: 5n,
  effect: { kind: CANCEL, price: PRICE, size },
});
const modify = (price: number, oldSize: number, size: number): EventOf => ({
  orderId: MINE,
  action: "M",
  price,
  size,
  effect: { kind: MODIFY, price, oldPrice: PRICE, size, oldSize },
});

describe("a followed order", () => {
  it("has a place in its queue, that counts down as those before it go", () => {
    const market = new Market();
    expect(market.text).toBe("5 at 64.83 · 2nd of 3 · 4 ahead");
    market.step(
      [{ orderId: FIRST, action: "C", size: 4 }],
      [
        { id: MINE, size: 5 },
        { id: LAST, size: 2 },
      ],
    );
    expect(market.text).toBe("5 at 64.83 · 1st of 2 · next to fill");
  });

  it("fills in parts, each told by its fill and settled by the cancel behind it", () => {
    const market = new Market();
    market.step([fill(3), cancel(3)], [{ id: MINE, size: 2 }]);
    expect(market.text).toBe("2 at 64.83 · 1st of 1 · next to fill · filled 3 of 5 at 64.83");
    market.step([fill(2), cancel(2)], []);
    expect(market.followed).toMatchObject({ fate: "filled", filled: 5, cancelled: 0 });
    expect(market.text).toContain("filled 5 of 5 at 64.83");
  });

  it("fills in parts also where a modify tells what is left", () => {
    const market = new Market();
    market.step([fill(3), modify(PRICE, 5, 2)], [{ id: MINE, size: 2 }]);
    expect(market.followed).toMatchObject({ fate: "resting", filled: 3, cancelled: 0, size: 2 });
  });

  it("is cancelled where no fill came before", () => {
    const market = new Market();
    market.step([cancel(5)], [{ id: FIRST, size: 4 }]);
    expect(market.followed).toMatchObject({ fate: "cancelled", filled: 0, cancelled: 5 });
    expect(market.text).toMatch(/^cancelled 5 at 64\.83/);
  });

  it("is cancelled for what was left after a fill", () => {
    const market = new Market();
    market.step([fill(3), cancel(3)], [{ id: MINE, size: 2 }]);
    market.step([cancel(2)], []);
    expect(market.text).toMatch(/^cancelled 2 at 64\.83 · filled 3 of 5 at 64\.83/);
  });

  it("is told to be reduced when its owner made it smaller", () => {
    const market = new Market();
    market.step([modify(PRICE, 5, 4)], [{ id: MINE, size: 4 }]);
    expect(market.text).toContain("reduced by 1");
  });

  it("is followed to another price", () => {
    const market = new Market();
    const there = PRICE - 5 * TICK;
    const levels: LevelOf[] = [
      { side: "B", price: PRICE, orders: [{ id: FIRST, size: 4 }] },
      { side: "B", price: there, orders: [90n, MINE].map((id) => ({ id, size: 5 })) },
    ];
    const header = { kind: 2, sequence: 2, position: 1 };
    market.book.apply(decodeBook(bookMessage(levels, header)));
    market.hear([modify(there, 5, 5)]);
    expect(advance(market.followed, market.book)).toMatchObject({
      fate: "resting",
      price: there,
      place: 1,
      ahead: 5,
    });
  });

  it("that went without a record seen is said to be gone, until its records come", () => {
    const market = new Market();
    market.step([], [{ id: FIRST, size: 4 }]);
    expect(market.followed.fate).toBe("gone");
    expect(market.text).toContain("no longer in the book");
    market.step([fill(5), cancel(5)], [{ id: FIRST, size: 4 }]);
    expect(market.followed.fate).toBe("filled");
  });

  it("is told of by its own messages, not by the latest records of the book", () => {
    const market = new Market();
    market.book.apply(decodeBook(eventsMessage([{ ...cancel(5), position: 0 }])));
    expect(market.step([], [{ id: FIRST, size: 4 }]).fate).toBe("gone");
  });

  it("hears no record twice, nor what was so before it was picked", () => {
    const market = new Market();
    market.step([fill(2), cancel(2)], [{ id: MINE, size: 3 }]);
    market.followed = follow(market.book, MINE, "B", PRICE);
    market.hear([fill(2), { ...cancel(2), position: 1 }]);
    market.step([fill(3), cancel(3)], []);
    market.hear([0, 1, 2, 3].map((position) => ({ ...fill(9), position })));
    expect(market.step([], [])).toMatchObject({ fate: "filled", filled: 3, cancelled: 0 });
  });

  it("is heard of from another server too, which counts its records anew", () => {
    const market = new Market();
    const other: EventOf = { orderId: FIRST, action: "C" };
    market.step([other, other, fill(2), cancel(2)], [{ id: MINE, size: 3 }]);
    market.book.expectAnew();
    const level: LevelOf = { side: "B", price: PRICE, orders: [{ id: FIRST, size: 1 }] };
    market.book.apply(decodeBook(bookMessage([level], { position: 2 })));
    market.hear([
      { ...fill(3), position: 0 },
      { ...cancel(3), position: 1 },
    ]);
    expect(advance(market.followed, market.book)).toMatchObject({ fate: "filled", filled: 5 });
  });

  it("is beyond what is shown where its level fell out of it", () => {
    const market = new Market();
    const far = [modify(PRICE - 50 * TICK, 5, 5)];
    expect(market.step(far, [{ id: FIRST, size: 4 }]).fate).toBe("beyond");
  });

  it("lives again after a seek back", () => {
    const market = new Market();
    market.step([fill(5), cancel(5)], []);
    market.book.apply(decodeBook(resetMessage()));
    market.snapshot([{ id: MINE, size: 5 }]);
    market.followed = advance(market.followed, market.book);
    expect(market.followed).toMatchObject({ fate: "resting", filled: 0, place: 0 });
  });
});
