// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Toasts } from "../../src/components/Toasts";
import { useAlerts } from "../../src/stores/alerts";
import { after, render } from "./rendering";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function tell(text: string): void {
  after(() => useAlerts.getState().tell({ alarm: "level", direction: null, text, tsNs: 1n }));
}

it("an alert goes by its own time, whatever is told after it", () => {
  useAlerts.setState({ toasts: [] });
  const place = render(<Toasts />);
  tell("first");
  after(() => vi.advanceTimersByTime(5_000));
  tell("second");
  expect(place.textContent).toBe("second");
  after(() => vi.advanceTimersByTime(3_500));
  expect(useAlerts.getState().toasts.map(({ text }) => text)).toEqual(["second"]);
  after(() => vi.advanceTimersByTime(5_000));
  expect(place.textContent).toBe("");
});
