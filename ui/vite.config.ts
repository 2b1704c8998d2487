import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.TICKTAPE_SERVER ?? "http://127.0.0.1:8080";
const MOST_BYTES = 250_000;

/** A page that grew past its budget does not build. */
function budget(): Plugin {
  return {
    name: "budget",
    generateBundle(_options, bundle) {
      const sizes = Object.values(bundle).map((file) =>
        file.type === "chunk" ? gzipSync(file.code).length : gzipSync(file.source).length,
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      if (total > MOST_BYTES) {
        this.error(`the page is ${total} bytes compressed; the budget is ${MOST_BYTES}`);
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
