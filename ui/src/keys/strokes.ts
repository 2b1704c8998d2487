/** A stroke of the keyboard as text: `R`, `Shift+N`, `Space`, `Mod+K`. Pure. */

export interface Struck {
  key: string;
  /** The key's place on the keyboard: tells the letter where another alphabet is typed. */
  code?: string;
  shift: boolean;
  /** Control or Command. */
  mod: boolean;
  alt: boolean;
}

const LONE = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "AltGraph", "Dead", "Tab"]);

/** The stroke's text; null of what no action may take. */
export function strokeOf({ key, code, shift, mod, alt }: Struck): string | null {
  if (key === "" || LONE.has(key)) return null;
  const before = `${mod ? "Mod+" : ""}${alt ? "Alt+" : ""}`;
  const letter = letterOf(key, code, alt);
  if (letter !== null) return `${before}${shift ? "Shift+" : ""}${letter}`;
  // What a sign is typed with is told by the sign.
  if (key.length === 1 && key !== " ") return before + key;
  return `${before}${shift ? "Shift+" : ""}${key === " " ? "Space" : key}`;
}

function letterOf(key: string, code: string | undefined, alt: boolean): string | null {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const isOther = /^\p{L}$/u.test(key) || alt;
  const placed = /^Key([A-Z])$/.exec(code ?? "")?.[1];
  return isOther && placed !== undefined ? placed : null;
}

const SIGNS: Record<string, string> = {
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A stroke as a person reads it. */
export function strokeText(stroke: string): string {
  if (stroke === "+") return stroke;
  const parts = stroke.split("+").map((part) => {
    if (part === "Mod") return isApple() ? "⌘" : "Ctrl";
    return SIGNS[part] ?? part;
  });
  return parts.join(" ");
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? "");
}
