/**
 * The field as it was drawn last, kept on the card: time moves on by whole pixels, so most of the next picture
 * is there already, some pixels further left. Kept as a ring of pixel columns, so that nothing is moved.
 */

import { Program } from "./program";
import { FIELD_VERTEX, PICTURE_FRAGMENT } from "./shaders";
import { clamp } from "./view";

/** Columns of pixels that lie together in the ring: `x` there, `x + shift` on the screen. */
export interface Piece {
  x: number;
  width: number;
  shift: number;
}

/** What of a kept picture still holds, told without a graphics card. */
export class PicturePlan {
  private key = "";
  private width = 0;
  /** The ring begins where `anchor` stood at the right edge. */
  private anchor = 0;
  private at = 0;

  /** Nothing that is kept holds any more. */
  clear(): void {
    this.key = "";
  }

  /**
   * Take the next picture: `key` names all that it is drawn by but time, `end` is its right edge and `changed`
   * the leftmost column that looks otherwise than before, in pixels. Gives what to draw.
   */
  next(key: string, width: number, end: number, changed: number): Piece[] {
    const at = end - this.anchor;
    const moved = Math.round(at) - this.at;
    const holds =
      key === this.key &&
      width === this.width &&
      Math.abs(at - Math.round(at)) < 1e-3 &&
      moved >= 0 &&
      moved < width;
    if (!holds) {
      this.key = key;
      this.width = width;
      this.anchor = end;
      this.at = 0;
      return this.pieces(0, width);
    }
    this.at += moved;
    return this.pieces(Math.min(width - moved, clamp(Math.floor(changed), 0, width)), width);
  }

  /** Pieces of the ring that a stretch of the screen lies in: at most two. */
  pieces(from: number, to: number): Piece[] {
    const { width } = this;
    const begin = (from + this.at) % width;
    const shift = from - begin;
    const first = Math.min(to - from, width - begin);
    const pieces = [{ x: begin, width: first, shift }];
    if (first < to - from) pieces.push({ x: 0, width: to - from - first, shift: from + first });
    return pieces.filter((piece) => piece.width > 0);
  }

  /** How far the ring has turned, for patterns that move with time. */
  get turned(): number {
    return this.at;
  }
}

/** The ring on the card. */
export class Picture {
  readonly plan = new PicturePlan();
  private readonly frame: WebGLFramebuffer;
  private readonly program: Program;
  private readonly corners: WebGLVertexArrayObject;
  private texture: WebGLTexture | null = null;
  private width = 0;
  private height = 0;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.frame = gl.createFramebuffer();
    this.program = Program.from(gl, FIELD_VERTEX, PICTURE_FRAGMENT);
    this.corners = gl.createVertexArray();
  }

  /** Draw into it from now on; the texture is made anew where the size changed. */
  open(width: number, height: number): void {
    const { gl } = this;
    if (width !== this.width || height !== this.height) this.make(width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
  }

  /**
   * Put it onto the canvas, and draw there from now on. Drawn, not copied by `blitFramebuffer`: that takes
   * five times as long where there is no graphics card, and a browser that wipes what it has shown at the
   * first drawing after it counts a copy as none.
   */
  show(): void {
    const { gl, width, program } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    program.use();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.uniform1i(program.at("picture"), 0);
    gl.uniform1i(program.at("turned"), this.plan.turned % width);
    gl.uniform1i(program.at("width"), width);
    gl.bindVertexArray(this.corners);
    gl.disable(gl.BLEND);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  destroy(): void {
    this.gl.deleteVertexArray(this.corners);
    this.gl.deleteTexture(this.texture);
    this.gl.deleteFramebuffer(this.frame);
  }

  private make(width: number, height: number): void {
    const { gl } = this;
    gl.deleteTexture(this.texture);
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    const { FRAMEBUFFER, COLOR_ATTACHMENT0, TEXTURE_2D } = gl;
    gl.framebufferTexture2D(FRAMEBUFFER, COLOR_ATTACHMENT0, TEXTURE_2D, this.texture, 0);
    this.width = width;
    this.height = height;
    this.plan.clear();
  }
}
