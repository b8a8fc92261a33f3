// The class `Detected` of the browser. Its properties, such as `questions`, are in `DetectedView`, in
// `shared/detection.ts` of the Node package.

import { Mapping } from "./mapping.js";
import { DetectedView } from "./shared/detection.js";

/** The result of `detect` for a file: the mapping, how certain each decision is, and the questions for a person. */
export class Detected extends DetectedView {
  readonly #text: string;
  #mapping: Mapping | undefined;

  /** @internal */
  constructor(json: string, text: string) {
    super(json);
    this.#text = text;
  }

  /** The mapping, which contains only certain decisions. Guesses are in `columns` and `questions`. */
  get mapping(): Mapping {
    return (this.#mapping ??= Mapping.fromJSON(this.toJSON().mapping));
  }

  /**
   * Returns the mapping as a text table that a person can check. It contains example values, which are personal data.
   */
  text(): string {
    return this.#text;
  }
}
