/**
 * Drawings whose pixels are gone once the browser has shown them, as WebGL's are: whoever copies the page has them drawn
 * first, and copies in the same turn.
 */

const drawings = new Set<() => void>();

/** Draw at once when a copy is made, until the answer is called. */
export function onStill(draw: () => void): () => void {
  drawings.add(draw);
  return () => drawings.delete(draw);
}

export function drawStill(): void {
  for (const draw of drawings) draw();
}
