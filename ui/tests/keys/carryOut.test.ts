// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { settingsOf, useFlowCharts } from "../../src/flow/settings";
import { carryOut } from "../../src/keys/carryOut";
import { useSettings } from "../../src/stores/settings";

it("a digit sets the length of the candles, and of a flow chart that had one of its own", () => {
  useFlowCharts.getState().set("flow", { every: "500t", cells: "delta" });
  carryOut("interval-5m");
  expect(useSettings.getState().interval).toBe("5m");
  expect(settingsOf("flow").every).toBeNull();
  expect(settingsOf("flow").cells).toBe("delta");
});
