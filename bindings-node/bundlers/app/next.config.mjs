import { fileURLToPath } from "node:url";

export default {
  // A package with a binary cannot be bundled. Without this line, the build fails.
  serverExternalPackages: ["onroll"],
  turbopack: { root: fileURLToPath(new URL("..", import.meta.url)) },
};
