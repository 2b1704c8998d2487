"""Absorption in plain Python, from the rules of the reference (B1.4) in event time."""

from __future__ import annotations

from fractions import Fraction
from math import floor

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
LIFE = {0: 5 * MINUTE, 1: 5 * MINUTE, 2: 15 * MINUTE, 3: 30 * MINUTE}


class Oracle:
    """All prints put into their seconds first, then one second after the other."""

    def __init__(self, prints, levels, tick, clock_ns, least=20):
        self.tick, self.least = tick, least
        self.levels = levels
        self.seconds = {}
        for one in prints:
            self.seconds.setdefault(one[0] // SECOND, []).append(one)
        self.events = []
        self.zones = {}
        for second in sorted(self.seconds):
            if (second + 1) * SECOND <= clock_ns:
                self.judge(second)

    def delta(self, second):
        sign = {"B": 1, "A": -1, "N": 0}
        return sum(sign[side] * size for _, _, size, side in self.seconds.get(second, []))

    def volume(self, second):
        return sum(size for _, _, size, _ in self.seconds.get(second, []))

    def least_delta(self, second):
        back = min(30, second - min(self.seconds))
        traded = sum(self.volume(second - age) for age in range(1, back + 1))
        average = Fraction(traded, back) if traded else 200
        return max(Fraction(2, 5) * average, self.least)

    def judge(self, second):
        now = (second + 1) * SECOND
        delta = self.delta(second)
        sided = [one for one in self.seconds[second] if one[3] != "N"]
        if delta == 0 or abs(delta) < self.least_delta(second):
            return
        change = sided[-1][1] - sided[0][1]
        if change > self.tick if delta > 0 else change < -self.tick:
            return
        volume = sum(size for _, _, size, _ in sided)
        total = sum(price * size for _, price, size, _ in sided)
        average = floor(Fraction(total, volume) + Fraction(1, 2))
        price = floor(Fraction(average, self.tick) + Fraction(1, 2)) * self.tick
        known = [row for row in self.levels if row[0] <= now]
        near = [0, 0, 0]
        if known:
            near = [
                int(level is not None and abs(average - level) <= 2 * self.tick)
                for level in known[-1][1:]
            ]
        trend = sum(self.delta(second - age) for age in range(5))
        against = int(trend > 100 if delta > 0 else trend < -100)
        side = "B" if delta > 0 else "A"
        key = (price, side)
        zone = self.zones.get(key)
        if zone is None or now - zone["last"] >= LIFE[zone["strength"]]:
            self.zones.pop(key, None)
            zone = {"events": 0, "absorbed": 0, "first": now, "strength": 0}
            self.zones[key] = zone
        zone["events"] += 1
        zone["absorbed"] += abs(delta)
        zone["last"] = now
        strength = min(zone["events"] - 1, 3) + max(near) + against
        zone["strength"] = max(zone["strength"], min(strength, 3))
        zone["at"] = (*near, against)
        row = (now, price, average, change, delta, volume, zone["absorbed"], zone["events"])
        told = int(zone["strength"] > 0)
        self.events.append((*row, ord(side), zone["strength"], *near, against, told))

    def zones_at(self, now):
        """Zones of two events and more that live, by the time of their first event."""
        found = []
        for (price, side), zone in self.zones.items():
            expires = zone["last"] + LIFE[zone["strength"]]
            if expires > now and zone["events"] >= 2:
                times = (zone["first"], zone["last"], expires)
                state = (zone["events"], ord(side), zone["strength"], *zone["at"])
                found.append((price, zone["absorbed"], *times, *state))
        return found
