// The files that a person can save, from the first check on.

import { save } from "./dom.js";
import type { Session } from "./model.js";
import type { Saves } from "./steps.js";
import type { Texts } from "./texts.js";

/** The kind of file that a marked one is. */
const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Makes a file and saves it, and says what becomes of it. A person's decisions stay, even if that fails. */
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

/** The files of a session, each made when it is asked for. */
export function savesOf(session: Session, texts: Texts, say: (text: string) => void): Saves {
  const { name } = session.file;
  return {
    corrected: () => void make(texts, say, texts.correctedName(name), () => session.corrected()),
    marked: () => void make(texts, say, texts.markedName(name), () => session.marked(), WORKBOOK),
    list: () => void make(texts, say, texts.problemsName(name), async () => session.report.csv()),
  };
}
