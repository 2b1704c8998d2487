import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.TICKTAPE_SERVER ?? "http://127.0.0.1:8080";
// Compressed: what every page loads, and all there is, the dock of a desktop among it.
const MOST_AT_FIRST = 250_000;
const MOST_IN_ALL = 400_000;

/** A page that grew past its budget does not build. */
function budget(): Plugin {
  return {
    name: "budget",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const sizeOf = (file: (typeof files)[number]) =>
        gzipSync(file.type === "chunk" ? file.code : file.source).length;
      const first = files.find((file) => file.type === "chunk" && file.isEntry);
      const atFirst = first === undefined ? 0 : sizeOf(first);
      const inAll = files.reduce((sum, file) => sum + sizeOf(file), 0);
      if (atFirst > MOST_AT_FIRST || inAll > MOST_IN_ALL) {
        const budgets = `${MOST_AT_FIRST} and ${MOST_IN_ALL}`;
        this.error(`the page is ${atFirst} bytes at first, ${inAll} in all; budgets: ${budgets}`);
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), budget()],
  // The server serves the built page from its own package, so that the wheel needs no Node.js.
  build: { outDir: "../src/ticktape/server/static", emptyOutDir: true, target: "es2022" },
  server: {
    proxy: {
      "/api": server,
      "/ws": { target: server, ws: true },
    },
  },
  test: { include: ["tests/**/*.test.{ts,tsx}"] },
});
