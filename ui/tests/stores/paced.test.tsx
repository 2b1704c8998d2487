// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { create } from "zustand";
import { redraw, useMarket } from "../../src/stores/market";
import { usePacedFrame } from "../../src/stores/paced";
import { after as happen, render } from "../components/rendering";

/** What is late is drawn in a frame of its own: the next one that nobody else has. */
const FRAME_MS = 17;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "performance", "requestAnimationFrame"],
  });
});
afterEach(() => vi.useRealTimers());

describe("a panel with a pace of its own", () => {
  it("hears the first frame after a rest at once, those that follow together, and always the last", () => {
    const store = create<{ frame: number }>()(() => ({ frame: 0 }));
    const drawn: number[] = [];
    function Panel() {
      const frame = usePacedFrame(store, 200);
      if (drawn.at(-1) !== frame) drawn.push(frame);
      return null;
    }
    render(<Panel />);
    const come = (frame: number) => happen(() => store.setState({ frame }));
    const wait = (ms: number) => happen(() => vi.advanceTimersByTime(ms));
    wait(300);
    come(1);
    expect(drawn).toEqual([0, 1]);
    for (const frame of [2, 3, 4]) {
      wait(50);
      come(frame);
    }
    expect(drawn).toEqual([0, 1]);
    wait(50 + FRAME_MS);
    expect(drawn).toEqual([0, 1, 4]);
    come(5);
    wait(199);
    expect(drawn).toEqual([0, 1, 4]);
    wait(1 + FRAME_MS);
    expect(drawn).toEqual([0, 1, 4, 5]);
    wait(1_000);
    expect(drawn).toEqual([0, 1, 4, 5]);
  });
});

describe("the market's pace", () => {
  it("draws at the next frame after a rest, then ten times a second, the last change too", () => {
    vi.advanceTimersByTime(1_000);
    const begin = useMarket.getState().frame;
    const frames = () => useMarket.getState().frame - begin;
    redraw();
    vi.advanceTimersByTime(20);
    expect(frames()).toBe(1);
    for (let ms = 0; ms < 1_000; ms += 10) {
      redraw();
      vi.advanceTimersByTime(10);
    }
    expect(frames()).toBeLessThanOrEqual(11);
    expect(frames()).toBeGreaterThanOrEqual(8);
    const before = frames();
    redraw();
    vi.advanceTimersByTime(200);
    expect(frames()).toBe(before + 1);
  });
});
