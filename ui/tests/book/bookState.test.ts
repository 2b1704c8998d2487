import { describe, expect, it } from "vitest";
import { BookState } from "../../src/book/bookState";
import { decodeBook } from "../../src/book/decode";
import { orderId, orderSize } from "../../src/book/orders";
import type { BookSideLetter } from "../../src/book/wire";
import {
  bookMessage,
  eventsMessage,
  type LevelOf,
  numbersFrom,
  resetMessage,
  volumeMessage,
} from "./messages";

const TICK = 250_000_000;

function snapshot(levels: LevelOf[], sequence = 5): BookState {
  const book = new BookState(1, 7);
  book.apply(decodeBook(bookMessage(levels, { sequence, touch: 1 })));
  return book;
}

const pricesOf = (book: BookState) => [
  book.bids.map((level) => level.price),
  book.asks.map((level) => level.price),
];

describe("a book", () => {
  it("is what its snapshot says, replacing what was there", () => {
    const book = snapshot([{ side: "B", price: 100 * TICK, size: 3 }]);
    book.apply(
      decodeBook(
        bookMessage(
          [
            { side: "B", price: 99 * TICK, orders: [{ id: 5n, size: 2 }] },
            { side: "A", price: 101 * TICK, size: 4, count: 2 },
          ],
          { sequence: 9, flags: 2, position: 77, timeNs: 123n },
        ),
      ),
    );
    expect(pricesOf(book)).toEqual([[99 * TICK], [101 * TICK]]);
    expect(book.isCrossed).toBe(true);
    expect(book.isStale).toBe(false);
    expect([book.position, book.timeNs, book.sequence]).toEqual([77, 123n, 9]);
    expect(book.levelAt("B", 99 * TICK)?.size).toBe(2);
    expect(book.levelAt("A", 99 * TICK)).toBeNull();
  });

  it("changes the levels that are named and leaves the others as they were", () => {
    const book = snapshot([
      { side: "B", price: 100 * TICK, size: 3 },
      { side: "B", price: 98 * TICK, size: 1 },
      { side: "A", price: 101 * TICK, size: 4 },
    ]);
    const changes: LevelOf[] = [
      { side: "B", price: 100 * TICK, size: 0 },
      { side: "B", price: 99 * TICK, size: 8 },
      { side: "A", price: 101 * TICK, size: 5 },
    ];
    expect(book.apply(decodeBook(bookMessage(changes, { kind: 2, sequence: 6, touch: 1 })))).toBe(
      "applied",
    );
    expect(pricesOf(book)).toEqual([[99 * TICK, 98 * TICK], [101 * TICK]]);
    expect(book.asks[0]?.size).toBe(5);
  });

  it("forgets what was added and cancelled at every level when the best prices change", () => {
    const book = snapshot([
      { side: "B", price: 100 * TICK, size: 3, added: 7, cancelled: 2 },
      { side: "A", price: 101 * TICK, size: 4, added: 1 },
    ]);
    const changed: LevelOf[] = [{ side: "B", price: 99 * TICK, size: 1, added: 1 }];
    book.apply(decodeBook(bookMessage(changed, { kind: 2, sequence: 6, touch: 2 })));
    expect(book.bids.map((level) => [level.added, level.cancelled])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(book.asks[0]?.added).toBe(0);
  });

  it("tells that changes were missed, and takes no more until a snapshot comes", () => {
    const book = snapshot([{ side: "B", price: 100 * TICK, size: 3 }]);
    const changes = (sequence: number) =>
      decodeBook(
        bookMessage([{ side: "B", price: 100 * TICK, size: 9 }], { kind: 2, sequence, touch: 1 }),
      );
    expect(book.apply(changes(7))).toBe("missed");
    expect(book.isWhole).toBe(false);
    expect(book.apply(changes(8))).toBe("missed");
    expect(book.bids[0]?.size).toBe(3);
    book.apply(decodeBook(bookMessage([], { sequence: 8 })));
    expect(book.isWhole).toBe(true);
  });

  it("keeps the volume at each price, of which later messages tell what changed", () => {
    const book = new BookState(1, 7);
    book.apply(
      decodeBook(
        volumeMessage([
          { price: TICK, bought: 3 },
          { price: 2 * TICK, sold: 1 },
        ]),
      ),
    );
    book.apply(decodeBook(volumeMessage([{ price: TICK, bought: 4, neither: 1 }])));
    expect([...book.volume.values()].map((v) => [v.price, v.bought, v.sold, v.neither])).toEqual([
      [TICK, 4, 0, 1],
      [2 * TICK, 0, 1, 0],
    ]);
  });

  it("is empty after a reset", () => {
    const book = snapshot([{ side: "B", price: 100 * TICK, size: 3 }]);
    book.apply(decodeBook(eventsMessage([{ orderId: 1n, action: "A" }])));
    book.apply(decodeBook(resetMessage()));
    expect([book.bids.length, book.events.end - book.events.begin]).toEqual([0, 0]);
    expect(book.isWhole).toBe(false);
  });
});

interface Resting {
  id: bigint;
  side: BookSideLetter;
  price: number;
  size: number;
}

/** A level of the brute-force book, as a message names it. */
function levelOf(orders: Resting[], side: BookSideLetter, price: number): LevelOf {
  const here = orders.filter((order) => order.side === side && order.price === price);
  return { side, price, orders: here.map(({ id, size }) => ({ id, size })) };
}

describe("any sequence of changes", () => {
  it.each([1, 2, 3, 4, 5])("gives the book that was built order by order (seed %i)", (seed) => {
    const random = numbersFrom(seed);
    const orders: Resting[] = [];
    const book = new BookState(1, 7);
    let sequence = 0;
    book.apply(decodeBook(bookMessage([], { sequence })));
    for (let step = 0; step < 300; step += 1) {
      const touched = new Map<string, [BookSideLetter, number]>();
      for (let n = 0; n < 1 + Math.floor(random() * 4); n += 1) {
        const side = random() < 0.5 ? "B" : "A";
        const away = 1 + Math.floor(random() * 30);
        const price = (side === "B" ? 1_000 - away : 1_000 + away) * TICK;
        const at = Math.floor(random() * orders.length);
        const gone = random() < 0.45 ? orders.splice(at, 1)[0] : undefined;
        if (gone !== undefined) touched.set(`${gone.side}${gone.price}`, [gone.side, gone.price]);
        else {
          const id = (BigInt(Math.floor(random() * 2 ** 32)) << 31n) + BigInt(step);
          orders.push({ id, side, price, size: 1 + Math.floor(random() * 50) });
          touched.set(`${side}${price}`, [side, price]);
        }
      }
      sequence += 1;
      const levels = [...touched.values()].map(([side, price]) => levelOf(orders, side, price));
      book.apply(decodeBook(bookMessage(levels, { kind: 2, sequence })));
    }
    for (const side of ["B", "A"] as const) {
      const prices = [...new Set(orders.filter((o) => o.side === side).map((o) => o.price))];
      prices.sort((a, b) => (side === "B" ? b - a : a - b));
      expect(
        book.side(side).map((level) => ({
          price: level.price,
          size: level.size,
          orders: Array.from({ length: level.count }, (_, i) => [
            orderId(level.orders, i),
            orderSize(level.orders, i),
          ]),
        })),
      ).toEqual(
        prices.map((price) => {
          const here = orders.filter((o) => o.side === side && o.price === price);
          const size = here.reduce((sum, o) => sum + o.size, 0);
          return { price, size, orders: here.map((o) => [o.id, o.size]) };
        }),
      );
    }
  });
});
