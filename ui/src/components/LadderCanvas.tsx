import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Trade } from "../api/messages";
import { LadderView, type PointedOrder } from "../ladder/ladderView";
import { fittingGroup } from "../ladder/rows";
import type { LastTrade, Scene } from "../ladder/scene";
import { bestText } from "../ladder/words";
import { useBookView } from "../stores/book";
import { useFollow } from "../stores/follow";
import { shownTick, useLadder } from "../stores/ladder";
import { useMarket } from "../stores/market";
import { usePin } from "../stores/pins";
import { useSettings } from "../stores/settings";
import { LadderTable } from "./LadderTable";
import { OrderTip } from "./OrderTip";

interface LadderCanvasProps {
  onGroup(group: number): void;
  onAuto(auto: boolean): void;
}

/** The book comes more often than this: a trade that it does not bring along is drawn by itself. */
const ALONE_MS = 70;
/** How often the words for who does not see the drawing are told anew. */
const WORDS_MS = 400;
/** The first click of two comes no longer before the second. */
const DOUBLE_CLICK_MS = 700;

function sizeOf(canvas: HTMLCanvasElement | null) {
  return { width: canvas?.clientWidth ?? 0, height: canvas?.clientHeight ?? 0 };
}

function lastTrade(id: number | null): Trade | undefined {
  return useMarket.getState().data.dataOf(id)?.tape.trades.at(-1);
}

function markOf(trade: Trade | undefined): LastTrade | null {
  if (trade === undefined) return null;
  return { price: Number(trade.price), size: trade.size, side: trade.side };
}

export function LadderCanvas({ onGroup, onAuto }: LadderCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<LadderView>(null);
  const [pointed, setPointed] = useState<PointedOrder | null>(null);
  const [scene, setScene] = useState<Scene | null>(null);
  const theme = useSettings((s) => `${s.theme} ${s.colours}`);
  const books = useBookView();
  const isPinned = usePin() !== null;

  useEffect(() => {
    if (canvas.current === null) return;
    let toldAt = 0;
    let pickedAt = Number.NEGATIVE_INFINITY;
    let wasFollowing = false;
    let later: ReturnType<typeof setTimeout> | undefined;
    const tell = (drawn: Scene) => {
      clearTimeout(later);
      const waited = performance.now() - toldAt;
      later = setTimeout(
        () => {
          toldAt = performance.now();
          setScene(drawn);
        },
        Math.max(0, WORDS_MS - waited),
      );
    };
    const drawn = new LadderView(canvas.current, {
      onHover: setPointed,
      // One order is followed at a time, of the instrument that the page follows.
      onFollow: (id, side, price) => {
        if (isPinned) return;
        const { followed, pick } = useFollow.getState();
        const now = performance.now();
        if (now - pickedAt > DOUBLE_CLICK_MS) wasFollowing = followed !== null;
        pickedAt = now;
        pick(id, side, price);
      },
      onDoubleClick: () => {
        const isMine = performance.now() - pickedAt < DOUBLE_CLICK_MS;
        if (isMine && !wasFollowing) useFollow.getState().end();
      },
      onAuto,
      onDrawn: tell,
    });
    view.current = drawn;
    let auto = 1;
    let shownTrade: Trade | undefined;
    let alone: ReturnType<typeof setTimeout> | undefined;
    const show = (now: boolean) => {
      clearTimeout(alone);
      alone = undefined;
      const book = books.shown();
      const tick = shownTick(books.idOf());
      auto = fittingGroup(book, tick, 2 * drawn.page, auto);
      const group = useLadder.getState().group ?? auto;
      onGroup(group);
      const followedId = useFollow.getState().followed?.orderId ?? null;
      shownTrade = lastTrade(books.idOf());
      drawn.show({ book, tick, group, last: markOf(shownTrade), followedId }, now);
    };
    show(false);
    // The stores tell of a frame from within it: the drawing belongs to the same one.
    const ends = [
      books.use.subscribe((now, before) => now.frame !== before.frame && show(true)),
      // Trades come by the other stream, and the book too where the source has no stream of its own.
      useMarket.subscribe(() => {
        if (books.use.getState().connection.state !== "live") show(false);
        else if (lastTrade(books.idOf()) !== shownTrade)
          alone ??= setTimeout(() => show(false), ALONE_MS);
      }),
      useFollow.subscribe(() => show(false)),
      useLadder.subscribe((now, before) => {
        if (now.recentres !== before.recentres) drawn.recentre();
        if (now.group !== before.group) show(false);
      }),
    ];
    return () => {
      for (const end of ends) end();
      clearTimeout(alone);
      clearTimeout(later);
      drawn.destroy();
      view.current = null;
    };
  }, [onAuto, onGroup, books, isPinned]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours.
  useEffect(() => view.current?.repaint(), [theme]);

  const onKeyDown = (event: KeyboardEvent) => {
    const page = view.current?.page ?? 1;
    const rows = { ArrowUp: 1, ArrowDown: -1, PageUp: page, PageDown: -page }[event.key];
    if (rows === undefined) return;
    view.current?.scroll(rows);
    event.preventDefault();
    event.stopPropagation();
  };

  const book = scene?.book ?? null;
  return (
    <div
      className="ladder-body"
      role="application"
      aria-roledescription="price ladder"
      aria-label={`Ladder: ${bestText(book, scene?.tick ?? 1)}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys.
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} />
      {pointed !== null && book !== null && (
        <OrderTip
          pointed={pointed}
          book={book}
          tick={scene?.tick ?? 1}
          size={sizeOf(canvas.current)}
          canFollow={!isPinned}
        />
      )}
      {scene !== null && <LadderTable scene={scene} />}
    </div>
  );
}
