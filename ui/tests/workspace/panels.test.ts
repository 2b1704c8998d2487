// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { arranged, LASTING, PANELS, panelNamed } from "../../src/workspace/panels";

it("every panel has a name of its own, by which it is found", () => {
  expect(new Set(PANELS.map((panel) => panel.id)).size).toBe(PANELS.length);
  expect(new Set(PANELS.map((panel) => panel.title)).size).toBe(PANELS.length);
  for (const panel of PANELS) expect(panelNamed(panel.id)).toBe(panel);
  expect(panelNamed("of another version")).toBeNull();
});

it("what opens by itself is not kept in a layout", () => {
  expect(LASTING.map((panel) => panel.id)).not.toContain("history");
});

it("a source of trades begins with its flow, signals and tape in front; what needs a book is behind", () => {
  const front = (depth: string) => {
    const first = new Map<string, string>();
    for (const { id, place } of arranged(depth)) if (!first.has(place)) first.set(place, id);
    return [...first.values()];
  };
  expect(front("trades")).toEqual(["flow", "signal-history", "signals", "tape"]);
  expect(front("L3").slice(0, 3)).toEqual(["chart", "heatmap", "book"]);
  const all = (depth: string) => new Set(arranged(depth).map(({ id }) => id));
  expect(all("trades")).toEqual(all("L3"));
});

it("a panel can be held to a symbol, where there is such a panel", () => {
  expect(panelNamed("chart@NQZ5")).toMatchObject({ id: "chart@NQZ5", title: "Chart NQZ5" });
  expect(panelNamed("chart@")).toBeNull();
  expect(panelNamed("heatmap@NQZ5")).toBeNull();
  expect(LASTING.map((panel) => panel.id).filter((id) => id.includes("@"))).toEqual([]);
});
