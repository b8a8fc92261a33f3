import { createAccounts, readCsv, templateCsv } from "onroll";

export default async function Page() {
  const row = "Zoë Lee,Zoë Lee,Year 5,5A,Female,No,WBRI,No,No\r\n";
  const accounts = await createAccounts(await readCsv(Buffer.from(templateCsv() + row)));
  return <p>{`accounts: ${accounts.length}`}</p>;
}
