// The classes of the package's errors, each with a `code`, and how an error from Rust becomes one of them
// (`translate`). `codes.ts` lists the codes. The messages come from the core.

import { Report as NativeReport } from "../native.js";
import type {
  AccountCode,
  ChosenReason,
  IdentityErrorCode,
  MappingCode,
  MyLoginReason,
  PlanCode,
  PolicyCode,
  RefusedReason,
  WebhookCode,
  WondeReason,
} from "./codes.js";
import { type Doing, OnrollError, coded, failed, family, told } from "./failure.js";
import type { Guard } from "./guard.js";
import { invalid } from "./shared/argument.js";
import { camel } from "./shared/json.js";
import { Report } from "./report.js";
import type { FieldName } from "./shared/problem.js";

export { OnrollError };

/**
 * The roster was refused (`ERR_ROSTER_REJECTED`). The report lists the problems.
 *
 * @example
 * const error = await readCsv("uploaded.csv").catch((error) => error);
 * [error instanceof RosterError, error.code, error.report.ok]; // => [true, "ERR_ROSTER_REJECTED", false]
 */
export class RosterError extends OnrollError {
  override readonly name = "RosterError";
  /** The kind of error. */
  declare readonly code: "ERR_ROSTER_REJECTED";
  readonly #report: Report;

  constructor(message: string, code: "ERR_ROSTER_REJECTED", report: Report) {
    super(message, code);
    this.#report = report;
  }

  /** The report. It is a getter, so loggers that copy an error's own properties do not see it. */
  get report(): Report {
    return this.#report;
  }
}

/**
 * Accounts could not be created or changed. If a value was refused, the report says why.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * try {
 *   accounts.edit("Zoë Ahmed", { gender: "F" });
 * } catch (error) {
 *   [error instanceof AccountError, error.code, error.report.problems[0].column]; // => [true, "ERR_ACCOUNT_REJECTED", "Gender"]
 * }
 */
export class AccountError extends OnrollError {
  /** The name of the class. */
  override readonly name: string = "AccountError";
  /** The kind of error. */
  declare readonly code: AccountCode;
  readonly #report: Report | undefined;

  constructor(message: string, code: AccountCode, report?: Report) {
    super(message, code);
    this.#report = report;
  }

  /** The report, if values were wrong. */
  get report(): Report | undefined {
    return this.#report;
  }
}

/**
 * An account with this username was not found (`ERR_ACCOUNT_NOT_FOUND`).
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * try {
 *   accounts.resetPassword("Amy Lee");
 * } catch (error) {
 *   [error instanceof AccountNotFound, error.code]; // => [true, "ERR_ACCOUNT_NOT_FOUND"]
 * }
 */
export class AccountNotFound extends AccountError {
  override readonly name = "AccountNotFound";
  /** The kind of error. */
  declare readonly code: "ERR_ACCOUNT_NOT_FOUND";
}

/**
 * A password policy or a chosen password was refused.
 *
 * @example
 * try {
 *   PasswordPolicy.pin(3);
 * } catch (error) {
 *   [error instanceof PolicyError, error.code, error.reason]; // => [true, "ERR_POLICY_TOO_NARROW", undefined]
 * }
 */
export class PolicyError extends OnrollError {
  override readonly name = "PolicyError";
  /** The kind of error. */
  declare readonly code: PolicyCode;
  /** Why a chosen password was refused (`ERR_PASSWORD_NOT_ALLOWED`). The message is a sentence for the teacher. */
  readonly reason: ChosenReason | undefined;

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, code: PolicyCode, reason?: ChosenReason) {
    super(message, code);
    this.reason = reason;
  }
}

/**
 * A mapping cannot be used (`ERR_MAPPING_…`).
 *
 * @example
 * try {
 *   Mapping.fromJSON("a page of HTML");
 * } catch (error) {
 *   [error instanceof MappingError, error.code]; // => [true, "ERR_MAPPING_NOT_JSON"]
 * }
 */
export class MappingError extends OnrollError {
  override readonly name = "MappingError";
  /** The kind of error. */
  declare readonly code: MappingCode;

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, code: MappingCode) {
    super(message, code);
  }
}

/**
 * A guard refused a plan (`ERR_PLAN_REFUSED`).
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * const empty = await readCsv(Buffer.from(templateCsv()));
 * const refused = await plan(accounts, empty).catch((error) => error);
 * [refused instanceof PlanRefused, refused.guard, refused.numbers.active, refused.field, refused.year, refused.className]; // => [true, "empty-roster", 240, null, null, null]
 * refused.text.length > 0; // for the person who sent the file
 */
