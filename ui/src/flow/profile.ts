/** Volume by price, as the server tells it: whole at first, then the levels that changed. */

import type { VolumeProfile } from "./wire";

export interface ProfileRow {
  buy: number;
  sell: number;
  unsided: number;
}

export class Profile {
  readonly rows = new Map<number, ProfileRow>();
  poc: number | null = null;
  vah: number | null = null;
  val: number | null = null;
  hvn: number[] = [];
  lvn: number[] = [];
  total = 0;

  apply(message: VolumeProfile, tick: number): void {
    const ticksOf = (price: number) => Math.round(price / tick);
    const orNull = (price: number | null) => (price === null ? null : ticksOf(price));
    if (message.whole) this.rows.clear();
    for (const { price, buyVolume, sellVolume, unsidedVolume } of message.levels) {
      const row = { buy: buyVolume, sell: sellVolume, unsided: unsidedVolume };
      this.rows.set(ticksOf(price), row);
    }
    this.poc = orNull(message.poc);
    this.vah = orNull(message.vah);
    this.val = orNull(message.val);
    this.hvn = message.hvn.map(ticksOf);
    this.lvn = message.lvn.map(ticksOf);
    this.total = message.total;
  }

  clear(): void {
    this.rows.clear();
    [this.poc, this.vah, this.val] = [null, null, null];
    [this.hvn, this.lvn, this.total] = [[], [], 0];
  }
}
