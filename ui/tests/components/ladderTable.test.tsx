// @vitest-environment happy-dom
import { expect, it } from "vitest";
import type { BookState } from "../../src/book/bookState";
import { LadderTable } from "../../src/components/LadderTable";
import { columnsFor } from "../../src/ladder/columns";
import { groupDepth } from "../../src/ladder/rows";
import type { Scene } from "../../src/ladder/scene";
import { render } from "./rendering";

function table(width: number): { columnPx: number | undefined; places: DOMStringMap } {
  const book = { bids: [], asks: [], position: 0 } as unknown as BookState;
  const columns = columnsFor(width, 40, true);
  const scene: Scene = {
    book,
    step: 1,
    tick: 1,
    depth: groupDepth(book, 1),
    volume: new Map(),
    mostVolume: 38,
    columns,
    view: { centre: 100, rowPx: 20, topPx: 20, heightPx: 220 },
    scale: 40,
    last: null,
    followedId: null,
    hovered: null,
  };
  const drawn = render(<LadderTable scene={scene} />).querySelector("table");
  if (drawn === null) throw new Error("no table");
  return { columnPx: columns.find(({ name }) => name === "volume")?.width, places: drawn.dataset };
}

it("tells where traded volume is drawn, and how long a contract of it", () => {
  const { columnPx = 0, places } = table(700);
  expect(Number(places.tradedPx)).toBeCloseTo((columnPx - 2) / 38);
  expect(places.volumeX).toBeDefined();
});

it("tells nothing of volume that is not drawn", () => {
  const { places } = table(200);
  expect([places.volumeX, places.tradedPx]).toEqual([undefined, undefined]);
});