export class PlanRefused extends OnrollError {
  override readonly name = "PlanRefused";
  /** The kind of error. */
  declare readonly code: "ERR_PLAN_REFUSED";
  /** The guard that refused the plan. If the plan is right, name this guard in `overrideGuards`. */
  readonly guard: Guard;
  /** The numbers that explain the refusal, by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** A text for the person who sent the file: what looks wrong, and what to do. It names no student. */
  readonly text: string;
  /** If the guard is `too-many-changes`, the field that changes for too many students; otherwise `null`. */
  readonly field: FieldName | null;
  /**
   * The most frequent year group among the students that the guard counted, as the school writes it. If a whole class or
   * year group is missing, it is that year group, or `null` for a class that mixes years.
   */
  readonly year: string | null;
  /** If the guard is `too-many-leavers`, the class that is missing as a whole, as the school writes it. */
  readonly className: string | null;

  constructor(
    message: string,
    code: "ERR_PLAN_REFUSED",
    guard: Guard,
    numbers: Record<string, number>,
    about: { text?: string; field?: FieldName | undefined; year?: string; className?: string } = {},
  ) {
    super(message, code);
    this.guard = guard;
    this.numbers = numbers;
    this.text = about.text ?? "";
    this.field = about.field ?? null;
    this.year = about.year ?? null;
    this.className = about.className ?? null;
  }
}

/**
 * A plan could not be made, read, applied or reversed. Nothing was changed.
 *
 * @example
 * try {
 *   Plan.fromJSON("a page of HTML");
 * } catch (error) {
 *   [error instanceof PlanError, error.code, error.usernames]; // => [true, "ERR_PLAN_NOT_JSON", []]
 * }
 */
export class PlanError extends OnrollError {
  override readonly name = "PlanError";
  /** The kind of error. */
  declare readonly code: PlanCode;
  /**
   * The usernames whose changes depend on changes that `without` would leave out (`ERR_PLAN_PART_BREAKS`). For other
   * codes, the list is empty.
   */
  readonly usernames: readonly string[];

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, code: PlanCode, usernames: readonly string[] = []) {
    super(message, code);
    this.usernames = usernames;
  }
}

/**
 * Wonde did not answer completely (`ERR_WONDE`). onroll does not use partial answers.
 *
 * @example
 * const fake = FakeWonde.start({ students: 60 });
 * fake.fault("401", { page: 0, times: 9 });
 * const error = await fake.client().snapshot(FakeWonde.schoolId).catch((error) => error);
 * fake.close();
 * [error instanceof WondeError, error.code, error.reason, error.list, error.page, error.retryAfter]; // => [true, "ERR_WONDE", "unauthorised", "students", 1, undefined]
 */
export class WondeError extends OnrollError {
  override readonly name = "WondeError";
  /** The kind of error. */
  declare readonly code: "ERR_WONDE";
  /** The reason. */
  readonly reason: WondeReason;
  /** The list that was being read: `students`, `deletions`, … */
  readonly list: string | undefined;
  /** The page, counted from 1. */
  readonly page: number | undefined;
  /** The number of seconds after which Wonde accepts another request, if Wonde said so. */
  readonly retryAfter: number | undefined;

  constructor(message: string, code: "ERR_WONDE", told: { reason: WondeReason; list?: string; page?: number; retryAfter?: number }) {
    super(message, code);
    this.reason = told.reason;
    this.list = told.list;
    this.page = told.page;
    this.retryAfter = told.retryAfter;
  }
}

/**
 * The posted data is not a webhook from Wonde (`ERR_WEBHOOK_…`).
 *
 * @example
 * try {
 *   wonde.webhook("a page of HTML");
 * } catch (error) {
 *   [error instanceof WebhookError, error.code]; // => [true, "ERR_WEBHOOK_NOT_JSON"]
 * }
 */
export class WebhookError extends OnrollError {
  override readonly name = "WebhookError";
  /** The kind of error. */
  declare readonly code: WebhookCode;

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, code: WebhookCode) {
    super(message, code);
  }
}

/**
 * MyLogin did not identify the person (`ERR_MYLOGIN`). Do not sign the person in.
 *
 * @example
 * const client = new mylogin.Client({ clientId: "our-id", clientSecret: "our-secret", redirectUri: "https://app.example/callback" });
 * try {
 *   client.callback("error=access_denied&state=known", "known");
 * } catch (error) {
 *   [error instanceof MyLoginError, error.code, error.reason]; // => [true, "ERR_MYLOGIN", "denied"]
 * }
 */
