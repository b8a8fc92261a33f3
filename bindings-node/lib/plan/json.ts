// Plans as JSON.

/** A plan as JSON. The content is for `Plan.fromJSON`, and later versions may add to it. */
export type PlanJson = Readonly<Record<string, unknown>>;

/**
 * @internal Renames the changed fields in a plan's JSON with `named`. Each is the first of a list: `["className", "5A",
 * "5B"]`.
 */
export function fields(json: string, named: (name: string) => string): string {
  const field = /(\[\s*)"(full_?[nN]ame|year_?[gG]roup|class_?[nN]ame|pupil_?[pP]remium|source_?[iI]d|active_?[uU]ntil)"(?=\s*,)/g;
  return json.replace(field, (_, open: string, name: string) => `${open}"${named(name)}"`);
}
