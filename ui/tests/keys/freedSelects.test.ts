// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";
import { freeSelects } from "../../src/keys/freedSelects";

let list: HTMLSelectElement;
let stop: () => void;

beforeEach(() => {
  stop = freeSelects(window);
  list = document.body.appendChild(document.createElement("select"));
  list.focus();
});

afterEach(() => {
  stop();
  list.remove();
});

function happens(type: string): void {
  list.dispatchEvent(new Event(type, { bubbles: true }));
}

it("a choice by hand gives the keys back to the page", () => {
  happens("pointerdown");
  expect(document.activeElement).toBe(list);
  happens("change");
  expect(document.activeElement).not.toBe(list);
});

it("a choice by keys leaves the focus, for the next step", () => {
  happens("keydown");
  happens("change");
  expect(document.activeElement).toBe(list);
});

it("who points first and goes on by keys keeps it too", () => {
  happens("pointerdown");
  happens("keydown");
  happens("change");
  expect(document.activeElement).toBe(list);
});
