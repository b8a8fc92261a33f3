import { checkCsv } from "onroll";

/** Answers an upload with its report. */
export async function POST(request) {
  const form = await request.formData();
  const report = await checkCsv(form.get("file"), { signal: request.signal });
  return Response.json(report.toJSON({ values: true }));
}
