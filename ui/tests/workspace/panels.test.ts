// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { LASTING, PANELS, panelNamed } from "../../src/workspace/panels";

it("every panel has a name of its own, by which it is found", () => {
  expect(new Set(PANELS.map((panel) => panel.id)).size).toBe(PANELS.length);
  expect(new Set(PANELS.map((panel) => panel.title)).size).toBe(PANELS.length);
  for (const panel of PANELS) expect(panelNamed(panel.id)).toBe(panel);
  expect(panelNamed("of another version")).toBeNull();
});

it("what opens by itself is not kept in a layout", () => {
  expect(LASTING.map((panel) => panel.id)).not.toContain("history");
});

it("a panel can be held to a symbol, where there is such a panel", () => {
  expect(panelNamed("chart@NQZ5")).toMatchObject({ id: "chart@NQZ5", title: "Chart NQZ5" });
  expect(panelNamed("chart@")).toBeNull();
  expect(panelNamed("heatmap@NQZ5")).toBeNull();
  expect(LASTING.map((panel) => panel.id).filter((id) => id.includes("@"))).toEqual([]);
});
