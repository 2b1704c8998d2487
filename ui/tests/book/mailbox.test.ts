import { expect, it } from "vitest";
import { type Mail, Mailbox } from "../../src/book/mailbox";

function mailbox(mostBytes = 1_000) {
  const posted: Mail[][] = [];
  const overflows: number[] = [];
  const box = new Mailbox(
    (messages) => posted.push(messages),
    (unread) => overflows.push(unread),
    mostBytes,
  );
  return { box, posted, overflows };
}

it("hands a message over at once to a page that waits", () => {
  const { box, posted } = mailbox();
  box.put("a");
  expect(posted).toEqual([["a"]]);
});

it("keeps what comes meanwhile, and hands it over together and in order", () => {
  const { box, posted } = mailbox();
  for (const message of ["a", "b", "c"]) box.put(message);
  expect(posted).toEqual([["a"]]);
  box.ready();
  expect(posted).toEqual([["a"], ["b", "c"]]);
  box.ready();
  box.put("d");
  expect(posted.at(-1)).toEqual(["d"]);
});

it("gives up, once, on a page that is too far behind, and tells what it throws away", () => {
  const { box, posted, overflows } = mailbox(100);
  box.put(new ArrayBuffer(64));
  box.put(new ArrayBuffer(64));
  expect(overflows).toEqual([]);
  box.put(new ArrayBuffer(64));
  expect(overflows).toEqual([2]);
  box.ready();
  expect(posted.length).toBe(1);
});
