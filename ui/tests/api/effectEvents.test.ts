import { expect, it } from "vitest";
import { decodeEffectEvents } from "../../src/api/effectEvents";

const RECORD =
  '"record":{"instrument_id":1001,"publisher_id":1,"action":"M","side":"B","order_id":"18446744073709551615",' +
  '"order_id_u64":18446744073709551615,"price":"6650.25","price_i64":6650250000000,"size":3,"flags":128,' +
  '"channel_id":0,"ts_event":"1767623362590291942","ts_recv":"1767623362590291950","ts_in_delta":0,"sequence":9}';
const MODIFY =
  '"effect":{"kind":"modify","side":"B","old_price":"6650.00","old_price_i64":6650000000000,' +
  '"new_price":"6650.25","new_price_i64":6650250000000,"old_size":5,"new_size":3}';

function told(effect: string): string {
  return `id: 42\ndata: {"position":42,"symbol":"ESH6",${RECORD},${effect}}\n\n`;
}

it("a record and its effect keep every digit", () => {
  const [event] = decodeEffectEvents(told(MODIFY));
  expect(event).toMatchObject({
    position: 42,
    orderId: 18446744073709551615n,
    tsEvent: 1767623362590291942n,
    price: 6_650_250_000_000,
    flags: 128,
    effect: { kind: "modify", oldPrice: 6_650_000_000_000, price: 6_650_250_000_000, oldSize: 5 },
  });
});

it("no effect says why", () => {
  const [event] = decodeEffectEvents(told('"effect":{"kind":"none","reason":"unknown-order"}'));
  expect(event?.effect).toMatchObject({ kind: "none", reason: 2 });
});

it("comments and the end of the stream are no records", () => {
  const end = 'event: stream_end\ndata: {"reason":"limit","next":43}\n\n';
  expect(decodeEffectEvents(`: keep-alive\n\n${told(MODIFY)}${end}`)).toHaveLength(1);
  expect(() => decodeEffectEvents(told('"effect":{"kind":"odd"}'))).toThrow("odd");
});
