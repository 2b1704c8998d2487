import { describe, expect, it } from "vitest";
import { drawLegs, drawLevels, drawSegments, drawZones } from "../../src/flow/draw/overlays";
import { TimeAxis } from "../../src/flow/scene/timeAxis";
import { zonesScene } from "../../src/flow/scene/zones";
import { ns, SYMBOL } from "./messages";
import { COLOURS, Paper } from "./paper";
import { at, BASE, plainScenes, priceOf, second, stateAt800, VIEW, WIDTH, y } from "./plain";

describe("zones of absorption", () => {
  const zone = (tick: number, from: number, strength: string, absorptionType: string) => ({
    price: priceOf(tick),
    absorptionType,
    totalAbsorbed: 300,
    eventCount: 3,
    firstSeen: second(from),
    lastSeen: second(700),
    strength,
    atPoc: false,
    atVah: false,
    atVal: false,
    againstTrend: false,
  });
  const told = {
    type: "AbsorptionZones",
    symbol: SYMBOL,
    zones: [
      zone(BASE + 30, 100, "strong", "buying"),
      zone(BASE + 20.5, -50, "defended", "selling"),
      // Above what is seen, and after now.
      zone(BASE + 90, 100, "strong", "buying"),
      zone(BASE + 10, 900, "weak", "buying"),
    ],
  };

  it("reach from when they were first seen, or the edge, to now, the strongest first", () => {
    const { zones } = plainScenes(stateAt800(told)).prices;
    const shapes = zones.map(({ x, right, y: height, strength }) => [x, right, height, strength]);
    expect(shapes).toEqual([
      [0, 800, y(BASE + 20.5), 1],
      [100, 800, y(BASE + 30), 0.75],
    ]);
    expect(zones.map((shape) => shape.height)).toEqual([10, 10]);
    expect(zones.map(({ isNamed }) => isNamed)).toEqual([true, false]);
  });

  it("are bands in the colour of who held, darker the stronger, with an edge where they begin", () => {
    const { zones } = plainScenes(stateAt800(told)).prices;
    const paper = new Paper();
    drawZones(paper.context, zones, COLOURS);
    const rect = (colour: string, alpha: number, x: number, tick: number, width: number) => ({
      colour,
      alpha: expect.closeTo(alpha),
      x,
      y: y(tick) - 5,
      width,
      height: 10,
    });
    expect(paper.rects).toEqual([
      rect("buy", 0.22, 0, BASE + 20.5, 800),
      rect("buy", 0.85, 0, BASE + 20.5, 2),
      rect("sell", 0.1825, 100, BASE + 30, 700),
      rect("sell", 0.7, 100, BASE + 30, 2),
    ]);
  });

  it("are as high as can be seen where a tick is not", () => {
    const far = new TimeAxis({ ...VIEW, ticksPerPx: 4 }, WIDTH, null);
    const shapes = zonesScene(stateAt800(told), far, { width: WIDTH, height: 600 });
    expect(shapes.map(({ height }) => height)).toEqual([5, 5]);
  });
});

describe("levels and naked points of control", () => {
  const levels = {
    type: "Levels",
    symbol: SYMBOL,
    levels: [
      { name: "pdh", price: priceOf(BASE + 50), kind: "previous" },
      { name: "vwap+1.5", price: priceOf(BASE + 40), kind: "vwap" },
      { name: "onh", price: priceOf(BASE + 61), kind: "overnight" },
    ],
  };
  const naked = {
    type: "NakedPoc",
    symbol: SYMBOL,
    levels: [
      { price: priceOf(BASE + 45), startNs: ns(second(300)) },
      { price: priceOf(BASE + 35), startNs: ns(second(-60)) },
      { price: priceOf(BASE - 1), startNs: ns(second(300)) },
      { price: priceOf(BASE + 30), startNs: ns(second(1_001)) },
    ],
  };

  it("are lines across the plot, in dashes and the colour of their kind", () => {
    const { prices, edge } = plainScenes(stateAt800(levels), { profile: "off" });
    const paper = new Paper();
    drawLevels(paper.context, prices, COLOURS);
    const across = (tick: number) => [
      [
        [0, y(BASE + tick) + 0.5],
        [WIDTH, y(BASE + tick) + 0.5],
      ],
    ];
    expect(paper.strokes.map(({ colour, dash, lines }) => [colour, dash, lines])).toEqual([
      ["level", [6, 4], across(50)],
      ["vwap", [6, 4], across(40)],
    ]);
    expect(edge.names.map(({ text, y: height }) => [text, height])).toEqual([
      ["PDH", y(BASE + 50)],
      ["VWAP +1.5σ", y(BASE + 40)],
    ]);
  });

  it("of a bar that no price has come back to is a ray from that bar on", () => {
    const { prices } = plainScenes(stateAt800(naked), { levels: false, profile: "off" });
    expect(prices.naked).toEqual([
      { x: 300, y: y(BASE + 45) },
      { x: 0, y: y(BASE + 35) },
    ]);
    const paper = new Paper();
    drawLevels(paper.context, prices, COLOURS);
    const [rays, ...others] = paper.strokedIn("poc");
    expect(others).toEqual([]);
    expect(rays?.dash).toEqual([1, 3]);
    expect(rays?.lines).toEqual([
      [
        [300, y(BASE + 45) + 0.5],
        [WIDTH, y(BASE + 45) + 0.5],
      ],
      [
        [0, y(BASE + 35) + 0.5],
        [WIDTH, y(BASE + 35) + 0.5],
      ],
    ]);
  });
});

