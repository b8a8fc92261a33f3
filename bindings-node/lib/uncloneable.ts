// Makes Node refuse to clone objects that belong to Rust.

type Mark = (value: object) => void;
let mark: Mark | undefined;

/**
 * Returns Node's function that marks a value as uncloneable, which exists since Node 22.10. Loading
 * `node:worker_threads` takes a tenth of the package's load time, so this is done only when needed.
 */
function loaded(): Mark {
  const { markAsUncloneable } = require("node:worker_threads") as { markAsUncloneable?: Mark };
  return markAsUncloneable ?? (() => {});
}

/**
 * @internal Makes `structuredClone` and `postMessage` refuse a value, if Node can do so. A clone would be an empty
 * object. Send the value's JSON instead.
 */
export function uncloneable(value: object): void {
  mark ??= loaded();
  mark(value);
}
