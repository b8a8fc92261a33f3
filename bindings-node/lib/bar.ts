// The progress bar of the command.

/** After so many milliseconds a bar is worth showing. */
const PATIENCE = 300;

/** @internal Shows how far a reading is, on one line that is blank again at the end, if it takes longer than a moment. */
export function bar(write: (text: string) => unknown, now: () => number = Date.now): (done: number, of: number) => void {
  const begun = now();
  return (done, of) => {
    if (of === 0 || now() - begun < PATIENCE) return;
    const part = done / of;
    const end = part < 1 ? "\r" : `\r${" ".repeat(50)}\r`;
    const percent = `${Math.floor(100 * part)}%`.padStart(4);
    write(`[${"#".repeat(Math.floor(30 * part)).padEnd(30)}] ${percent}${end}`);
  };
}
