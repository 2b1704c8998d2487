import { beforeEach, describe, expect, it, vi } from "vitest";
import { inTurn } from "../../src/drawing/turns";

describe("turns of drawing", () => {
  let frames: FrameRequestCallback[] = [];
  let nowMs = 1_000_000;
  const nextFrame = () => {
    const now = frames;
    frames = [];
    nowMs += 1000 / 60;
    for (const callback of now) callback(nowMs);
  };
  /** Until the frame is on the screen, and the page has heard of it. */
  const whenShown = () => new Promise((done) => setTimeout(done, 5));

  beforeEach(() => {
    frames = [];
    nowMs += 1_000_000;
    vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) =>
      frames.push(callback),
    );
  });

  it("gives each drawing a frame of its own, in the order in which they asked", () => {
    const drawn: string[] = [];
    for (const name of ["ladder", "heatmap", "tape"]) inTurn(() => drawn.push(name));
    nextFrame();
    expect(drawn).toEqual(["ladder"]);
    nextFrame();
    nextFrame();
    expect(drawn).toEqual(["ladder", "heatmap", "tape"]);
    expect(frames).toEqual([]);
  });

  it("forgets a wish that was taken back", () => {
    const drawn: string[] = [];
    const takeBack = inTurn(() => drawn.push("ladder"));
    inTurn(() => drawn.push("tape"));
    takeBack();
    nextFrame();
    expect(drawn).toEqual(["tape"]);
  });

  it("lets a drawing ask anew from within its own turn", () => {
    let count = 0;
    const draw = () => {
      count += 1;
      if (count < 3) inTurn(draw);
    };
    inTurn(draw);
    for (let frame = 0; frame < 5; frame += 1) nextFrame();
    expect(count).toBe(3);
    expect(frames).toEqual([]);
  });

  it("leaves a frame empty after a drawing that nearly filled its own", async () => {
    const drawn: string[] = [];
    const drawing = (name: string, takesMs: number) => () => {
      drawn.push(name);
      nowMs += takesMs;
    };
    for (const name of ["first", "second", "third"])
      inTurn(drawing(name, name === "first" ? 14 : 2));
    nextFrame();
    await whenShown();
    nowMs -= 14;
    nextFrame();
    expect(drawn).toEqual(["first"]);
    nextFrame();
    await whenShown();
    nowMs -= 2;
    nextFrame();
    expect(drawn).toEqual(["first", "second", "third"]);
  });
});
