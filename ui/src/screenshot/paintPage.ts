/**
 * Paints what stands on the page onto a canvas: boxes, borders, text and the page's own canvases. Not all that a browser can
 * draw, but all that this page is made of; nothing is fetched, copied or parsed for it, so that it is done within a frame.
 */

interface Paint {
  context: CanvasRenderingContext2D;
  /** Left out, with all that is in it. */
  skips(element: Element): boolean;
}

const HIDDEN = /inset\(50%/;

/** Paint an element and what is in it, where it stands in the window. */
export function paintPage(context: CanvasRenderingContext2D, root: Element, skip: string): void {
  paintElement({ context, skips: (element) => element.matches(skip) }, root);
}

function paintElement(paint: Paint, element: Element): void {
  if (paint.skips(element)) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || HIDDEN.test(style.clipPath)) return;
  const rect = element.getBoundingClientRect();
  const isBox = style.display !== "contents";
  const isSeen = style.visibility === "visible";
  const { context } = paint;
  context.save();
  context.globalAlpha *= Number(style.opacity);
  if (isBox && isSeen && rect.width > 0 && rect.height > 0) {
    paintBox(context, rect, style);
    paintContent(context, element, rect, style);
  }
  const clips =
    isBox && (style.overflow !== "visible" || /strict|paint|content/.test(style.contain));
  if (clips) {
    context.beginPath();
    context.rect(rect.left, rect.top, rect.width, rect.height);
    context.clip();
  }
  for (const child of inOrder(element)) {
    if (child instanceof Element) paintElement(paint, child);
    else if (isSeen && child instanceof Text) paintText(context, child, style);
  }
  context.restore();
}

/** What is drawn first stands first: what is placed over its neighbours comes after them. */
function inOrder(element: Element): ChildNode[] {
  // Vector signs, lists of a select, and the words of a canvas are none of the page's boxes.
  if (element instanceof SVGElement || element.matches("select, canvas")) return [];
  const children = [...element.childNodes];
  const heights = new Map(children.map((child) => [child, heightOf(child)]));
  return children.sort((a, b) => (heights.get(a) ?? 0) - (heights.get(b) ?? 0));
}

function heightOf(child: ChildNode): number {
  if (!(child instanceof Element)) return 0;
  const { position, zIndex } = getComputedStyle(child);
  if (zIndex !== "auto") return Number(zIndex);
  return position === "static" ? 0 : 0.5;
}

function isClear(colour: string): boolean {
  return colour === "transparent" || /rgba\(.*, 0\)$|\/ 0\)$/.test(colour);
}

function paintBox(context: CanvasRenderingContext2D, rect: DOMRect, style: CSSStyleDeclaration) {
  const radius = Number.parseFloat(style.borderTopLeftRadius) || 0;
  context.beginPath();
  if (radius > 0) context.roundRect(rect.left, rect.top, rect.width, rect.height, radius);
  else context.rect(rect.left, rect.top, rect.width, rect.height);
  if (!isClear(style.backgroundColor)) {
    context.fillStyle = style.backgroundColor;
    context.fill();
  }
  paintBorders(context, rect, style, radius);
  paintInset(context, rect, style.boxShadow);
}

function paintBorders(
  context: CanvasRenderingContext2D,
  rect: DOMRect,
  style: CSSStyleDeclaration,
  radius: number,
): void {
  const widths = [
    style.borderTopWidth,
    style.borderRightWidth,
    style.borderBottomWidth,
    style.borderLeftWidth,
  ].map((width) => Number.parseFloat(width) || 0);
  const [top = 0, right = 0, bottom = 0, left = 0] = widths;
  if (top > 0 && widths.every((width) => width === top)) {
    if (isClear(style.borderTopColor)) return;
    context.strokeStyle = style.borderTopColor;
    context.lineWidth = top;
    context.beginPath();
    const half = top / 2;
    context.roundRect(
      rect.left + half,
      rect.top + half,
      rect.width - top,
      rect.height - top,
      Math.max(0, radius - half),
    );
    context.stroke();
    return;
  }
  const fill = (colour: string, x: number, y: number, width: number, height: number) => {
    if (width <= 0 || height <= 0 || isClear(colour)) return;
    context.fillStyle = colour;
    context.fillRect(x, y, width, height);
  };
  fill(style.borderTopColor, rect.left, rect.top, rect.width, top);
  fill(style.borderBottomColor, rect.left, rect.bottom - bottom, rect.width, bottom);
  fill(style.borderLeftColor, rect.left, rect.top, left, rect.height);
  fill(style.borderRightColor, rect.right - right, rect.top, right, rect.height);
}

