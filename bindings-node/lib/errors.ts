// The errors of the package: one family, each with a `code`.

import { Report as NativeReport } from "../native.js";
import { OnrollError, coded, failed, told } from "./failure.js";
import type { Guard } from "./guard.js";
import { Report } from "./report.js";

export { OnrollError };

/** A roster was refused (`ERR_ROSTER_REJECTED`): the report says why. */
export class RosterError extends OnrollError {
  override readonly name = "RosterError";
  readonly #report: Report;

  constructor(message: string, code: string, report: Report) {
    super(message, code);
    this.#report = report;
  }

  /** What is wrong. Loggers, which copy what an error has of its own, do not see it. */
  get report(): Report {
    return this.#report;
  }
}

/** Accounts could not be made or changed; where a cell was refused, the report says why. */
export class AccountError extends OnrollError {
  override readonly name: string = "AccountError";
  readonly #report: Report | undefined;

  constructor(message: string, code: string, report?: Report) {
    super(message, code);
    this.#report = report;
  }

  /** What was wrong with a cell. */
  get report(): Report | undefined {
    return this.#report;
  }
}

/** There is no account of that username (`ERR_ACCOUNT_NOT_FOUND`). */
export class AccountNotFound extends AccountError {
  override readonly name = "AccountNotFound";
}

/** Passwords cannot be made so. */
export class PolicyError extends OnrollError {
  override readonly name = "PolicyError";
}

/** A guard refused a plan (`ERR_PLAN_REFUSED`). */
export class PlanRefused extends OnrollError {
  override readonly name = "PlanRefused";
  /** The guard, to be named in `overrideGuards` if the plan is right. */
  readonly guard: Guard;
  /** What it counted. */
  readonly numbers: Readonly<Record<string, number>>;

  constructor(message: string, code: string, guard: Guard, numbers: Record<string, number>) {
    super(message, code);
    this.guard = guard;
    this.numbers = numbers;
  }
}

/** A plan could not be read, or is not for these accounts. */
export class PlanError extends OnrollError {
  override readonly name = "PlanError";
}

/** There is no answer from Wonde, and no part of one (`ERR_WONDE`). */
export class WondeError extends OnrollError {
  override readonly name = "WondeError";
  /** Which error, in kebab-case: `unauthorised`, `rate-limited`, `next-elsewhere`, … */
  readonly reason: string;
  /** What was being read: `students`, `deletions`, … */
  readonly list: string | undefined;
  /** Which page of it, counted from 1. */
  readonly page: number | undefined;
  /** In how many seconds Wonde says that it may be asked again. */
  readonly retryAfter: number | undefined;

  constructor(message: string, code: string, told: { reason: string; list?: string; page?: number; retryAfter?: number }) {
    super(message, code);
    this.reason = told.reason;
    this.list = told.list;
    this.page = told.page;
    this.retryAfter = told.retryAfter;
  }
}

/** What was posted is no webhook of Wonde's (`ERR_WEBHOOK_…`). */
export class WebhookError extends OnrollError {
  override readonly name = "WebhookError";
}

/** MyLogin did not say who somebody is: nobody is signed in (`ERR_MYLOGIN`). */
export class MyLoginError extends OnrollError {
  override readonly name = "MyLoginError";
  /** Which error, in kebab-case: `unsolicited`, `state-mismatch`, `code-refused`, `unreachable`, … */
  readonly reason: string;

  constructor(message: string, code: string, reason: string) {
    super(message, code);
    this.reason = reason;
  }
}

/** What a provider says is nobody's identity (`ERR_IDENTITY_…`). */
export class IdentityError extends OnrollError {
  override readonly name = "IdentityError";
}

/** Why somebody may not open an account. */
export type RefusedReason =
  | "wrong-school"
  | "not-a-student"
  | "no-account"
  | "inactive"
  | "ambiguous"
  | "email-not-verified"
  | "email-shared"
  | "id-disagrees"
  | "not-recognised"
  | "too-soon"
  | "locked"
  | "school-paused";

/** Somebody may not open an account (`ERR_SIGN_IN_REFUSED`). The message names nobody, and can be shown. */
export class SignInRefused extends OnrollError {
  override readonly name = "SignInRefused";
  readonly reason: RefusedReason;
  /** In how many seconds it may be tried again, if waiting helps. */
  readonly retryAfter: number | undefined;

  constructor(message: string, code: string, reason: RefusedReason, retryAfter?: number) {
    super(message, code);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

/** The error of the package for one that crossed from Rust. */
export function translate(error: unknown, path?: string, signal?: AbortSignal): unknown {
  const found = told(error);
  const failure = failed(error, found, path, signal);
  if (found === undefined || failure !== undefined) return failure;
  const { message } = found;
  const code = coded(found);
  const report = found.report && Report.of(NativeReport.restore(JSON.stringify(found.report)));
  if (found.guard) return new PlanRefused(message, code, found.guard as Guard, found.numbers ?? {});
  if (found.code === "wonde") return new WondeError(message, code, { reason: "", ...found });
  if (found.code === "mylogin") return new MyLoginError(message, code, found.reason ?? "");
  if (found.code === "sign-in-refused") return new SignInRefused(message, code, found.reason as RefusedReason, found.retryAfter);
  if (found.code.startsWith("identity")) return new IdentityError(message, code);
  if (found.code.startsWith("webhook")) return new WebhookError(message, code);
  if (found.code === "roster-rejected" && report) return new RosterError(message, code, report);
  if (found.code === "account-not-found") return new AccountNotFound(message, code, report);
  if (found.code.startsWith("account")) return new AccountError(message, code, report);
  if (found.code.startsWith("password") || found.code.startsWith("policy")) return new PolicyError(message, code);
  if (found.code.startsWith("plan")) return new PlanError(message, code);
  return report ? new AccountError(message, code, report) : new OnrollError(message, code);
}

/** Runs what may throw an error of Rust's. */
export function sync<T>(run: () => T, path?: string): T {
  try {
    return run();
  } catch (error) {
    throw translate(error, path);
  }
}

/** Awaits what may fail with an error of Rust's. */
export async function promised<T>(run: () => Promise<unknown>, path?: string, signal?: AbortSignal): Promise<T> {
  try {
    return (await run()) as T;
  } catch (error) {
    throw translate(error, path, signal);
  }
}
