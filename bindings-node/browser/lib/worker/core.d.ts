// The types of the functions that `bindgen` makes from `browser/src/lib.rs`, and that a worker calls. Only the `mark`
// build has `mark`.

type Watch = ((done: number, of: number) => void) | undefined;

export default function start(from: { module_or_path: URL }): Promise<unknown>;
export function check(bytes: Uint8Array, choices: string, watch: Watch): object;
export function read(bytes: Uint8Array, choices: string, watch: Watch): object;
export function fix(bytes: Uint8Array, choices: string, watch: Watch): object;
export function mark(bytes: Uint8Array, choices: string, watch: Watch): object;
export function sheet(bytes: Uint8Array, choices: string, watch: Watch): object;
export function detect(bytes: Uint8Array, choices: string, watch: Watch): object;
export function template(): string;
export function memory_bytes(): number;
