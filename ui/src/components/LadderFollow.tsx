import { useEffect } from "react";
import { fateText } from "../ladder/words";
import { useFollow } from "../stores/follow";
import { shownTick } from "../stores/ladder";
import { useSettings } from "../stores/settings";

/** One line that says where the followed order is, until a person ends it. */
export function LadderFollow() {
  const { followed, end } = useFollow();
  const zone = useSettings((s) => s.zone);
  const isFollowing = followed !== null;
  useEffect(() => {
    if (!isFollowing) return;
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && end();
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isFollowing, end]);
  if (followed === null) return null;
  return (
    <div className="ladder-follow" data-fate={followed.fate}>
      <b className={followed.side === "B" ? "buy" : "sell"}>
        {followed.side === "B" ? "Bid" : "Ask"}
      </b>
      <span className="ladder-id">{followed.orderId.toString()}</span>
      <span role="status" aria-label="Followed order">
        {fateText(followed, shownTick(), zone)}
      </span>
      <button type="button" aria-label="End following" title="End following (Esc)" onClick={end}>
        ×
      </button>
    </div>
  );
}
