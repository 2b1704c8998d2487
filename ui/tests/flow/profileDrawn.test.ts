import { describe, expect, it } from "vitest";
import { drawDeveloping, drawProfile } from "../../src/flow/draw/profile";
import { developingScene, profileScene } from "../../src/flow/scene/profile";
import { ns, SYMBOL } from "./messages";
import { COLOURS, Paper } from "./paper";
import { AXIS, at, BASE, plainScenes, priceOf, second, stateAt800, VIEW, WIDTH, y } from "./plain";

/** Ticks 24,020 to 24,026: bought, sold, and without a side. */
const LEVELS = [
  [20, 5, 5, 0],
  [21, 10, 10, 0],
  [22, 30, 20, 10],
  [23, 60, 40, 0],
  [24, 20, 10, 0],
  [26, 4, 0, 0],
] as const;

const PROFILE = {
  type: "VolumeProfile",
  symbol: SYMBOL,
  scope: "session",
  whole: true,
  levels: LEVELS.map(([tick, buyVolume, sellVolume, unsidedVolume]) => ({
    price: priceOf(BASE + tick),
    buyVolume,
    sellVolume,
    unsidedVolume,
  })),
  poc: priceOf(BASE + 23),
  vah: priceOf(BASE + 24),
  val: priceOf(BASE + 22),
  hvn: [priceOf(BASE + 23)],
  lvn: [priceOf(BASE + 21), priceOf(BASE + 90)],
  valueAreaVolume: 180,
  total: 214,
};

describe("the profile beside the prices", () => {
  it("has a row at the height of each price, and knows which are in the value area", () => {
    const { profile } = stateAt800(PROFILE);
    const scene = profileScene(profile, VIEW, { width: WIDTH, height: 600 });
    expect(scene.rowHeight).toBe(10);
    expect(scene.most).toBe(100);
    const rows = scene.rows.map((row) => [row.y, row.buy, row.sell, row.unsided, row.isInside]);
    expect(rows).toEqual([
      [y(BASE + 20), 5, 5, 0, false],
      [y(BASE + 21), 10, 10, 0, false],
      [y(BASE + 22), 30, 20, 10, true],
      [y(BASE + 23), 60, 40, 0, true],
      [y(BASE + 24), 20, 10, 0, true],
      [y(BASE + 26), 4, 0, 0, false],
    ]);
    expect([scene.poc, scene.vah, scene.val]).toEqual([y(BASE + 23), y(BASE + 24), y(BASE + 22)]);
    // The other is above what is seen.
    expect([scene.high, scene.low]).toEqual([[y(BASE + 23)], [y(BASE + 21)]]);
  });

  it("puts prices together where rows would be lower than two pixels, and loses no volume", () => {
    const { profile } = stateAt800(PROFILE);
    const far = { ...VIEW, ticksPerPx: 2 };
    const scene = profileScene(profile, far, { width: WIDTH, height: 600 });
    expect(scene.rows.map(({ y: height, buy }) => [height, buy])).toEqual([
      // Ticks 20 to 23, and 24 to 27: each at the middle of its four.
      [(60 - 21.5) / 2, 105],
      [(60 - 25.5) / 2, 24],
    ]);
    expect(scene.rowHeight).toBe(2);
  });

  it("is drawn as sold, bought and unsided beside each other, the value area stronger", () => {
    const { edge } = plainScenes(stateAt800(PROFILE));
    const paper = new Paper();
    drawProfile(paper.context, edge, COLOURS);
    const room = edge.frame.profile - 4;
    const bar = (colour: string, alpha: number, tick: number, from: number, to: number) => ({
      colour,
      alpha,
      x: Math.round(WIDTH + 1 + from * room),
      y: Math.round(y(BASE + tick) - 4.5),
      width: Math.round(WIDTH + 1 + to * room) - Math.round(WIDTH + 1 + from * room),
      height: 9,
    });
    expect(paper.rects).toEqual(
      expect.arrayContaining([
        bar("sell", 0.85, 22, 0, 0.2),
        bar("buy", 0.85, 22, 0.2, 0.5),
        bar("dim", 0.85, 22, 0.5, 0.6),
        bar("sell", 0.85, 23, 0, 0.4),
        bar("buy", 0.85, 23, 0.4, 1),
        bar("sell", 0.4, 21, 0, 0.1),
        bar("buy", 0.4, 26, 0, 0.04),
      ]),
    );
  });

  it("has a line at the POC and at both ends of the value area, and its nodes marked", () => {
    const { edge } = plainScenes(stateAt800(PROFILE));
    const paper = new Paper();
    drawProfile(paper.context, edge, COLOURS);
    const across = (colour: string, tick: number) => ({
      colour,
      alpha: 1,
      x: WIDTH,
      y: y(BASE + tick) - 0.5,
      width: edge.frame.profile,
      height: 1.5,
    });
    const lines = paper.rects.filter(({ height }) => height === 1.5);
    expect(lines).toEqual([across("poc", 23), across("area", 24), across("area", 22)]);
    const right = WIDTH + edge.frame.profile;
    expect(paper.rects.filter(({ colour }) => colour === "node")).toEqual([
      { colour: "node", alpha: 1, x: right - 7, y: y(BASE + 23) - 1.5, width: 6, height: 3 },
    ]);
    const [open] = paper.strokedIn("node");
    expect(open?.dash).toEqual([2, 2]);
    expect(open?.lines).toEqual([
      [
        [WIDTH + 1, y(BASE + 21) + 0.5],
        [right - 1, y(BASE + 21) + 0.5],
      ],
    ]);
  });
});

describe("developing lines", () => {
  const developing = (s: number, poc: number) => ({
    type: "Developing",
    ...at(s),
    poc: priceOf(BASE + poc),
    vah: priceOf(BASE + poc + 5),
    val: priceOf(BASE + poc - 5),
  });
  const told = [developing(60, 20), developing(120, 22), developing(600, 30)];
  const hours = {
    type: "SessionHours",
    symbol: SYMBOL,
    sessions: [
      {
        tradeDate: "2025-11-25",
        openNs: ns(second(500)),
        closeNs: ns(second(9_000)),
        regularOpenNs: ns(second(600)),
        regularCloseNs: ns(second(8_000)),
      },
    ],
  };

  it("stand at their prices from when they are known, up to now", () => {
    const { poc, vah, val } = developingScene(stateAt800(...told), AXIS);
    expect(poc.xs).toEqual([60, 120, 600, 800]);
    expect(poc.ys).toEqual([20, 22, 30, 30].map((tick) => y(BASE + tick)));
    expect(vah.ys).toEqual([25, 27, 35, 35].map((tick) => y(BASE + tick)));
    expect(val.ys).toEqual([15, 17, 25, 25].map((tick) => y(BASE + tick)));
  });

  it("are drawn as steps that end with their session", () => {
    const paper = new Paper();
    drawDeveloping(paper.context, developingScene(stateAt800(...told, hours), AXIS), COLOURS);
    const steps = (by: number) => [
      [
        [60, y(BASE + 20 + by)],
        [120, y(BASE + 20 + by)],
        [120, y(BASE + 22 + by)],
      ],
      [
        [600, y(BASE + 30 + by)],
        [800, y(BASE + 30 + by)],
        [800, y(BASE + 30 + by)],
      ],
    ];
    expect(paper.strokes.map(({ colour, dash, lines }) => [colour, dash, lines])).toEqual([
      ["area", [3, 3], steps(5)],
      ["area", [3, 3], steps(-5)],
      ["poc", [], steps(0)],
    ]);
  });
});
