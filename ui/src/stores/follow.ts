/** The order that a person follows, wherever on the page it was picked. */

import { create } from "zustand";
import type { BookState } from "../book/bookState";
import { advance, type Followed, follow } from "../book/follow";
import type { BookSideLetter } from "../book/wire";
import { bookStream, shownBook, useBook } from "./book";
import { useMarket } from "./market";

interface FollowStore {
  followed: Followed | null;
  /** Follow an order of a book; of the one that is shown unless told. */
  pick(orderId: bigint, side: BookSideLetter, price: number, of?: BookState): void;
  end(): void;
}

let release: (() => void) | null = null;

export const useFollow = create<FollowStore>()((set) => ({
  followed: null,
  pick: (orderId, side, price, of) => {
    const book = of ?? shownBook();
    if (book === null) return;
    // Also while no panel of orders is seen; only its records themselves tell a fill from a cancel.
    release ??= bookStream.watch({ orders: true });
    bookStream.followOrder(orderId);
    set({ followed: follow(book, orderId, side, price) });
  },
  end: () => {
    release?.();
    release = null;
    bookStream.followOrder(null);
    set({ followed: null });
  },
}));

useBook.subscribe((now, before) => {
  if (now.frame === before.frame) return;
  const { followed } = useFollow.getState();
  if (followed === null) return;
  const books = bookStream.booksOf(followed.instrumentId);
  const book = books.find(({ publisherId }) => publisherId === followed.publisherId);
  if (book?.isWhole !== true) return;
  useFollow.setState({ followed: advance(followed, book) });
});

// Of another instrument's orders nothing is heard any more.
useMarket.subscribe((now) => {
  const { followed, end } = useFollow.getState();
  if (followed !== null && followed.instrumentId !== now.activeId) end();
});
