export * from "./core.js";
export { default } from "./core.js";
