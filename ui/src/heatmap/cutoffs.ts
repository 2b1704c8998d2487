/** Which sizes are drawn faintest and strongest: percentiles of a histogram that is kept as columns come and go. */

const BINS_PER_DOUBLING = 16;
const BINS = 32 * BINS_PER_DOUBLING;

function binOf(size: number): number {
  const bin = Math.floor(Math.log2(1 + size) * BINS_PER_DOUBLING);
  return Math.min(BINS - 1, Math.max(0, bin));
}

export class SizeHistogram {
  private readonly counts = new Uint32Array(BINS);
  private total = 0;

  add(sizes: Float32Array): void {
    this.count(sizes, 1);
  }

  remove(sizes: Float32Array): void {
    this.count(sizes, -1);
  }

  clear(): void {
    this.counts.fill(0);
    this.total = 0;
  }

  /** Size that `percent` of the cells do not exceed, to within four in a hundred; 0 where there are none. */
  percentile(percent: number): number {
    if (this.total === 0) return 0;
    const wanted = Math.max(1, Math.ceil((this.total * percent) / 100));
    let seen = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      seen += this.counts[bin] ?? 0;
      if (seen >= wanted) return 2 ** ((bin + 1) / BINS_PER_DOUBLING) - 1;
    }
    return 2 ** (BINS / BINS_PER_DOUBLING);
  }

  private count(sizes: Float32Array, by: 1 | -1): void {
    for (const size of sizes) {
      if (size <= 0) continue;
      const bin = binOf(size);
      this.counts[bin] = (this.counts[bin] ?? 0) + by;
      this.total += by;
    }
  }
}

export interface Cutoffs {
  low: number;
  high: number;
}

/** Sizes at the lower and the upper percentage; the upper one is always larger. */
export function cutoffsOf(sizes: SizeHistogram, lower: number, upper: number): Cutoffs {
  const low = lower <= 0 ? 0 : sizes.percentile(lower);
  return { low, high: Math.max(sizes.percentile(upper), low + 1) };
}

/** What two cut-offs may differ by before colours follow: a tenth of a size is no other colour to an eye. */
const CALM = 0.1;

/** The cut-offs in use as long as they are about right: every change of theirs draws the whole field anew. */
export function steadyCutoffs(inUse: Cutoffs | null, wanted: Cutoffs): Cutoffs {
  if (inUse === null) return wanted;
  const isClose = (a: number, b: number) => Math.abs(a - b) <= CALM * Math.max(a, b);
  return isClose(inUse.low, wanted.low) && isClose(inUse.high, wanted.high) ? inUse : wanted;
}
