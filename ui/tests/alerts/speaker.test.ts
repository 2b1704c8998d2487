import { describe, expect, it } from "vitest";
import { notesOf } from "../../src/alerts/sounds";
import { Speaker } from "../../src/alerts/speaker";
import { ALARMS } from "../../src/stores/alerts";

class FakeParam {
  value = 1;
  setValueAtTime(): void {}
  linearRampToValueAtTime(): void {}
}

class FakeNode {
  to: FakeNode | null = null;
  stopped = false;
  readonly gain = new FakeParam();
  readonly frequency = new FakeParam();
  type = "";
  onended: (() => void) | null = null;
  connect(to: FakeNode): FakeNode {
    this.to = to;
    return to;
  }
  disconnect(): void {
    this.to = null;
  }
  start(): void {}
  stop(when?: number): void {
    this.stopped ||= when === undefined;
  }
}

class FakeContext {
  currentTime = 0;
  state = "running";
  readonly destination = new FakeNode();
  readonly tones: FakeNode[] = [];
  createGain(): FakeNode {
    return new FakeNode();
  }
  createOscillator(): FakeNode {
    const tone = new FakeNode();
    this.tones.push(tone);
    return tone;
  }

  /** Tones whose way to the loudspeaker is open and not turned down. */
  heard(): FakeNode[] {
    return this.tones.filter((tone) => {
      let at: FakeNode | null = tone.stopped ? null : tone;
      for (; at !== null; at = at.to) {
        if (at === this.destination) return true;
        if (at !== tone && at.gain.value === 0) return false;
      }
      return false;
    });
  }
}

function speaking(isTouched = true) {
  const context = new FakeContext();
  const made = () => context as unknown as AudioContext;
  const speaker = new Speaker(made, () => isTouched);
  return { context, speaker };
}

describe("the speaker", () => {
  it("plays every note of an alert", () => {
    const { context, speaker } = speaking();
    speaker.play(notesOf("stacked_imbalance", "bullish"), 0.5);
    expect(context.tones.map((tone) => tone.frequency.value)).toEqual([500, 600, 700]);
    expect(context.heard().length).toBe(3);
  });

  it("keeps nothing for later on a page that nobody has touched yet", () => {
    const { context, speaker } = speaking(false);
    speaker.play(notesOf("confluence", "bullish"), 1);
    expect(context.tones).toEqual([]);
  });

  it("is silent at once in the middle of a note, and of those to come", () => {
    const { context, speaker } = speaking();
    speaker.play(notesOf("confluence", "bearish"), 1);
    speaker.silence();
    expect(context.heard()).toEqual([]);
    expect(speaker.tones).toBe(0);
  });

  it("sounds again after silence", () => {
    const { context, speaker } = speaking();
    speaker.play(notesOf("confluence", "bearish"), 1);
    speaker.silence();
    speaker.play(notesOf("delta_flip", "bullish"), 1);
    expect(context.heard().map((tone) => tone.frequency.value)).toEqual([800]);
  });

  it("plays no more at once than can be told apart, and nothing without volume", () => {
    const { context, speaker } = speaking();
    for (let i = 0; i < 50; i += 1) speaker.play(notesOf("absorption", "bullish"), 1);
    expect(context.tones.length).toBeLessThan(16);
    const quiet = speaking();
    quiet.speaker.play(notesOf("absorption", "bullish"), 0);
    expect(quiet.context.tones).toEqual([]);
  });
});

it("every alert sounds otherwise than every other, and bullish otherwise than bearish", () => {
  const heard = ALARMS.map((alarm) => JSON.stringify(notesOf(alarm, "bullish")));
  expect(new Set(heard).size).toBe(ALARMS.length);
  for (const alarm of ALARMS) {
    if (alarm === "level") continue;
    expect(notesOf(alarm, "bearish")).not.toEqual(notesOf(alarm, "bullish"));
  }
});
