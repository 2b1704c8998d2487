/** Tells when a price comes near a level: once, and again only after it has gone away. Pure. */

export interface NamedLevel {
  name: string;
  /** In points. */
  price: number;
}

interface Watched {
  /** Whether coming near is news: not while the price stays near. */
  armed: boolean;
}

/** How far away, in distances, a price has to go before coming near is news again. */
const AWAY = 2;
/** Levels that move, as an average does, are the same level. */
const keyOf = (level: NamedLevel) => level.name;

export class LevelWatch {
  private readonly levels = new Map<string, Watched>();
  private last: number | null = null;

  /** Take a price; gives the levels that it has just come near to, or gone through. */
  take(price: number, levels: readonly NamedLevel[], distance: number): NamedLevel[] {
    const before = this.last;
    this.last = price;
    return levels.filter((level) => {
      const away = Math.abs(price - level.price);
      const known = this.levels.get(keyOf(level));
      if (known === undefined) {
        // Where the price stands when a level is first seen is no approach.
        this.levels.set(keyOf(level), { armed: away > distance });
        return false;
      }
      const through =
        before !== null && Math.sign(before - level.price) !== Math.sign(price - level.price);
      const news = known.armed && (away <= distance || through);
      if (news) known.armed = false;
      else if (away > AWAY * distance) known.armed = true;
      return news;
    });
  }

  /** Time stands elsewhere: nothing came near on the way. */
  reset(): void {
    this.levels.clear();
    this.last = null;
  }
}
