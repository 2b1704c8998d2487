/** The plot, drawn by WebGL2: resting sizes, best prices, trades. Survives a lost context. */

import type { Cutoffs } from "./cutoffs";
import { DepthTexture, ROWS, type Seen, TexturePlan } from "./depthTexture";
import type { Palette, Rgb } from "./palette";
import { Picture, type Piece } from "./picture";
import { Program } from "./program";
import type { ColumnRing } from "./ring";
import { FIELD_FRAGMENT, FIELD_VERTEX, TRADE_FRAGMENT, TRADE_VERTEX } from "./shaders";
import { DOT_FLOATS, MOST_DOTS, type TradeDots } from "./tradeDots";
import type { Size, View } from "./view";

export interface Strength {
  cutoffs: Cutoffs;
  /** Above one: middling sizes fainter. */
  contrast: number;
  isLog: boolean;
}

export interface Plot {
  ring: ColumnRing;
  seen: Seen;
  view: View;
  size: Size;
  strength: Strength;
  palette: Palette;
  dots: TradeDots;
}

interface Card {
  texture: DepthTexture;
  picture: Picture;
  field: Program;
  trades: Program;
  dots: WebGLBuffer;
  empty: WebGLVertexArrayObject;
  squares: WebGLVertexArrayObject;
}

export class Painter {
  private readonly gl: WebGL2RenderingContext;
  private readonly plan: TexturePlan;
  private card: Card | null;
  private readonly ramp = new Float32Array(9);
  private drawnPalette: Palette | null = null;

