/** A picture of the page as it stands, saved as a file. */

import { drawStill } from "../drawing/still";
import { formatDateTime } from "../market/times";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";
import { paintPage } from "./paintPage";

/** What lies over the panels for a moment only. */
const NOT_OF_IT = ".toasts, .flash, dialog, .unseen";

export async function saveScreenshot(): Promise<void> {
  const blob = await pictureOf(document.querySelector(".app"));
  if (blob === null) {
    useSession.getState().report({
      code: "no-picture",
      message: "This browser made no picture of the page.",
      hint: "A smaller window may help.",
    });
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName();
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function pictureOf(page: Element | null): Promise<Blob | null> {
  if (page === null) return null;
  const { width, height } = page.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.scale(scale, scale);
  // In one turn: what WebGL has drawn is gone after it.
  drawStill();
  paintPage(context, page, NOT_OF_IT);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** `ticktape-ESZ5-2025-11-24T14-30-05.png`: the market's time, not the reader's. */
function fileName(): string {
  const { data, activeId } = useMarket.getState();
  const symbol = data.instruments.find((one) => one.instrumentId === activeId)?.symbol ?? "page";
  const ns = data.clockNs ?? BigInt(Date.now()) * 1_000_000n;
  const time = formatDateTime(ns, "utc").replace(" ", "T").replaceAll(":", "-");
  return `ticktape-${symbol.replace(/[^\w.-]/g, "_")}-${time}.png`;
}
