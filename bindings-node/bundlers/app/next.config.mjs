import { fileURLToPath } from "node:url";

export default {
  // A package with a binary is not bundled: without this line the build fails.
  serverExternalPackages: ["onroll"],
  turbopack: { root: fileURLToPath(new URL("..", import.meta.url)) },
};
