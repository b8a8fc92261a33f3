// Makes Node refuse to clone objects that belong to Rust.

type Mark = (value: object) => void;
let mark: Mark | undefined;

/**
 * Returns the function with which Node, from version 22.10, marks a value as uncloneable. In earlier versions, returns
 * a function that does nothing. Loading `node:worker_threads` takes a tenth of the package's load time, so that module
 * is loaded only when needed.
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
