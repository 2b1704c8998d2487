// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { StudySettings } from "../../src/settings/StudySettings";
import { render } from "../components/rendering";

const ROWS = [
  { name: "windows.length", default: "1s", set: {}, unit: "time", meaning: "How long." },
  {
    name: "absorption.least_delta_contracts",
    default: "50",
    set: { all: "30", NQ: "20" },
    unit: "contracts",
    meaning: "How much, of `delta`.",
  },
];

async function shown(rows: readonly object[]): Promise<HTMLElement> {
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(rows)));
  const place = render(<StudySettings />);
  await vi.waitFor(() => expect(place.textContent).toContain("threshold"));
  return place;
}

const names = (place: HTMLElement) =>
  [...place.querySelectorAll("code")].map(({ textContent }) => textContent);

afterEach(() => vi.unstubAllGlobals());

it("lists what is not the default, of whom, and what it would be", async () => {
  const place = await shown(ROWS);
  expect(names(place)).toEqual(["least_delta_contracts"]);
  const row = place.querySelector("li")?.textContent ?? "";
  expect(row).toContain("30 contracts");
  expect(row).toContain("NQ: 20 contracts");
  expect(row).toContain("default 50 contracts");
  expect(row).toContain("How much, of delta.");
});

it("lists all where nothing is set", async () => {
  const place = await shown(ROWS.map((row) => ({ ...row, set: {} })));
  expect(place.textContent).toContain("by the default thresholds");
  expect(names(place)).toEqual(["length", "least_delta_contracts"]);
});
