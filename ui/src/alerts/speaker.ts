/** Plays notes by WebAudio, and is silent at once when told so, in the middle of a note too. */

import type { Note } from "./sounds";

/** Many tones at once are noise: those that would be too many are not played. */
const MOST_AT_ONCE = 12;
const ATTACK_S = 0.005;

export class Speaker {
  private context: AudioContext | null = null;
  private master: GainNode | null = null;
  private readonly sounding = new Set<OscillatorNode>();

  /** `mayPlay`: whether a person has touched the page; before that, a browser keeps what is played for later. */
  constructor(
    private readonly make: () => AudioContext = () => new AudioContext(),
    private readonly mayPlay: () => boolean = () => navigator.userActivation?.hasBeenActive ?? true,
  ) {}

  /** How many tones sound or are about to. */
  get tones(): number {
    return this.sounding.size;
  }

  /** A browser lets a page sound only once a person has touched it. */
  wake(): void {
    if (this.context?.state === "suspended") void this.context.resume();
  }

  /** `volume` from 0 to 1. */
  play(notes: readonly Note[], volume: number): void {
    if (volume <= 0 || this.sounding.size >= MOST_AT_ONCE || !this.mayPlay()) return;
    const context = this.opened();
    this.wake();
    // Each time anew: silence cut the one before off.
    const master = this.master ?? context.createGain();
    if (this.master === null) master.connect(context.destination);
    this.master = master;
    master.gain.value = volume;
    for (const note of notes) this.sound(context, master, note, 0.5 / Math.sqrt(notes.length));
  }

  /** No tone is heard after this, whatever was sounding or about to. */
  silence(): void {
    if (this.master !== null) {
      this.master.gain.value = 0;
      this.master.disconnect();
      this.master = null;
    }
    for (const tone of this.sounding) {
      tone.stop();
      tone.disconnect();
    }
    this.sounding.clear();
  }

  private opened(): AudioContext {
    this.context ??= this.make();
    return this.context;
  }

  private sound(context: AudioContext, to: AudioNode, note: Note, loudness: number): void {
    const start = context.currentTime + note.at;
    const end = start + note.seconds;
    const envelope = context.createGain();
    envelope.gain.setValueAtTime(0, start);
    envelope.gain.linearRampToValueAtTime(loudness, start + ATTACK_S);
    envelope.gain.linearRampToValueAtTime(0, end);
    const tone = context.createOscillator();
    tone.type = note.wave;
    tone.frequency.value = note.hz;
    tone.connect(envelope).connect(to);
    this.sounding.add(tone);
    tone.onended = () => {
      this.sounding.delete(tone);
      envelope.disconnect();
    };
    tone.start(start);
    tone.stop(end);
  }
}
