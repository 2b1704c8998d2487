import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.TICKTAPE_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  // The server serves the built page from its own package, so that the wheel needs no Node.js.
  build: { outDir: "../src/ticktape/server/static", emptyOutDir: true, target: "es2022" },
  server: {
    proxy: {
      "/api": server,
      "/ws": { target: server, ws: true },
    },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
