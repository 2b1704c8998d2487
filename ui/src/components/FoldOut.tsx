import { type ReactNode, useEffect, useRef, useState } from "react";

interface FoldOutProps {
  className?: string;
  name: string;
  title: string;
  children: ReactNode;
}

/** A sheet of choices under its name: a click beside it folds it away, and so does Escape. */
export function FoldOut({ className = "", name, title, children }: FoldOutProps) {
  const box = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    const fold = () => box.current?.removeAttribute("open");
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) fold();
    };
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && fold();
    window.addEventListener("pointerdown", onPress, { capture: true });
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("pointerdown", onPress, { capture: true });
      window.removeEventListener("keydown", onKey);
    };
  }, [isOpen]);
  return (
    <details
      className={`heat-options ${className}`}
      ref={box}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary title={title}>{name}</summary>
      <div className="heat-sheet">{children}</div>
    </details>
  );
}
