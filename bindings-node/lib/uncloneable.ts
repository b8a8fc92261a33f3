// What is in Rust cannot be cloned.

import * as threads from "node:worker_threads";

// Since Node 22.10.
const { markAsUncloneable } = threads as { markAsUncloneable?: (value: object) => void };

/**
 * @internal Makes `structuredClone` and `postMessage` refuse a value, where Node can: its clone would be an empty object. Its JSON can be
 * sent.
 */
export function uncloneable(value: object): void {
  markAsUncloneable?.(value);
}
