// The types of the build `workbook` of the core, which are those in `core.d.ts`.

export * from "./core.js";
export { default } from "./core.js";
