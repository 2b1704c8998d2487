import { INTERVALS, type Interval } from "../market/bars";
import { formatSpan, toSeconds } from "../market/times";
import { useHint } from "../stores/keymap";
import { useMarket } from "../stores/market";
import { useSettings } from "../stores/settings";

interface ChartToolbarProps {
  symbol: string;
  clockNs: bigint | null;
  interval: Interval;
  /** Whether a person chose the interval. */
  isChosen: boolean;
}

export function ChartToolbar({ symbol, clockNs, interval, isChosen }: ChartToolbarProps) {
  const hint = useHint();
  const set = useSettings((s) => s.set);
  const follow = () => useMarket.setState((now) => ({ follows: now.follows + 1 }));
  const left = clockNs === null ? null : interval.everyS - (toSeconds(clockNs) % interval.everyS);
  return (
    <div className="panel-head">
      <h2>{symbol}</h2>
      <fieldset className="intervals">
        <legend className="unseen">Interval</legend>
        <button
          type="button"
          aria-pressed={!isChosen}
          onClick={() => set({ interval: null })}
          title={hint("The interval that suits how often this instrument trades", "fitting")}
        >
          Auto
        </button>
        {INTERVALS.map(({ name }) => (
          <button
            type="button"
            key={name}
            aria-pressed={isChosen && name === interval.name}
            data-fits={!isChosen && name === interval.name}
            onClick={() => set({ interval: name })}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <span className="spring" />
      {left !== null && interval.everyS > 1 && (
        <span className="mark" title="Until this candle closes, by the market's clock">
          closes in {formatSpan(left)}
        </span>
      )}
      <button
        type="button"
        className="quiet"
        onClick={follow}
        title={hint("Follow the newest candle", "follow")}
      >
        Newest
      </button>
    </div>
  );
}