/** The line under a chosen tab is a shadow that falls inwards and is not blurred. */
function paintInset(context: CanvasRenderingContext2D, rect: DOMRect, shadow: string): void {
  const found = /^(.+\)) (-?[\d.]+)px (-?[\d.]+)px 0px 0px inset$/.exec(shadow);
  if (found === null) return;
  const [, colour = "", right, down] = found;
  const [x, y] = [Number(right), Number(down)];
  context.fillStyle = colour;
  if (y < 0) context.fillRect(rect.left, rect.bottom + y, rect.width, -y);
  if (y > 0) context.fillRect(rect.left, rect.top, rect.width, y);
  if (x > 0) context.fillRect(rect.left, rect.top, x, rect.height);
}

function paintContent(
  context: CanvasRenderingContext2D,
  element: Element,
  rect: DOMRect,
  style: CSSStyleDeclaration,
): void {
  if (element instanceof HTMLCanvasElement) {
    if (element.width > 0 && element.height > 0) {
      context.drawImage(element, rect.left, rect.top, rect.width, rect.height);
    }
  } else if (element instanceof HTMLImageElement) {
    if (element.complete && element.naturalWidth > 0) {
      context.drawImage(element, rect.left, rect.top, rect.width, rect.height);
    }
  } else if (element instanceof HTMLSelectElement) {
    const said = element.selectedOptions[0]?.textContent ?? "";
    paintField(context, `${said.trim()} ▾`, rect, style);
  } else if (element instanceof HTMLInputElement) paintInput(context, element, rect, style);
}

function paintInput(
  context: CanvasRenderingContext2D,
  input: HTMLInputElement,
  rect: DOMRect,
  style: CSSStyleDeclaration,
): void {
  if (input.type === "range") paintThumb(context, input, rect, style);
  else if (input.type === "checkbox") paintCheck(context, input, rect, style);
  else paintField(context, input.value || input.placeholder, rect, style);
}

function paintCheck(
  context: CanvasRenderingContext2D,
  input: HTMLInputElement,
  rect: DOMRect,
  style: CSSStyleDeclaration,
): void {
  context.strokeStyle = style.color;
  context.lineWidth = 1;
  context.strokeRect(rect.left + 0.5, rect.top + 0.5, rect.width - 1, rect.height - 1);
  if (!input.checked) return;
  context.fillStyle = style.accentColor === "auto" ? style.color : style.accentColor;
  context.fillRect(rect.left + 3, rect.top + 3, rect.width - 6, rect.height - 6);
}

/** The thumb's own style cannot be read: the page has one slider, and its thumb is a line. */
function paintThumb(
  context: CanvasRenderingContext2D,
  input: HTMLInputElement,
  rect: DOMRect,
  style: CSSStyleDeclaration,
): void {
  const [least, most] = [Number(input.min || 0), Number(input.max || 100)];
  const share = most > least ? (input.valueAsNumber - least) / (most - least) : 0;
  context.fillStyle = style.getPropertyValue("--accent") || style.color;
  context.fillRect(rect.left + share * (rect.width - 3), rect.top, 3, rect.height);
}

function paintField(
  context: CanvasRenderingContext2D,
  text: string,
  rect: DOMRect,
  style: CSSStyleDeclaration,
): void {
  setType(context, style);
  context.save();
  context.beginPath();
  context.rect(rect.left, rect.top, rect.width, rect.height);
  context.clip();
  const inset = Number.parseFloat(style.paddingLeft) || 4;
  context.fillText(text, rect.left + inset, rect.top + rect.height / 2 + 1);
  context.restore();
}

function setType(context: CanvasRenderingContext2D, style: CSSStyleDeclaration): void {
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const spacing = style.letterSpacing;
  if ("letterSpacing" in context) context.letterSpacing = spacing === "normal" ? "0px" : spacing;
}

function paintText(
  context: CanvasRenderingContext2D,
  text: Text,
  style: CSSStyleDeclaration,
): void {
  if (text.data.trim() === "") return;
  const range = document.createRange();
  // Without the space around it, of which some is shown and some is not.
  const { data } = text;
  range.setStart(text, data.length - data.trimStart().length);
  range.setEnd(text, data.trimEnd().length);
  const rects = [...range.getClientRects()].filter((rect) => rect.width > 0);
  const [first] = rects;
  if (first === undefined) return;
  setType(context, style);
  const change = style.textTransform === "uppercase" ? (s: string) => s.toUpperCase() : String;
  const lines = rects.length === 1 ? [{ said: text.data, rect: first }] : linesOf(text, range);
  for (const { said, rect } of lines) {
    const shown = change(said.trim().replace(/\s+/g, " "));
    context.fillText(shown, rect.left, rect.top + rect.height / 2 + 1);
  }
}

/** The lines that a text was broken into: the words that stand at one height. */
function linesOf(text: Text, range: Range): { said: string; rect: DOMRect }[] {
  const lines: { said: string; rect: DOMRect }[] = [];
  for (const word of text.data.matchAll(/\S+/g)) {
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    const [rect] = range.getClientRects();
    if (rect === undefined) continue;
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.rect.top - rect.top) < 2) last.said += ` ${word[0]}`;
    else lines.push({ said: word[0], rect });
  }
  return lines;
}
