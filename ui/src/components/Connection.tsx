import type { Connection as State } from "../api/liveClient";
import { isPreparing, useSession } from "../stores/session";

function words(state: State, feedConnected: boolean): { text: string; tone: string } {
  switch (state.state) {
    case "idle":
      return { text: "Disconnected", tone: "off" };
    case "connecting":
      return { text: "Connecting…", tone: "wait" };
    case "waiting":
      return { text: `Reconnecting (try ${state.attempt})…`, tone: "wait" };
    case "refused":
      return { text: "Refused", tone: "bad" };
    case "live":
      return feedConnected
        ? { text: "Connected", tone: "good" }
        : { text: "Waiting for the source…", tone: "wait" };
  }
}

export function Connection() {
  const state = useSession((s) => s.connection);
  const feedConnected = useSession((s) => s.source?.connected ?? false);
  const prepares = useSession((s) => s.source !== null && isPreparing(s.source));
  const { text, tone } =
    prepares && state.state === "idle"
      ? { text: "Preparing the source…", tone: "wait" }
      : words(state, feedConnected);
  return (
    <span className={`connection ${tone}`} role="status" aria-label="Connection">
      <span className="dot" />
      {text}
    </span>
  );
}
