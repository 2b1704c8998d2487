/** What is told of a place of the chart, in lines. */

import { formatSize } from "../market/prices";
import type { Zone } from "../market/times";
import type { FlowBar } from "./bar";
import { meanText, priceText, timeText } from "./draw/axes";
import type { BubbleItem } from "./flowState";
import { type Mark, SIGNS } from "./marks";
import type { Found } from "./readout";
import type { AbsorptionZone } from "./wire";

export interface Words {
  /** In points. */
  tick: number;
  zone: Zone;
}

const TIERS = ["small", "medium", "large", "very large", "largest"];

function signed(value: number): string {
  return value > 0 ? `+${formatSize(value)}` : formatSize(value);
}

/** `14:31:00 · 6012.25 · O 6011.00 H … · Vol 1,200 · Δ +80`. */
export function readoutText(found: Found, words: Words): string {
  const parts = [timeText(found.ms, words.zone)];
  if (found.tick !== null) parts.push(priceText(found.tick * words.tick, words));
  if (found.bar !== null) parts.push(barText(found.bar, words));
  return parts.join(" · ");
}

export function barText(bar: FlowBar, words: Words): string {
  const price = (tick: number) => priceText(tick * words.tick, words);
  const { open, high, low, close, volume, delta } = bar;
  const prices = `O ${price(open)} H ${price(high)} L ${price(low)} C ${price(close)}`;
  return `${prices} · Vol ${formatSize(volume)} · Δ ${signed(delta)}`;
}

/** What the thing under the pointer is, line by line; empty: nothing in particular. */
export function tipLines(found: Found, words: Words): string[] {
  if (found.mark !== null) return markLines(found.mark, found.marks, words);
  if (found.bubble !== null) return [...bubbleLines(found.bubble, words), "Click: its prints"];
  if (found.zone !== null) return zoneLines(found.zone, words);
  return [];
}

export function bubbleLines({ message, side, tier, size }: BubbleItem, words: Words): string[] {
  const share = Math.round(Math.abs(message.imbalance) * 100);
  const who = side === "buy" ? "Bought" : "Sold";
  const lines = [
    `${who} ${formatSize(size)} at ${meanText(message.price, words)}`,
    `${formatSize(message.buyVolume)} bought, ${formatSize(message.sellVolume)} sold`,
    `imbalance ${share} %${message.isSignificantImbalance ? "" : ", not significant"}`,
  ];
  const named = TIERS[tier];
  return named === undefined || tier === 0 ? lines : [...lines, `${named} for this session`];
}

function markLines(mark: Mark, count: number, words: Words): string[] {
  const { name } = SIGNS[mark.kind];
  const lines = [
    `${name}, ${mark.direction}${count > 1 ? `, the last of ${count} here` : ""}`,
    `${timeText(mark.ms, words.zone)} at ${priceText(mark.price, words)}`,
  ];
  if (mark.kind === "confluence" && mark.score !== null) lines.push(`score ${mark.score}`);
  else if (mark.strength !== null) lines.push(mark.strength);
  if (mark.outcome !== null) lines.push(`outcome: ${mark.outcome}`);
  return lines;
}

function zoneLines(zone: AbsorptionZone, words: Words): string[] {
  const where = [zone.atPoc ? "POC" : "", zone.atVah ? "VAH" : "", zone.atVal ? "VAL" : ""].filter(
    (name) => name !== "",
  );
  const lines = [
    `${zone.absorptionType === "buying" ? "Buying" : "Selling"} absorbed: ${formatSize(zone.totalAbsorbed)}`,
    `${zone.strength}, ${zone.eventCount} times, at ${meanText(zone.price, words)}`,
    `${timeText(zone.firstSeen, words.zone)} to ${timeText(zone.lastSeen, words.zone)}`,
  ];
  if (where.length > 0) lines.push(`at ${where.join(", ")}`);
  if (zone.againstTrend) lines.push("against the trend");
  return lines;
}
