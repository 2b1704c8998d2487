/** From the pointer to what it means. Knows where the axes are, nothing of what is drawn. */

export interface GestureTargets {
  /** Zoom time at x; above one: out. */
  onZoomTime(x: number, factor: number): void;
  onZoomPrice(y: number, factor: number): void;
  /** Pixels moved; a direction within its dead zone is 0. */
  onPan(dx: number, dy: number): void;
  onRefit(): void;
  /** Where the pointer rests; null: it left. */
  onPoint(x: number, y: number): void;
  onLeave(): void;
}

export interface Areas {
  /** Left edge of the price axis. */
  axisX: number;
  /** Upper edge of the time axis. */
  axisY: number;
}

/** Pixels that a drag goes before it moves a direction: a price stays put while time is dragged. */
const DEAD_ZONE_PX = 6;
const ZOOM_PER_WHEEL_PX = 1.0016;
const ZOOM_PER_DRAG_PX = 1.006;

type Drag = "plot" | "price" | "time";

export function wheelFactor(event: Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode">): number {
  // Browsers turn a wheel with Shift sideways.
  const delta = event.deltaY !== 0 ? event.deltaY : event.deltaX;
  return ZOOM_PER_WHEEL_PX ** (event.deltaMode === 1 ? delta * 33 : delta);
}

/** What remains of a movement once each direction has left its dead zone. */
export class DeadZone {
  private x = 0;
  private y = 0;
  private freeX = false;
  private freeY = false;

  move(dx: number, dy: number): [number, number] {
    this.x += dx;
    this.y += dy;
    const wasFree = [this.freeX, this.freeY];
    this.freeX ||= Math.abs(this.x) > DEAD_ZONE_PX;
    this.freeY ||= Math.abs(this.y) > DEAD_ZONE_PX;
    return [
      this.freeX ? (wasFree[0] ? dx : this.x) : 0,
      this.freeY ? (wasFree[1] ? dy : this.y) : 0,
    ];
  }
}

/** Listen on an element; the answer stops it. */
export function listenToGestures(
  element: HTMLElement,
  areas: () => Areas,
  targets: GestureTargets,
): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let drag: Drag = "plot";
  let zone = new DeadZone();

  const place = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const areaOf = ({ x, y }: { x: number; y: number }): Drag => {
    const { axisX, axisY } = areas();
    if (x >= axisX) return "price";
    return y >= axisY ? "time" : "plot";
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const at = place(event);
    pointers.set(event.pointerId, at);
    element.setPointerCapture(event.pointerId);
    drag = areaOf(at);
    zone = new DeadZone();
  };
  const onMove = (event: PointerEvent) => {
    const at = place(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType === "mouse") targets.onPoint(at.x, at.y);
      return;
    }
    if (pointers.size === 2) pinch(event.pointerId, at);
    else move(before, at);
    pointers.set(event.pointerId, at);
  };
  const move = (before: { x: number; y: number }, at: { x: number; y: number }) => {
    const [dx, dy] = [at.x - before.x, at.y - before.y];
    const { axisX, axisY } = areas();
    if (drag === "price") targets.onZoomPrice(axisY / 2, ZOOM_PER_DRAG_PX ** dy);
    else if (drag === "time") targets.onZoomTime(axisX, ZOOM_PER_DRAG_PX ** dx);
    else {
      targets.onPan(...zone.move(dx, dy));
      targets.onPoint(at.x, at.y);
    }
  };
  const pinch = (moved: number, at: { x: number; y: number }) => {
    const other = [...pointers].find(([id]) => id !== moved)?.[1];
    const before = pointers.get(moved);
    if (other === undefined || before === undefined) return;
    const [wasX, isX] = [Math.abs(before.x - other.x), Math.abs(at.x - other.x)];
    const [wasY, isY] = [Math.abs(before.y - other.y), Math.abs(at.y - other.y)];
    // Fingers above each other pinch the price, fingers beside each other time.
    if (isX >= isY && wasX > 10 && isX > 10) {
      targets.onZoomTime((at.x + other.x) / 2, wasX / isX);
    } else if (wasY > 10 && isY > 10) targets.onZoomPrice((at.y + other.y) / 2, wasY / isY);
  };
  const onUp = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
    if (event.pointerType !== "mouse") targets.onLeave();
  };
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const at = place(event);
    const isPrice = event.shiftKey || event.ctrlKey || areaOf(at) === "price";
    if (isPrice) targets.onZoomPrice(at.y, wheelFactor(event));
    else targets.onZoomTime(at.x, wheelFactor(event));
  };
  const onLeave = () => {
    if (pointers.size === 0) targets.onLeave();
  };
  const onDouble = () => targets.onRefit();

  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", onUp);
  element.addEventListener("pointercancel", onUp);
  element.addEventListener("pointerleave", onLeave);
  element.addEventListener("wheel", onWheel, { passive: false });
  element.addEventListener("dblclick", onDouble);
  return () => {
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", onUp);
    element.removeEventListener("pointercancel", onUp);
    element.removeEventListener("pointerleave", onLeave);
    element.removeEventListener("wheel", onWheel);
    element.removeEventListener("dblclick", onDouble);
  };
}