  /** Null where the browser has no WebGL2. */
  static on(canvas: HTMLCanvasElement, capacity: number, onRestored: () => void): Painter | null {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      powerPreference: "low-power",
    });
    return gl === null ? null : new Painter(gl, canvas, capacity, onRestored);
  }

  private constructor(
    gl: WebGL2RenderingContext,
    private readonly canvas: HTMLCanvasElement,
    capacity: number,
    private readonly onRestored: () => void,
  ) {
    this.gl = gl;
    this.plan = new TexturePlan(capacity);
    this.card = this.equip();
    canvas.addEventListener("webglcontextlost", this.lose);
    canvas.addEventListener("webglcontextrestored", this.restore);
  }

  private readonly lose = (event: Event) => {
    // Only then does the browser give the context back.
    event.preventDefault();
    this.card = null;
  };

  private readonly restore = () => {
    this.card = this.equip();
    this.onRestored();
  };

  get isLost(): boolean {
    return this.card === null;
  }

  /** Texel lines sent to the card since its texture was made. */
  get sent(): number {
    return this.card?.texture.sent ?? 0;
  }

  resize(size: Size, ratio: number): void {
    const width = Math.max(1, Math.round(size.width * ratio));
    const height = Math.max(1, Math.round(size.height * ratio));
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  draw(plot: Plot): void {
    const { gl, card } = this;
    if (card === null) return;
    card.texture.update(plot.ring, plot.seen);
    const { width, height } = this.canvas;
    gl.viewport(0, 0, width, height);
    card.picture.open(width, height);
    const pieces = this.piecesOf(card.picture, plot);
    if (pieces.length > 0) this.drawField(card, plot, pieces);
    card.picture.show();
    this.drawTrades(card, plot);
  }

  /** What of the field has to be drawn anew. */
  private piecesOf(picture: Picture, plot: Plot): Piece[] {
    const { ring, view, size, strength, palette } = plot;
    const { width, height } = this.canvas;
    const msPerTexel = (view.msPerPx * size.width) / width;
    if (palette !== this.drawnPalette) picture.plan.clear();
    this.drawnPalette = palette;
    const { cutoffs, contrast, isLog } = strength;
    const key = [
      ...[height, ring.everyMs, view.msPerPx, view.topTick, view.ticksPerPx],
      ...[cutoffs.low, cutoffs.high, contrast, isLog],
    ].join();
    // What changed of a column is seen in those that carry it on, and in the line that leads to the next.
    const changed = (this.plan.changedFrom * ring.everyMs - view.endMs) / msPerTexel + width;
    return picture.plan.next(key, width, view.endMs / msPerTexel, changed - 1);
  }

  /** Draw nothing but the ground. */
  blank(palette: Palette): void {
    if (this.card === null) return;
    this.gl.clearColor(...palette.blank, 1);
    this.gl.clear(this.gl.COLOR_BUFFER_BIT);
  }

  destroy(): void {
    this.canvas.removeEventListener("webglcontextlost", this.lose);
    this.canvas.removeEventListener("webglcontextrestored", this.restore);
    this.card?.texture.destroy();
    this.card?.picture.destroy();
    // The page may open and close the panel often: a browser has room for a few contexts only.
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.card = null;
  }

  private drawField(card: Card, plot: Plot, pieces: readonly Piece[]): void {
    const { gl } = this;
    const { field } = card;
    const { view, seen, palette, size, strength } = plot;
    const ratio = this.canvas.width / size.width;
    const { everyMs, capacity } = plot.ring;
    const left = (view.endMs - size.width * view.msPerPx) / everyMs;
    field.use();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, card.texture.depth);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, card.texture.notes);
    gl.activeTexture(gl.TEXTURE0);
    gl.uniform1i(field.at("depth"), 0);
    gl.uniform1i(field.at("notes"), 1);
    gl.uniform1i(field.at("firstColumn"), Math.floor(left) - seen.baseColumn);
    gl.uniform1f(field.at("firstPart"), left - Math.floor(left));
    gl.uniform1f(field.at("columnsPerPx"), view.msPerPx / everyMs / ratio);
    gl.uniform1i(field.at("capacity"), capacity);
    gl.uniform1f(field.at("height"), this.canvas.height);
    gl.uniform1f(field.at("topTick"), view.topTick - seen.baseTick);
    gl.uniform1f(field.at("ticksPerPx"), view.ticksPerPx / ratio);
    gl.uniform1f(field.at("firstTick"), seen.window.firstTick - seen.baseTick);
    gl.uniform1f(field.at("group"), seen.window.group);
    gl.uniform1i(field.at("rows"), ROWS);
    const { cutoffs, isLog, contrast } = strength;
    const measured = (size: number) => (isLog ? Math.log2(1 + size) : size);
    const low = measured(cutoffs.low);
    gl.uniform3f(field.at("scale"), low, 1 / (measured(cutoffs.high) - low), contrast);
    gl.uniform1i(field.at("isLog"), isLog ? 1 : 0);
    for (const name of ["blank", "zero", "hatch", "bidLine", "askLine"] as const) {
      gl.uniform3f(field.at(name), ...palette[name]);
    }
    gl.uniform3fv(field.at("bidRamp"), this.flat(palette.bidRamp));
    gl.uniform3fv(field.at("askRamp"), this.flat(palette.askRamp));
    gl.uniform1f(field.at("lineWidth"), 1.5 * ratio);
    gl.bindVertexArray(card.empty);
    gl.disable(gl.BLEND);
    gl.enable(gl.SCISSOR_TEST);
    gl.uniform1f(field.at("turned"), card.picture.plan.turned % 8);
    for (const { x, width, shift } of pieces) {
      gl.scissor(x, 0, width, this.canvas.height);
      gl.uniform1f(field.at("shift"), shift);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  }

  private drawTrades(card: Card, { dots, size, palette }: Plot): void {
    if (dots.count === 0) return;
    const { gl } = this;
    const { trades } = card;
    trades.use();
    gl.bindBuffer(gl.ARRAY_BUFFER, card.dots);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, dots.floats, 0, dots.count * DOT_FLOATS);
    gl.uniform2f(trades.at("size"), size.width, size.height);
    for (const name of ["buy", "sell", "neither", "rim"] as const) {
      gl.uniform3f(trades.at(name), ...palette[name]);
    }
    gl.bindVertexArray(card.squares);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, dots.count);
  }

  private flat(ramp: readonly Rgb[]): Float32Array {
    for (const [i, colour] of ramp.entries()) this.ramp.set(colour, i * 3);
    return this.ramp;
  }

  private equip(): Card {
    const { gl } = this;
    const dots = gl.createBuffer();
    const squares = gl.createVertexArray();
    gl.bindVertexArray(squares);
    gl.bindBuffer(gl.ARRAY_BUFFER, dots);
    gl.bufferData(gl.ARRAY_BUFFER, MOST_DOTS * DOT_FLOATS * 4, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, DOT_FLOATS, gl.FLOAT, false, 0, 0);
    gl.vertexAttribDivisor(0, 1);
    return {
      texture: new DepthTexture(gl, this.plan),
      picture: new Picture(gl),
      field: Program.from(gl, FIELD_VERTEX, FIELD_FRAGMENT),
      trades: Program.from(gl, TRADE_VERTEX, TRADE_FRAGMENT),
      dots,
      empty: gl.createVertexArray(),
      squares,
    };
  }
}
