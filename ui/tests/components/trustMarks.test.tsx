// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import { TrustMarks } from "../../src/components/TrustMarks";
import { noteLoss, useBookLosses } from "../../src/stores/bookLosses";
import { after, render, SOURCE } from "./rendering";

beforeEach(() => useBookLosses.setState({ conflated: 0, begunAnew: 0 }));

function drops(place: HTMLElement): HTMLElement {
  const marks = [...place.querySelectorAll<HTMLElement>(".mark")];
  const found = marks.find((mark) => mark.textContent?.startsWith("drops"));
  if (found === undefined) throw new Error("no drops are shown");
  return found;
}

it("drops are those of the trades and of every book stream, told apart in the title", () => {
  const place = render(<TrustMarks source={{ ...SOURCE, drops: 3 }} />);
  expect(drops(place).textContent).toBe("drops 3");
  after(() => noteLoss({ conflated: 40, begunAnew: 2 }));
  after(() => noteLoss({ conflated: 1, begunAnew: 1 }));
  expect(drops(place).textContent).toBe("drops 44");
  expect(drops(place).title).toContain("Trades and closed bars dropped: 3");
  expect(drops(place).title).toContain("left out, a later snapshot tells more: 41");
  expect(drops(place).title).toContain("Books begun anew: 3");
});

it("a page that got everything is not marked", () => {
  const place = render(<TrustMarks source={SOURCE} />);
  expect(drops(place).className).toBe("mark");
  after(() => noteLoss({ conflated: 1, begunAnew: 0 }));
  expect(drops(place).className).toBe("mark bad");
});

it("a book that began anew is marked where nothing was left out, and nobody is blamed for it", () => {
  const place = render(<TrustMarks source={SOURCE} />);
  after(() => noteLoss({ conflated: 0, begunAnew: 1 }));
  expect(drops(place).textContent).toBe("drops 0");
  expect(drops(place).className).toBe("mark bad");
  expect(drops(place).title).toContain("Books begun anew: 1");
  expect(drops(place).title).not.toContain("slowly");
});
