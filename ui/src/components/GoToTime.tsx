import { useState } from "react";
import { formatDateTime, type Zone } from "../market/times";
import { useHint } from "../stores/keymap";
import { goTo } from "../stores/replay";

interface GoToTimeProps {
  cursorNs: bigint;
  zone: Zone;
  disabled: boolean;
}

/** The replay's time, and the field to type another one. */
export function GoToTime({ cursorNs, zone, disabled }: GoToTimeProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const hint = useHint();
  const [isWrong, setWrong] = useState(false);
  const begin = () => setTyped(formatDateTime(cursorNs, zone, 3));
  const end = () => {
    setTyped(null);
    setWrong(false);
  };
  return (
    <input
      id="go-to-time"
      className="cursor"
      type="text"
      aria-label="Replay time"
      aria-invalid={isWrong}
      title={hint("Go to 14:31, 14:31:07.5, +30s, -5m, 40%, or #1200 for a record", "go-to")}
      value={typed ?? formatDateTime(cursorNs, zone, 3)}
      disabled={disabled}
      spellCheck={false}
      autoComplete="off"
      onFocus={(event) => {
        begin();
        const field = event.currentTarget;
        const shown = field.value;
        field.select();
        // A click ends the selection; who types at once is not to lose what is there by then.
        requestAnimationFrame(() => field.value === shown && field.select());
      }}
      onChange={(event) => {
        setTyped(event.target.value);
        setWrong(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        if (typed !== null && goTo(typed)) event.currentTarget.blur();
        else setWrong(true);
      }}
      onBlur={end}
    />
  );
}
