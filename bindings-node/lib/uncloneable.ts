// An object of Rust cannot be cloned.

type Mark = (value: object) => void;
let mark: Mark | undefined;

/** The function of Node, since 22.10. Loaded with the first value: the module takes a tenth of the time to load the package. */
function loaded(): Mark {
  const { markAsUncloneable } = require("node:worker_threads") as { markAsUncloneable?: Mark };
  return markAsUncloneable ?? (() => {});
}

/**
 * @internal Makes `structuredClone` and `postMessage` refuse a value, where Node can: its clone would be an empty object. Its JSON can be
 * sent.
 */
export function uncloneable(value: object): void {
  mark ??= loaded();
  mark(value);
}
