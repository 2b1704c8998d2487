import { type Bar, firstFrom } from "./bars";

/** Bars of one instrument and schema in time order, no more than `most`. */
export class BarSeries {
  readonly bars: Bar[] = [];
  /** Changes whenever something other than the newest bar changed: whoever draws starts over. */
  epoch = 0;

  constructor(private readonly most = 20_000) {}

  /** Put a bar in its place: the newest is updated or followed; an older one is replaced. */
  put(bar: Bar): void {
    const last = this.bars.at(-1);
    if (last === undefined || bar.startS > last.startS) {
      this.bars.push(bar);
      if (this.bars.length > this.most * 1.2) this.bars.splice(0, this.bars.length - this.most);
      return;
    }
    if (bar.startS === last.startS) {
      this.bars[this.bars.length - 1] = bar;
      return;
    }
    const at = firstFrom(this.bars, bar.startS);
    this.bars.splice(at, this.bars[at]?.startS === bar.startS ? 1 : 0, bar);
    this.epoch += 1;
  }
}