export class MyLoginError extends OnrollError {
  override readonly name = "MyLoginError";
  /** The kind of error. */
  declare readonly code: "ERR_MYLOGIN";
  /** The reason. */
  readonly reason: MyLoginReason;

  constructor(message: string, code: "ERR_MYLOGIN", reason: MyLoginReason) {
    super(message, code);
    this.reason = reason;
  }
}

/**
 * The provider's answer is not an identity (`ERR_IDENTITY_…`).
 *
 * @example
 * try {
 *   Identity.fromJSON("a page of HTML");
 * } catch (error) {
 *   [error instanceof IdentityError, error.code]; // => [true, "ERR_IDENTITY_NOT_JSON"]
 * }
 */
export class IdentityError extends OnrollError {
  override readonly name = "IdentityError";
  /** The kind of error. */
  declare readonly code: IdentityErrorCode;

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, code: IdentityErrorCode) {
    super(message, code);
  }
}

/**
 * The person may not open an account (`ERR_SIGN_IN_REFUSED`). The message contains no names, so you can show it to the
 * person.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * try {
 *   new Attempts().signIn(accounts, "Zoë Ahmed", "????");
 * } catch (error) {
 *   [error instanceof SignInRefused, error.code, error.reason, error.retryAfter]; // => [true, "ERR_SIGN_IN_REFUSED", "not-recognised", undefined]
 * }
 */
export class SignInRefused extends OnrollError {
  override readonly name = "SignInRefused";
  /** The kind of error. */
  declare readonly code: "ERR_SIGN_IN_REFUSED";
  /** The reason. */
  readonly reason: RefusedReason;
  /** The number of seconds until the next try is allowed, if waiting helps. */
  readonly retryAfter: number | undefined;

  constructor(message: string, code: "ERR_SIGN_IN_REFUSED", reason: RefusedReason, retryAfter?: number) {
    super(message, code);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

family({
  RosterError,
  AccountError,
  AccountNotFound,
  PolicyError,
  MappingError,
  PlanRefused,
  PlanError,
  WondeError,
  WebhookError,
  MyLoginError,
  IdentityError,
  SignInRefused,
});

/** Returns the package's error for an error from Rust. */
export function translate(error: unknown, doing?: Doing): unknown {
  const found = told(error);
  const failure = failed(error, found, doing);
  if (found === undefined || failure !== undefined) return failure;
  const { code: kind, message } = found;
  const report = found.report && Report.of(NativeReport.restore(JSON.stringify(found.report)));
  if (found.guard) {
    const about = { ...found, field: found.field === undefined ? undefined : (camel(found.field) as FieldName) };
    return new PlanRefused(message, coded(found), found.guard as Guard, found.numbers ?? {}, about);
  }
  if (kind === "ethnicities") return invalid(message);
  if (kind === "wonde") return new WondeError(message, coded(found), { ...found, reason: found.reason as WondeReason });
  if (kind === "mylogin") return new MyLoginError(message, coded(found), found.reason as MyLoginReason);
  if (kind === "sign-in-refused") return new SignInRefused(message, coded(found), found.reason as RefusedReason, found.retryAfter);
  if (kind.startsWith("identity")) return new IdentityError(message, coded(found));
  if (kind.startsWith("webhook")) return new WebhookError(message, coded(found));
  if (kind === "roster-rejected" && report) return new RosterError(message, coded(found), report);
  if (kind === "account-not-found") return new AccountNotFound(message, coded(found), report);
  if (kind.startsWith("account")) return new AccountError(message, coded(found), report);
  if (kind.startsWith("password") || kind.startsWith("policy")) {
    return new PolicyError(message, coded(found), found.reason as ChosenReason | undefined);
  }
  if (kind.startsWith("mapping")) return new MappingError(message, coded(found));
  if (kind.startsWith("plan")) return new PlanError(message, coded(found), found.usernames);
  return new OnrollError(message, coded(found));
}

/** Runs a function, and translates an error from Rust. */
export function sync<T>(run: () => T, doing?: Doing): T {
  try {
    return run();
  } catch (error) {
    throw translate(error, doing);
  }
}

/** Awaits a function, and translates an error from Rust. */
export async function promised<T>(run: () => Promise<unknown>, doing?: Doing): Promise<T> {
  try {
    return (await run()) as T;
  } catch (error) {
    throw translate(error, doing);
  }
}
