/** What is told beside the pointer, in lines. */

const BESIDE_PX = 14;

export class Tip {
  private readonly element = document.createElement("div");
  private text = "";
  private height = 0;

  constructor(private readonly body: HTMLElement) {
    this.element.className = "flow-tip";
    this.element.setAttribute("role", "tooltip");
    this.element.hidden = true;
    body.append(this.element);
  }

  /** Show the lines beside a place, within what is seen; without lines nothing. */
  show(lines: readonly string[], { x, y }: { x: number; y: number }): void {
    const { element, body } = this;
    element.hidden = lines.length === 0;
    if (element.hidden) return;
    const text = lines.join("\n");
    const isOther = text !== this.text;
    if (isOther) element.textContent = this.text = text;
    const isRight = x > body.clientWidth / 2;
    element.style.left = isRight ? "" : `${x + BESIDE_PX}px`;
    element.style.right = isRight ? `${body.clientWidth - x + BESIDE_PX}px` : "";
    if (isOther) this.height = element.offsetHeight;
    const lowest = body.clientHeight - this.height - BESIDE_PX;
    element.style.top = `${Math.max(0, Math.min(y + BESIDE_PX, lowest))}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }

  remove(): void {
    this.element.remove();
  }
}
