import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const SERVER = process.env.MODELMETRY_BASE_URL ?? "http://127.0.0.1:8420";
const OPERATIONS =
  "^/(signals|clients|traces|sessions|spans|findings|executions|metrics|telemetry|names|totals|health|info|login)(/|\\?|$)";

export default defineConfig({
  // Relative, because the server puts the version of the build into the path of all assets.
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../modelmetry/server/ui",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"], // the first ones with light-dark()
    assetsInlineLimit: 0, // the policy allows no data: URL for scripts and styles
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: "assets/licenses.txt" }, // what the licences of MIT libraries ask for
    rolldownOptions: {
      output: {
        // Stable names: the built files are committed, and a change of one is a change of that one.
        entryFileNames: "assets/page.js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
  server: { proxy: { [OPERATIONS]: SERVER } },
  // Properties are tried hundreds of times, also on machines that are busy with other sessions.
  test: { include: ["src/**/*.test.ts"], setupFiles: ["vitest.setup.ts"], testTimeout: 60_000 },
});
