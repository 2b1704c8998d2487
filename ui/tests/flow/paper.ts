/** A canvas that writes down what is drawn on it, and with what: every colour is its own name. */

import type { FlowPalette } from "../../src/flow/draw/palette";

export const COLOURS = new Proxy({} as FlowPalette, { get: (_all, name) => String(name) });

export type Point = readonly [x: number, y: number];

interface Ink {
  colour: string;
  alpha: number;
}
export interface Rect extends Ink {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** What was gone along with the pen down, once for each time that it was set down. */
export interface Stroke extends Ink {
  lines: Point[][];
  dash: readonly number[];
  width: number;
}
export interface Circle extends Ink {
  radius: number;
  isFilled: boolean;
}
export interface Copy {
  image: unknown;
  x: number;
  y: number;
}

export class Paper {
  readonly rects: Rect[] = [];
  readonly strokes: Stroke[] = [];
  readonly shapes: (Ink & { points: readonly Point[] })[] = [];
  readonly circles: Circle[] = [];
  readonly copies: Copy[] = [];
  readonly texts: (Ink & { text: string; x: number; y: number })[] = [];

  fillStyle = "";
  strokeStyle = "";
  globalAlpha = 1;
  lineWidth = 1;
  private dash: readonly number[] = [];
  private lines: Point[][] = [];
  private radius: number | null = null;
  private moved = { x: 0, y: 0 };
  private readonly kept: { x: number; y: number; alpha: number }[] = [];

  get context(): CanvasRenderingContext2D {
    const nothing = () => {};
    return new Proxy(this, {
      get: (paper, name) => {
        const own: unknown = Reflect.get(paper, name, paper);
        return typeof own === "function" ? own.bind(paper) : (own ?? nothing);
      },
      set: (paper, name, value) => Reflect.set(paper, name, value, paper),
    }) as unknown as CanvasRenderingContext2D;
  }

  save(): void {
    this.kept.push({ ...this.moved, alpha: this.globalAlpha });
  }

  restore(): void {
    const { x = 0, y = 0, alpha = 1 } = this.kept.pop() ?? {};
    this.moved = { x, y };
    this.globalAlpha = alpha;
  }

  translate(x: number, y: number): void {
    this.moved = { x: this.moved.x + x, y: this.moved.y + y };
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = [...dash];
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const ink = { colour: this.fillStyle, alpha: this.globalAlpha };
    this.rects.push({ ...ink, x: x + this.moved.x, y: y + this.moved.y, width, height });
  }

  fillText(text: string, x: number, y: number): void {
    const ink = { colour: this.fillStyle, alpha: this.globalAlpha };
    this.texts.push({ ...ink, text, x: x + this.moved.x, y: y + this.moved.y });
  }

  beginPath(): void {
    this.lines = [];
    this.radius = null;
  }

  moveTo(x: number, y: number): void {
    this.lines.push([[x + this.moved.x, y + this.moved.y]]);
  }

  lineTo(x: number, y: number): void {
    const last = this.lines[this.lines.length - 1];
    if (last === undefined) this.moveTo(x, y);
    else last.push([x + this.moved.x, y + this.moved.y]);
  }

  arc(_x: number, _y: number, radius: number): void {
    this.radius = radius;
  }

  stroke(): void {
    const ink = { colour: this.strokeStyle, alpha: this.globalAlpha };
    if (this.radius !== null) {
      this.circles.push({ ...ink, radius: this.radius, isFilled: false });
    } else if (this.lines.length > 0) {
      const lines = this.lines.map((line) => [...line]);
      this.strokes.push({ ...ink, lines, dash: this.dash, width: this.lineWidth });
    }
  }

  fill(): void {
    const ink = { colour: this.fillStyle, alpha: this.globalAlpha };
    if (this.radius !== null) this.circles.push({ ...ink, radius: this.radius, isFilled: true });
    else for (const points of this.lines) this.shapes.push({ ...ink, points: [...points] });
  }

  drawImage(image: unknown, x: number, y: number): void {
    this.copies.push({ image, x, y });
  }

  /** What was gone along in a colour. */
  strokedIn(colour: string): Stroke[] {
    return this.strokes.filter((stroke) => stroke.colour === colour);
  }
}
