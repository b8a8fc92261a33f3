// The errors of the package: one family, each with a `code`.

import { Report as NativeReport } from "../native.js";
import type {
  AccountCode,
  IdentityErrorCode,
  MyLoginReason,
  PlanCode,
  PolicyCode,
  RefusedReason,
  WebhookCode,
  WondeReason,
} from "./codes.js";
import { type Doing, OnrollError, coded, failed, family, told } from "./failure.js";
import type { Guard } from "./guard.js";
import { Report } from "./report.js";

export { OnrollError };

/** A roster was refused (`ERR_ROSTER_REJECTED`): the report says why. */
export class RosterError extends OnrollError {
  override readonly name = "RosterError";
  /** Which error it is. */
  declare readonly code: "ERR_ROSTER_REJECTED";
  readonly #report: Report;

  constructor(message: string, code: "ERR_ROSTER_REJECTED", report: Report) {
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
  /** The name of the class. */
  override readonly name: string = "AccountError";
  /** Which error it is. */
  declare readonly code: AccountCode;
  readonly #report: Report | undefined;

  constructor(message: string, code: AccountCode, report?: Report) {
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
  /** Which error it is. */
  declare readonly code: "ERR_ACCOUNT_NOT_FOUND";
}

/** Passwords cannot be made so. */
export class PolicyError extends OnrollError {
  override readonly name = "PolicyError";
  /** Which error it is. */
  declare readonly code: PolicyCode;

  /** Errors are made by onroll; make one in a test of your own handlers. */
  constructor(message: string, code: PolicyCode) {
    super(message, code);
  }
}

/** A guard refused a plan (`ERR_PLAN_REFUSED`). */
export class PlanRefused extends OnrollError {
  override readonly name = "PlanRefused";
  /** Which error it is. */
  declare readonly code: "ERR_PLAN_REFUSED";
  /** The guard, to be named in `overrideGuards` if the plan is right. */
  readonly guard: Guard;
  /** What it counted. */
  readonly numbers: Readonly<Record<string, number>>;

  constructor(message: string, code: "ERR_PLAN_REFUSED", guard: Guard, numbers: Record<string, number>) {
    super(message, code);
    this.guard = guard;
    this.numbers = numbers;
  }
}

/** A plan could not be read, or is not for these accounts. */
export class PlanError extends OnrollError {
  override readonly name = "PlanError";
  /** Which error it is. */
  declare readonly code: PlanCode;

  /** Errors are made by onroll; make one in a test of your own handlers. */
  constructor(message: string, code: PlanCode) {
    super(message, code);
  }
}

/** There is no answer from Wonde, and no part of one (`ERR_WONDE`). */
export class WondeError extends OnrollError {
  override readonly name = "WondeError";
  /** Which error it is. */
  declare readonly code: "ERR_WONDE";
  /** Which error. */
  readonly reason: WondeReason;
  /** What was being read: `students`, `deletions`, … */
  readonly list: string | undefined;
  /** Which page of it, counted from 1. */
  readonly page: number | undefined;
  /** In how many seconds Wonde says that it may be asked again. */
  readonly retryAfter: number | undefined;

  constructor(message: string, code: "ERR_WONDE", told: { reason: WondeReason; list?: string; page?: number; retryAfter?: number }) {
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
  /** Which error it is. */
  declare readonly code: WebhookCode;

  /** Errors are made by onroll; make one in a test of your own handlers. */
  constructor(message: string, code: WebhookCode) {
    super(message, code);
  }
}

/** MyLogin did not say who somebody is: nobody is signed in (`ERR_MYLOGIN`). */
export class MyLoginError extends OnrollError {
  override readonly name = "MyLoginError";
  /** Which error it is. */
  declare readonly code: "ERR_MYLOGIN";
  /** Which error. */
  readonly reason: MyLoginReason;

  constructor(message: string, code: "ERR_MYLOGIN", reason: MyLoginReason) {
    super(message, code);
    this.reason = reason;
  }
}

/** What a provider says is nobody's identity (`ERR_IDENTITY_…`). */
export class IdentityError extends OnrollError {
  override readonly name = "IdentityError";
  /** Which error it is. */
  declare readonly code: IdentityErrorCode;

  /** Errors are made by onroll; make one in a test of your own handlers. */
  constructor(message: string, code: IdentityErrorCode) {
    super(message, code);
  }
}

/** Somebody may not open an account (`ERR_SIGN_IN_REFUSED`). The message names nobody, and can be shown. */
export class SignInRefused extends OnrollError {
  override readonly name = "SignInRefused";
  /** Which error it is. */
  declare readonly code: "ERR_SIGN_IN_REFUSED";
  /** Why. */
  readonly reason: RefusedReason;
  /** In how many seconds it may be tried again, if waiting helps. */
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
  PlanRefused,
  PlanError,
  WondeError,
  WebhookError,
  MyLoginError,
  IdentityError,
  SignInRefused,
});

/** The error of the package for one that crossed from Rust. */
export function translate(error: unknown, doing?: Doing): unknown {
  const found = told(error);
  const failure = failed(error, found, doing);
  if (found === undefined || failure !== undefined) return failure;
  const { code: kind, message } = found;
  const report = found.report && Report.of(NativeReport.restore(JSON.stringify(found.report)));
  if (found.guard) return new PlanRefused(message, coded(found), found.guard as Guard, found.numbers ?? {});
  if (kind === "wonde") return new WondeError(message, coded(found), { ...found, reason: found.reason as WondeReason });
  if (kind === "mylogin") return new MyLoginError(message, coded(found), found.reason as MyLoginReason);
  if (kind === "sign-in-refused") return new SignInRefused(message, coded(found), found.reason as RefusedReason, found.retryAfter);
  if (kind.startsWith("identity")) return new IdentityError(message, coded(found));
  if (kind.startsWith("webhook")) return new WebhookError(message, coded(found));
  if (kind === "roster-rejected" && report) return new RosterError(message, coded(found), report);
  if (kind === "account-not-found") return new AccountNotFound(message, coded(found), report);
  if (kind.startsWith("account")) return new AccountError(message, coded(found), report);
  if (kind.startsWith("password") || kind.startsWith("policy")) return new PolicyError(message, coded(found));
  if (kind.startsWith("plan")) return new PlanError(message, coded(found));
  return new OnrollError(message, coded(found));
}

/** Runs what may throw an error of Rust's. */
export function sync<T>(run: () => T, doing?: Doing): T {
  try {
    return run();
  } catch (error) {
    throw translate(error, doing);
  }
}

/** Awaits what may fail with an error of Rust's. */
export async function promised<T>(run: () => Promise<unknown>, doing?: Doing): Promise<T> {
  try {
    return (await run()) as T;
  } catch (error) {
    throw translate(error, doing);
  }
}
