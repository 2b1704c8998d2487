// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { agree, startSync, useSync } from "../../src/settings/sync";
import { readAlerts, useAlerts } from "../../src/stores/alerts";
import { useKeymap } from "../../src/stores/keymap";
import { readPage, useSettings } from "../../src/stores/settings";

let server: Record<string, unknown> | null;
const puts: Record<string, unknown>[] = [];

beforeEach(() => {
  server = {};
  puts.length = 0;
  localStorage.clear();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("fetch", async (_path: string, init?: RequestInit) => {
    if (server === null) throw new TypeError("no server");
    if (init?.method === "PUT") {
      server = JSON.parse(String(init.body));
      puts.push(server ?? {});
    }
    return new Response(JSON.stringify(server));
  });
  startSync();
});

async function settled(): Promise<void> {
  await vi.runAllTimersAsync();
}

describe("settings", () => {
  it("are given to the server when they change, beside what is not this page's", async () => {
    server = { another: { kept: true } };
    useSettings.getState().set({ theme: "light" });
    useAlerts.getState().set({ distance: 3, unit: "points" });
    await settled();
    expect(puts.length).toBe(1);
    expect(server).toMatchObject({
      another: { kept: true },
      viewer: { page: { theme: "light" }, alerts: { distance: 3, unit: "points" } },
    });
    expect(useSync.getState().place).toBe("server");
  });

  it("that are newer on the server are taken", async () => {
    const page = { theme: "dark", colours: "safe" };
    const keys = { mute: ["Q"] };
    server = { viewer: { version: 1, changedAt: Date.now() + 1_000, page, keys, alerts: {} } };
    await agree();
    await settled();
    expect(useSettings.getState()).toMatchObject(page);
    expect(useKeymap.getState().rebound).toEqual(keys);
    expect(puts).toEqual([]);
  });

  it("stay in the browser while there is no server, and are given to it later", async () => {
    server = null;
    useAlerts.getState().set({ volume: 0.25 });
    await settled();
    expect(useSync.getState().place).toBe("browser");
    server = {};
    await agree();
    expect(server).toMatchObject({ viewer: { alerts: { volume: 0.25 } } });
  });

  it("of another version are taken as far as they are known", () => {
    const alerts = useAlerts.getState();
    const read = readAlerts({ volume: 7, kinds: { sweep: true, of_tomorrow: true } }, alerts);
    expect(read.volume).toBe(alerts.volume);
    expect(read.kinds.sweep).toBe(true);
    expect(Object.keys(read.kinds)).not.toContain("of_tomorrow");
    const page = useSettings.getState();
    expect(readPage({ theme: "blue", interval: "7m", zone: "local" }, page)).toMatchObject({
      theme: page.theme,
      interval: page.interval,
      zone: "local",
    });
  });
});
