/**
 * Frames shared out among what draws by itself: one drawing in each, the one that asked first. Two costly ones in one
 * frame would be late for the next, and everything on the page with them. A drawing that nearly filled its frame is
 * followed by an empty one: on a slow machine the market is drawn less often, and the page still moves at once.
 */

type Draw = () => void;

/** A drawing may take this much of the time; what is left is for messages, hands and whoever else needs the processor. */
const SHARE = 0.7;

const waiting: Draw[] = [];
let due = 0;
/** No drawing begins before. */
let restUntil = 0;
/** Heard when a frame is on the screen: after layout, painting and what the page's stores made of it. */
let onShown: (() => void) | null = null;
const shown = new MessageChannel();
shown.port1.onmessage = () => onShown?.();

function run(at: number): void {
  due = 0;
  if (at < restUntil) {
    ask();
    return;
  }
  const draw = waiting.shift();
  if (draw === undefined) return;
  const began = performance.now();
  onShown = () => {
    restUntil = began + (performance.now() - began) / SHARE;
  };
  draw();
  shown.port2.postMessage(null);
  ask();
}

function ask(): void {
  if (due === 0 && waiting.length > 0) due = requestAnimationFrame(run);
}

/** Draw in the next frame that nobody else has; gives what takes the wish back. */
export function inTurn(draw: Draw): () => void {
  waiting.push(draw);
  ask();
  return () => {
    const at = waiting.indexOf(draw);
    if (at >= 0) waiting.splice(at, 1);
  };
}
