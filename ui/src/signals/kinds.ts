/** The kinds of signals that the studies give, and what a person calls them. */

export const KINDS = [
  "delta_flip",
  "delta_reversal",
  "absorption",
  "stacked_imbalance",
  "divergence",
  "iceberg",
  "sweep",
  "confluence",
] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_NAMES: Record<Kind, string> = {
  delta_flip: "Delta flip",
  delta_reversal: "Delta reversal",
  absorption: "Absorption",
  stacked_imbalance: "Stacked imbalance",
  divergence: "Divergence",
  iceberg: "Iceberg",
  sweep: "Sweep",
  confluence: "Confluence",
};

/** What a kind is called, one that this page does not know too. */
export function kindName(kind: string): string {
  return KIND_NAMES[kind as Kind] ?? kind.replaceAll("_", " ");
}
