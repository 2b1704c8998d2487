/** The ring of columns on the graphics card: only columns that changed, or whose rows moved, are sent to it. */

import { type Column, isGap, isStale } from "./column";
import { type ColumnRing, lapOf, slotOf } from "./ring";
import { fillRow, type RowWindow } from "./rowWindow";

export const ROWS = 512;
export const STATE = { nothing: 0, depth: 1, gap: 2, stale: 3 } as const;
export const NO_TICK = -1e9;

const NOTE_FLOATS = 8;
/** Texel lines sent at once. */
const MOST_LINES = 64;

export interface Seen {
  /** First and last column that is seen. */
  first: number;
  last: number;
  window: RowWindow;
  /** The tick that ticks on the card are counted from. */
  baseTick: number;
  /** Index of column 0 of the card: a multiple of the ring's capacity. */
  baseColumn: number;
  /** Nothing is drawn from this column on. */
  end: number;
  /** Whether a column's time was fetched or streamed: only there is quiet no hole. */
  isKnown(index: number): boolean;
  /** Stretches of which records are missing, in columns: first, and the one after the last. */
  gaps: readonly (readonly [number, number])[];
}

/** What of the texture is out of date, told without a graphics card. */
export class TexturePlan {
  readonly notes: Float32Array;
  private readonly drawn: (Column | null)[];
  private window: RowWindow | null = null;
  private ring: ColumnRing | null = null;
  /** The earliest column that looks otherwise since `stale` was last asked; infinite: none. */
  changedFrom = Number.POSITIVE_INFINITY;

  constructor(readonly capacity: number) {
    this.notes = new Float32Array(capacity * NOTE_FLOATS);
    this.drawn = new Array<Column | null>(capacity).fill(null);
  }

  /** Forget what the card holds: it lost it. */
  clear(): void {
    this.drawn.fill(null);
    this.notes.fill(0);
    this.window = null;
  }

  /** Slots whose depth has to be sent so that what is seen is right; they count as sent. */
  stale(ring: ColumnRing, seen: Seen): number[] {
    this.changedFrom = Number.POSITIVE_INFINITY;
    if (this.window !== seen.window || this.ring !== ring) {
      this.drawn.fill(null);
      this.window = seen.window;
      this.ring = ring;
    }
    const slots: number[] = [];
    const look = (column: Column | null) => {
      if (column === null) return;
      const slot = slotOf(column.index, this.capacity);
      if (this.drawn[slot] === column) return;
      this.drawn[slot] = column;
      this.changedFrom = Math.min(this.changedFrom, column.index);
      slots.push(slot);
    };
    // What the first columns that are seen may carry on lies before them.
    look(ring.atOrBefore(seen.first - 1, this.capacity));
    for (let index = seen.first; index <= seen.last; index += 1) look(ring.get(index));
    return slots;
  }

  /** Write the notes of what is seen; gives the slots whose notes changed. */
  note(ring: ColumnRing, seen: Seen): number[] {
    const slots: number[] = [];
    let last = ring.atOrBefore(seen.first - 1, this.capacity);
    let nextOwn = Number.NEGATIVE_INFINITY;
    for (let index = seen.first - 1; index <= seen.last; index += 1) {
      const own = ring.get(index);
      if (own !== null) last = own;
      // Records that a column misses may be of the quiet stretch before it.
      if (own === null && nextOwn < index) nextOwn = nextAfter(ring, index, seen);
      const next = own === null ? ring.get(nextOwn) : null;
      const isGapped = isInGap(index, seen) || (next !== null && isGap(next));
      const carried = last !== null && !isGap(last) && seen.isKnown(index) ? last : null;
      const shown = index >= seen.end ? null : (own ?? carried);
      const state = index < seen.end && isGapped ? STATE.gap : stateOf(shown);
      if (!this.write(index, shown, state, seen)) continue;
      this.changedFrom = Math.min(this.changedFrom, index);
      slots.push(slotOf(index, this.capacity));
    }
    return slots;
  }

  private write(index: number, shown: Column | null, state: number, seen: Seen): boolean {
    const at = slotOf(index, this.capacity) * NOTE_FLOATS;
    let changes = this.put(at, lapOf(index - seen.baseColumn, this.capacity));
    changes += this.put(at + 1, shown === null ? 0 : slotOf(shown.index, this.capacity));
    changes += this.put(at + 2, state);
    changes += this.put(at + 4, tickOr(shown?.bid, seen.baseTick));
    changes += this.put(at + 5, tickOr(shown?.ask, seen.baseTick));
    return changes > 0;
  }

  private put(at: number, value: number): number {
    if (this.notes[at] === value) return 0;
    this.notes[at] = value;
    return 1;
  }
}

/** The next column of its own that is seen; beyond all of them where there is none. */
function nextAfter(ring: ColumnRing, index: number, seen: Seen): number {
  const last = Math.min(seen.last, ring.newest);
  for (let next = index + 1; next <= last; next += 1) if (ring.get(next) !== null) return next;
  return Number.POSITIVE_INFINITY;
}

function isInGap(index: number, seen: Seen): boolean {
  return seen.gaps.some(([first, end]) => index >= first && index < end);
}

function stateOf(column: Column | null): number {
  if (column === null) return STATE.nothing;
  if (isGap(column)) return STATE.gap;
  return isStale(column) ? STATE.stale : STATE.depth;
}

function tickOr(tick: number | undefined, base: number): number {
  return tick === undefined || Number.isNaN(tick) ? NO_TICK : tick - base;
}

/** Runs of neighbouring slots, so that each is one upload. */
export function runsOf(slots: readonly number[], most = MOST_LINES): [number, number][] {
  const runs: [number, number][] = [];
  for (const slot of [...slots].sort((a, b) => a - b)) {
    const run = runs[runs.length - 1];
    if (run !== undefined && run[0] + run[1] === slot && run[1] < most) run[1] += 1;
    else runs.push([slot, 1]);
  }
  return runs;
}

/** The two textures, and what goes into them. */
export class DepthTexture {
  readonly depth: WebGLTexture;
  readonly notes: WebGLTexture;
  private readonly lines = new Float32Array(MOST_LINES * ROWS * 2);
  /** Texel lines sent since the texture was made. */
  sent = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly plan: TexturePlan,
  ) {
    this.depth = texture(gl, gl.RG32F, ROWS, plan.capacity);
    this.notes = texture(gl, gl.RGBA32F, 2, plan.capacity);
    plan.clear();
  }

  update(ring: ColumnRing, seen: Seen): void {
    const { gl, plan } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.depth);
    for (const [slot, count] of runsOf(plan.stale(ring, seen))) {
      for (let i = 0; i < count; i += 1) {
        const column = ring.inSlot(slot + i);
        const line = this.lines.subarray(i * ROWS * 2, (i + 1) * ROWS * 2);
        if (column !== null) fillRow(line, column, seen.window);
      }
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, slot, ROWS, count, gl.RG, gl.FLOAT, this.lines);
      this.sent += count;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.notes);
    for (const [slot, count] of runsOf(plan.note(ring, seen))) {
      const from = slot * NOTE_FLOATS;
      const lines = plan.notes.subarray(from, from + count * NOTE_FLOATS);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, slot, 2, count, gl.RGBA, gl.FLOAT, lines);
    }
  }

  destroy(): void {
    this.gl.deleteTexture(this.depth);
    this.gl.deleteTexture(this.notes);
  }
}

function texture(
  gl: WebGL2RenderingContext,
  format: number,
  width: number,
  height: number,
): WebGLTexture {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  }
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  }
  return made;
}
