// The files that a person can save after the first check. `steps.ts` has their buttons, and `texts.ts` their names.

import { save } from "./dom.js";
import type { Session } from "./model.js";
import type { Saves } from "./steps.js";
import type { Texts } from "./texts.js";

/** The media type of a marked workbook. */
const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Makes and saves a file, and shows whether it was saved. If saving fails, the person's decisions stay. */
async function make(texts: Texts, say: (text: string) => void, name: string, made: () => Promise<Uint8Array | null>, type?: string): Promise<void> {
  say(texts.saving);
  try {
    const bytes = await made();
    if (bytes !== null) save(bytes, name, type);
    say(bytes === null ? "" : texts.saved(name));
  } catch {
    say(texts.notSaved);
  }
}

/** Returns the functions that save the files of a session. Each file is made when its function is called. */
export function savesOf(session: Session, texts: Texts, say: (text: string) => void): Saves {
  const { name } = session.file;
  return {
    corrected: () => void make(texts, say, texts.correctedName(name), () => session.corrected()),
    marked: () => void make(texts, say, texts.markedName(name), () => session.marked(), WORKBOOK),
    list: () => void make(texts, say, texts.problemsName(name), async () => session.report.csv()),
  };
}
