/**
 * Frames shared out among what draws: one drawing in each, the one that asked first. Two costly ones in one frame would
 * be late for the next, and everything on the page with them.
 */

type Draw = () => void;

const waiting: Draw[] = [];
let due = 0;

function run(): void {
  const draw = waiting.shift();
  due = waiting.length > 0 ? requestAnimationFrame(run) : 0;
  draw?.();
}

/** Draw in the next frame that nobody else has; gives what takes the wish back. */
export function inTurn(draw: Draw): () => void {
  waiting.push(draw);
  if (due === 0) due = requestAnimationFrame(run);
  return () => {
    const at = waiting.indexOf(draw);
    if (at >= 0) waiting.splice(at, 1);
  };
}
