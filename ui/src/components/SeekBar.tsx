import { type CSSProperties, useEffect, useRef, useState } from "react";
import type { ReplayStatus } from "../api/messages";
import type { ReplayActivity } from "../api/replayActivity";
import { drawActivity, readStripColours } from "../chart/activityStrip";
import { formatSize } from "../market/prices";
import { atFraction, fractionOf } from "../market/seeking";
import { formatDateTime, type Zone } from "../market/times";
import { seek, useReplay } from "../stores/replay";
import { useSettings } from "../stores/settings";

const STEPS = 10_000;

/** Where the replay stands, over what happens when; drag, and everything follows. */
export function SeekBar({ replay, zone }: { replay: ReplayStatus; zone: Zone }) {
  const activity = useReplay((s) => s.activity);
  const wantedNs = useReplay((s) => s.wantedNs);
  const [hover, setHover] = useState<number | null>(null);
  const cursorNs = wantedNs ?? replay.cursorNs;
  const cursor = fractionOf({ ...replay, cursorNs });
  const value = Math.round(cursor * STEPS);
  const pointed = hover === null ? null : atFraction(replay, hover);
  return (
    <div
      className="seek"
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        setHover(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
      }}
      onPointerLeave={() => setHover(null)}
    >
      <ActivityStrip activity={activity} cursor={cursor} />
      {hover !== null && pointed !== null && (
        <output className="seek-time" style={{ "--at": `${hover * 100}%` } as CSSProperties}>
          {formatDateTime(pointed, zone, 3)}
          {activity !== null && <span className="mark"> {toldAt(activity, hover)}</span>}
        </output>
      )}
      <input
        type="range"
        min={0}
        max={STEPS}
        value={value}
        aria-label="Seek"
        aria-valuetext={formatDateTime(cursorNs, zone)}
        onChange={(event) => seek(atFraction(replay, Number(event.target.value) / STEPS))}
      />
    </div>
  );
}

/** Drawn apart from React, and only when its picture changes by a pixel. */
function ActivityStrip({ activity, cursor }: { activity: ReplayActivity | null; cursor: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useSettings((s) => s.theme);
  const colours = useSettings((s) => s.colours);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (canvas.current === null) return;
    const watch = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    watch.observe(canvas.current);
    return () => watch.disconnect();
  }, []);
  const pixel = Math.round(cursor * width);
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the page's style, which theme and colours change
  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    drawActivity(canvas.current, activity, pixel / width, readStripColours(canvas.current));
  }, [activity, pixel, width, theme, colours]);
  return <canvas className="activity" ref={canvas} />;
}

/** What the tape holds where the pointer is. */
function toldAt(activity: ReplayActivity, fraction: number): string {
  const { buckets } = activity;
  const bucket = buckets[Math.min(buckets.length - 1, Math.floor(fraction * buckets.length))];
  if (bucket === undefined) return "";
  return `${formatSize(bucket.records)} records · ${formatSize(bucket.volume)} traded`;
}
