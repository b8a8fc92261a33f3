// The types of the build `mark` of the core, which are those in `core.d.ts`.

export * from "./core.js";
export { default } from "./core.js";
