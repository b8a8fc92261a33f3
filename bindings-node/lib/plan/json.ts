// Renames the fields in the JSON of a plan between Node's names and the core's names.

/** A plan as JSON, which `Plan.fromJSON` reads. Later versions of onroll may add fields. */
export type PlanJson = Readonly<Record<string, unknown>>;

/**
 * @internal Renames the changed fields in a plan's JSON with `named`. Each field is the first element of an array:
 * `["className", "5A", "5B"]`.
 */
export function fields(json: string, named: (name: string) => string): string {
  const field = /(\[\s*)"(full_?[nN]ame|year_?[gG]roup|class_?[nN]ame|pupil_?[pP]remium|source_?[iI]d|active_?[uU]ntil)"(?=\s*,)/g;
  return json.replace(field, (_, open: string, name: string) => `${open}"${named(name)}"`);
}
