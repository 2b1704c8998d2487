/** The flow panel alone, on made-up messages: `npm run dev`, then `/tests/flow/page/?theme=light&minutes=390`. */

import { createRoot } from "react-dom/client";
import { FlowPanel } from "../../../src/flow/FlowPanel";
import { useFlowCharts } from "../../../src/flow/settings";
import { takeMessage, useMarket } from "../../../src/stores/market";
import { useSession } from "../../../src/stores/session";
import "../../../src/styles/theme.css";
import "../../../src/styles/layout.css";
import "../../../src/styles/dock.css";
import "../../../src/styles/controls.css";
import "../../../src/styles/panels.css";
import "../../../src/styles/heatmap.css";
import "../../../src/styles/flow.css";
import "../../../src/styles/phone.css";
import { bubble, connected, cvdPoint, day, SYMBOL } from "../messages";
import { CONNECTED } from "./instrument";

const asked = new URLSearchParams(window.location.search);

/** Says what a server of order flow would, and after it one window a second. */
class MadeUpSocket {
  static readonly OPEN = 1;
  readyState = 1;
  binaryType = "";
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(url: string) {
    if (!url.includes("/ws/flow")) return;
    const { past, endMs, price, cvd } = day(Number(asked.get("minutes") ?? 390));
    let ms = endMs;
    setTimeout(() => this.says([connected(), ...past]), 10);
    this.timer = setInterval(() => {
      ms += 1_000;
      this.says([cvdPoint(ms, cvd), bubble(ms, price, 20, 5)]);
    }, 1_000);
  }

  send(): void {}

  close(): void {
    clearInterval(this.timer);
  }

  private says(messages: unknown): void {
    this.onmessage?.({ data: JSON.stringify(messages) });
  }
}

Object.assign(window, { WebSocket: MadeUpSocket, stores: { useMarket } });
useFlowCharts.getState().set("flow", { every: "1m" });
takeMessage(CONNECTED);
useSession.setState({ connection: { state: "live" }, connectedTo: SYMBOL });
useMarket.getState().pick(1);

createRoot(document.body.appendChild(document.createElement("main"))).render(
  <div
    className="app"
    data-theme={asked.get("theme") ?? "dark"}
    style={{ display: "flex", flexDirection: "column", height: "100vh" }}
  >
    <FlowPanel />
  </div>,
);