describe("impulse legs", () => {
  const leg = (from: number, to: number, start: number, end: number, lvn: number[]) => ({
    startNs: ns(second(from)),
    endNs: ns(second(to)),
    startPrice: priceOf(BASE + start),
    endPrice: priceOf(BASE + end),
    direction: end > start ? "bullish" : "bearish",
    score: 5,
    lvn: lvn.map((tick) => priceOf(BASE + tick)),
  });
  const told = {
    type: "Legs",
    symbol: SYMBOL,
    legs: [
      leg(120, 360, 10, 50, [22, 31]),
      leg(-60, 60, 40, 20, []),
      // Over before what is seen.
      leg(-300, -60, 10, 50, []),
    ],
  };

  it("reach from their first candle to their last, with the low-volume nodes inside them", () => {
    const { legs } = plainScenes(stateAt800(told), { legs: true }).prices;
    expect(legs).toEqual([
      {
        x: 120,
        y: y(BASE + 10),
        toX: 360,
        toY: y(BASE + 50),
        isUp: true,
        low: [y(BASE + 22), y(BASE + 31)],
      },
      { x: -60, y: y(BASE + 40), toX: 60, toY: y(BASE + 20), isUp: false, low: [] },
    ]);
    expect(plainScenes(stateAt800(told)).prices.legs).toEqual([]);
  });

  it("are broad strokes in the colour of their way, and a line on from each node", () => {
    const { prices } = plainScenes(stateAt800(told), { legs: true });
    const paper = new Paper();
    drawLegs(paper.context, prices, COLOURS);
    const broad = paper.strokes.filter(({ width }) => width === 4);
    expect(broad.map(({ colour, alpha, lines }) => [colour, alpha, lines])).toEqual([
      [
        "buy",
        0.35,
        [
          [
            [120, y(BASE + 10)],
            [360, y(BASE + 50)],
          ],
        ],
      ],
      [
        "sell",
        0.35,
        [
          [
            [-60, y(BASE + 40)],
            [60, y(BASE + 20)],
          ],
        ],
      ],
    ]);
    const nodes = paper.strokedIn("node").flatMap(({ lines }) => lines);
    expect(nodes).toEqual(
      [22, 31].map((tick) => [
        [120, y(BASE + tick)],
        [WIDTH, y(BASE + tick)],
      ]),
    );
  });
});

describe("a divergence", () => {
  it("is a line from swing to swing of the prices, in the colour of what it foretells", () => {
    const told = {
      type: "Divergence",
      id: "d",
      ...at(500),
      price: priceOf(BASE + 44),
      direction: "bearish",
      priceFrom: priceOf(BASE + 40),
      priceTo: priceOf(BASE + 44),
      cvdFrom: 90,
      cvdTo: 20,
      fromNs: ns(second(200)),
    };
    const { disagreements } = plainScenes(stateAt800(told)).prices;
    const paper = new Paper();
    drawSegments(paper.context, disagreements, COLOURS);
    expect(paper.strokes.map(({ colour, dash, lines }) => [colour, dash, lines])).toEqual([
      [
        "sell",
        [4, 2],
        [
          [
            [200, y(BASE + 40)],
            [500, y(BASE + 44)],
          ],
        ],
      ],
    ]);
  });
});
