/** What all book streams of the page did not get as it was sent, since the page was opened. */

import { create } from "zustand";
import type { BookStatus } from "../book/bookClient";

export const useBookLosses = create<BookStatus>()(() => ({ conflated: 0, begunAnew: 0 }));

/** Count what a stream did not get. */
export function noteLoss({ conflated, begunAnew }: BookStatus): void {
  useBookLosses.setState((now) => ({
    conflated: now.conflated + conflated,
    begunAnew: now.begunAnew + begunAnew,
  }));
}
