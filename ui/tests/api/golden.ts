/** Messages as docs/api.md has them. */

export const SOURCE = `{"mode":"REPLAY","dataset":"GLBX.MDP3","depth":"L3","schemas":["mbo"],
 "default_symbols":["ES.FUT"],"version":"0.1.0","lag_ms":1.2,"drops":3,"gaps":1,"crossings":2,"connected":true,
 "replay":{"start_ns":"1758742200000000001","end_ns":"1758751200000000000","cursor_ns":"1758742800000000000",
 "speed":null,"paused":true,"finished":false,"loops":2}}`;

export const INSTRUMENT = `{"symbol":"ESZ5","instrument_id":294973,"publisher_id":1,"asset":"ES","instrument_class":"F",
 "is_spread":false,"tick_i64":250000000,"tick":"0.25","multiplier":50.0,"currency":"USD",
 "expiration_ns":"1766154600000000000","stype_in":"raw_symbol"}`;

export const PARENT = `{"symbol":"ES.FUT","instrument_id":null,"publisher_id":null,"asset":null,"instrument_class":null,
 "is_spread":null,"tick_i64":null,"tick":null,"multiplier":null,"currency":null,"expiration_ns":null,
 "stype_in":"parent"}`;

export const CONNECTED = `{"type":"connected","source":${SOURCE},"symbols":["ES.FUT"],
 "instruments":[${INSTRUMENT}],"schemas":["trades","mbp-10"]}`;

export const TRADE = `{"type":"trade","ts_event_unix_ns":1758742200123456789,"ts_event":"1758742200123456789",
 "symbol":"ESZ5","instrument_id":294973,"price_i64":6650250000000,"price":"6650.25","size_u32":7,"side":"B",
 "sequence":12345}`;

export const BAR = `{"type":"bar","schema":"ohlcv-1s","ts_event_unix_ns":1758742200000000000,
 "ts_event":"1758742200000000000","symbol":"ESZ5","instrument_id":294973,"open_i64":6650250000000,
 "high_i64":6650500000000,"low_i64":6650000000000,"close_i64":6650250000000,"volume_u64":30,"buy_volume_u64":20,
 "sell_volume_u64":10,"trades_u64":9,"closed":false}`;

export const BOOK = `{"type":"book","symbol":"ESZ5","instrument_id":294973,"publisher_id":1,
 "ts_event_unix_ns":1758742200123456789,"ts_event":"1758742200123456789",
 "bids":[{"price":"6650.25","price_i64":6650250000000,"size":12,"count":4}],
 "asks":[{"price":"6650.50","price_i64":6650500000000,"size":9,"count":2}],
 "bid_levels":40,"ask_levels":41,"live_orders":1234,"crossed":false,"locked":false,"stale":true}`;

export const GAP = `{"type":"gap","symbol":null,"start_ns":"1758742200000000000","end_ns":"1758742210000000000",
 "reason":"reconnected"}`;
