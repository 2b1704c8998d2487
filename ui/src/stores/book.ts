/** The watched books as React sees them: a stream changes them at once, the page hears once per frame. */

import { createContext, useContext } from "react";
import { create } from "zustand";
import type { Connection } from "../api/liveClient";
import type { Book, Problem } from "../api/messages";
import { BookState } from "../book/bookState";
import { BookStream } from "../book/bookStream";
import { inTurn } from "../drawing/turns";
import { noteLoss } from "./bookLosses";
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

/** The books of one instrument at a time, over a connection of their own. */
export class BookView {
  readonly use = create<BookStore>()(() => ({
    frame: 0,
    connection: { state: "idle" },
    problem: null,
    publisherId: null,
  }));
  readonly stream: BookStream;
  private due = false;
  private plain: { of: Book; book: BookState } | null = null;

  /** `idOf` tells the instrument whose books these are. */
  constructor(readonly idOf: () => number | null) {
    this.stream = new BookStream({
      onConnection: (connection) => {
        this.use.setState(
          connection.state === "live" ? { connection, problem: null } : { connection },
        );
      },
      onProblem: (problem) => this.use.setState({ problem }),
      onLoss: noteLoss,
      onChange: () => {
        if (this.due) return;
        this.due = true;
        inTurn(() => {
          this.due = false;
          this.use.setState((now) => ({ frame: now.frame + 1 }));
        });
      },
    });
  }

  /** The book on the screen: of the publisher that was picked. */
  shown(): BookState | null {
    const id = this.idOf();
    const books = this.stream.booksOf(id);
    const { publisherId } = this.use.getState();
    const found = books.find((book) => book.publisherId === publisherId) ?? books[0];
    if (found !== undefined) return found;
    const plain = useMarket.getState().data.dataOf(id)?.book;
    return plain == null ? null : this.fromLevels(plain);
  }

  /** Who disconnects the page disconnects its books; before the source is known there is nothing to ask. */
  aim(): void {
    const { state } = useSession.getState().connection;
    const isOff = state === "idle" || state === "refused";
    this.stream.point(window.location.href, isOff ? null : this.idOf());
  }

  /** The ten levels of the live stream, where the source has no book stream of its own. */
  private fromLevels(of: Book): BookState {
    if (this.plain?.of === of) return this.plain.book;
    const same = this.plain?.of.instrumentId === of.instrumentId ? this.plain : null;
    const book = same?.book ?? new BookState(0, of.instrumentId);
    book.showLevels(of);
    this.plain = { of, book };
    return book;
  }
}

/** The books of the instrument that the page follows. */
const main = new BookView(() => useMarket.getState().activeId);
const pinned = new Map<string, BookView>();

export const useBook = main.use;
export const bookStream = main.stream;

export function shownBook(): BookState | null {
  return main.shown();
}

/** The books of a symbol, for panels that are held to it. */
export function booksOfSymbol(symbol: string): BookView {
  const known = pinned.get(symbol);
  if (known !== undefined) return known;
  const made = new BookView(() => idOfSymbol(symbol));
  pinned.set(symbol, made);
  made.aim();
  return made;
}

function idOfSymbol(symbol: string): number | null {
  const { instruments } = useMarket.getState().data;
  return instruments.find((one) => one.symbol === symbol)?.instrumentId ?? null;
}

/** The books that the panels inside show. */
export const Books = createContext<BookView>(main);

export function useBookView(): BookView {
  return useContext(Books);
}

useMarket.subscribe((now, before) => {
  if (now.activeId !== before.activeId) main.aim();
  // The instruments are changed in place: to aim where one aims already costs nothing.
  if (now.frame !== before.frame) for (const view of pinned.values()) view.aim();
});
useSession.subscribe((now, before) => {
  if (now.connection.state === before.connection.state) return;
  for (const view of [main, ...pinned.values()]) view.aim();
});
