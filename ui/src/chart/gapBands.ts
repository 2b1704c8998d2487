/** Shaded bands over the time in which records were missed. */

import type {
  IPanePrimitive,
  IPanePrimitivePaneView,
  ITimeScaleApi,
  PaneAttachedParameter,
  Time,
  UTCTimestamp,
} from "lightweight-charts";
import type { Gap } from "../api/messages";
import { toSeconds } from "../market/times";

const LEAST_PX = 4;
const LABEL_PX = 26;
// Below the read-out, above most candles.
const LABEL_Y = 56;

export class GapBands implements IPanePrimitive<Time> {
  private gaps: readonly Gap[] = [];
  private colour = "";
  private font = "";
  private attachment: PaneAttachedParameter<Time> | null = null;
  private readonly views: readonly IPanePrimitivePaneView[] = [
    {
      zOrder: () => "bottom",
      renderer: () => ({
        draw: (target) =>
          target.useMediaCoordinateSpace(({ context, mediaSize }) => {
            context.font = this.font;
            context.textAlign = "center";
            for (const gap of this.gaps) {
              const span = this.spanOf(gap);
              if (span === null) continue;
              const width = span.to - span.from;
              context.fillStyle = this.colour;
              context.globalAlpha = 0.16;
              context.fillRect(span.from, 0, width, mediaSize.height);
              context.globalAlpha = 0.7;
              context.fillRect(span.from, 0, 1, mediaSize.height);
              context.fillRect(span.to - 1, 0, 1, mediaSize.height);
              context.globalAlpha = 1;
              if (width >= LABEL_PX) context.fillText("gap", span.from + width / 2, LABEL_Y);
            }
          }),
      }),
    },
  ];

  attached(attachment: PaneAttachedParameter<Time>): void {
    this.attachment = attachment;
  }

  detached(): void {
    this.attachment = null;
  }

  paneViews(): readonly IPanePrimitivePaneView[] {
    return this.views;
  }

  style(colour: string, font: string): void {
    this.colour = colour;
    this.font = font;
    this.attachment?.requestUpdate();
  }

  show(gaps: readonly Gap[]): void {
    if (gaps === this.gaps) return;
    this.gaps = gaps;
    this.attachment?.requestUpdate();
  }

  /** The newest gap whose band lies under a place of the pane. */
  at(x: number): Gap | null {
    const under = (gap: Gap) => {
      const span = this.spanOf(gap);
      return span !== null && x >= span.from - 2 && x <= span.to + 2;
    };
    return this.gaps.findLast(under) ?? null;
  }

  private spanOf(gap: Gap): { from: number; to: number } | null {
    if (this.attachment === null) return null;
    const scale = this.attachment.chart.timeScale();
    const [a, b] = [placeOf(scale, gap.startNs), placeOf(scale, gap.endNs)];
    if (a === null || b === null) return null;
    const middle = (a + b) / 2;
    const half = Math.max(LEAST_PX, b - a) / 2;
    return { from: middle - half, to: middle + half };
  }
}

function placeOf(scale: ITimeScaleApi<Time>, ns: bigint): number | null {
  const index = scale.timeToIndex(toSeconds(ns) as UTCTimestamp, true);
  // The library marks places on its scale as a type of their own: they are numbers.
  return index === null ? null : scale.logicalToCoordinate(index as number as never);
}
