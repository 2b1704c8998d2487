/** What is told of a place of the chart, in lines. */

import type { Trade } from "../api/messages";
import { formatPrice, formatSize } from "../market/prices";
import { formatClock, type Zone } from "../market/times";
import { KIND_NAMES } from "../signals/kinds";
import type { FlowBar } from "./bar";
import { meanText, priceText, timeText } from "./draw/axes";
import type { BubbleItem } from "./flowState";
import type { Mark } from "./marks";
import type { Prints } from "./pointedPrints";
import type { Found } from "./readout";
import type { AbsorptionZone } from "./wire";

export interface Words {
  /** In points. */
  tick: number;
  zone: Zone;
}

/** Prints that a tip has room for. */
const MOST_TOLD = 5;
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

/** What the thing under the pointer is, line by line; empty: nothing in particular. `prints`: of the bubble. */
export function tipLines(found: Found, prints: Prints, words: Words): string[] {
  if (found.mark !== null) return markLines(found.mark, found.marks, words);
  if (found.bubble !== null)
    return [...bubbleLines(found.bubble, words), ...printLines(prints, words)];
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

/** `14:31:00.250 · 6012.25 · 40`: time, price and size of a print. */
export function printTexts({ tsEvent, price, size }: Trade, { tick, zone }: Words): string[] {
  const step = BigInt(Math.round(tick * 1e9));
  return [formatClock(tsEvent, zone, 3), formatPrice(price, step), formatSize(size)];
}

export function countText(prints: number): string {
  if (prints === 0) return "No prints are kept of it.";
  return prints === 1 ? "1 print" : `${formatSize(prints)} prints`;
}

/** The largest prints, and how many more there are. */
function printLines(prints: Prints, words: Words): string[] {
  if (prints === "asked") return ["its prints …"];
  if (prints === "failed") return ["Its prints did not come; click to ask again"];
  const told = prints.slice(0, MOST_TOLD).map((one) => printTexts(one, words).join(" · "));
  const more = prints.length - told.length;
  const rest = more > 0 ? [`and ${formatSize(more)} more: click for all`] : [];
  return [countText(prints.length), ...told, ...rest];
}

function markLines(mark: Mark, count: number, words: Words): string[] {
  const name = KIND_NAMES[mark.kind];
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
