// Joins the compiled modules into a few files, because Node opens each file of a package on its own.
import { defineConfig } from "rolldown";

export default defineConfig({
  input: { index: "lib/index.ts", testing: "lib/testing.ts", cli: "lib/cli.ts" },
  platform: "node",
  external: [/native\.js$/],
  output: { dir: "dist", format: "cjs", entryFileNames: "[name].js", chunkFileNames: "[name].js", keepNames: true, codeSplitting: { groups: [{ name: "common", minShareCount: 2 }] } },
});
