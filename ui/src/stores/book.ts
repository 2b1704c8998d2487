/** The watched books as React sees them: the stream changes them at once, the page hears once per frame. */

import { create } from "zustand";
import type { Connection } from "../api/liveClient";
import type { Book, Problem } from "../api/messages";
import { BookState } from "../book/bookState";
import { BookStream } from "../book/bookStream";
import { inTurn } from "../drawing/turns";
import { useMarket } from "./market";
import { useSession } from "./session";

interface BookStore {
  /** Grows when a book may look otherwise. */
  frame: number;
  connection: Connection;
  problem: Problem | null;
  /** Whose book is shown where several publishers have one; null: the first. */
  publisherId: number | null;
}

export const useBook = create<BookStore>()(() => ({
  frame: 0,
  connection: { state: "idle" },
  problem: null,
  publisherId: null,
}));

let due = false;

function draw(): void {
  due = false;
  useBook.setState((now) => ({ frame: now.frame + 1 }));
}

export const bookStream = new BookStream({
  onConnection: (connection) => {
    useBook.setState(connection.state === "live" ? { connection, problem: null } : { connection });
  },
  onProblem: (problem) => useBook.setState({ problem }),
  onChange: () => {
    if (due) return;
    due = true;
    inTurn(draw);
  },
});

/** The book on the screen: the active instrument's, of the publisher that was picked. */
export function shownBook(): BookState | null {
  const { activeId, data } = useMarket.getState();
  const books = bookStream.booksOf(activeId);
  const { publisherId } = useBook.getState();
  const found = books.find((book) => book.publisherId === publisherId) ?? books[0];
  if (found !== undefined) return found;
  const plain = data.dataOf(activeId)?.book;
  return plain == null ? null : fromLevels(plain);
}

let plainBook: { of: Book; book: BookState } | null = null;

/** The ten levels of the live stream, where the source has no book stream of its own. */
function fromLevels(of: Book): BookState {
  if (plainBook?.of === of) return plainBook.book;
  const same = plainBook?.of.instrumentId === of.instrumentId ? plainBook : null;
  const book = same?.book ?? new BookState(0, of.instrumentId);
  book.showLevels(of);
  plainBook = { of, book };
  return book;
}

// Who disconnects the page disconnects its books; before the source is known there is nothing to ask.
function aim(): void {
  const { state } = useSession.getState().connection;
  const isOff = state === "idle" || state === "refused";
  bookStream.point(window.location.href, isOff ? null : useMarket.getState().activeId);
}

useMarket.subscribe((now, before) => {
  if (now.activeId !== before.activeId) aim();
});
useSession.subscribe((now, before) => {
  if (now.connection.state !== before.connection.state) aim();
});
