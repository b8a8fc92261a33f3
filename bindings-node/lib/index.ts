// From a UK school's roster to working student accounts.

export type {
  Account,
  AccountRow,
  AccountsJson,
  CardsOptions,
  Changes,
  CredentialsOptions,
  CredentialsRead,
  PasswordOptions,
} from "./accounts.js";
export { Accounts, createAccounts, createAccountsSync } from "./accounts.js";
export type {
  AccountCode,
  ErrorCode,
  IdentityErrorCode,
  MyLoginReason,
  PlanCode,
  PolicyCode,
  RefusedReason,
  WebhookCode,
  WondeReason,
} from "./codes.js";
export {
  AccountError,
  AccountNotFound,
  IdentityError,
  MyLoginError,
  OnrollError,
  PlanError,
  PlanRefused,
  PolicyError,
  RosterError,
  SignInRefused,
  WebhookError,
  WondeError,
} from "./errors.js";
export type { ByteStream, Bytes, Source, SyncSource } from "./input.js";
export type { Destination } from "./output.js";
export { saveFile, saveFileSync } from "./output.js";
export type {
  DecisionOutcome,
  DifferentDecision,
  Person,
  PersonRef,
  RecordedDecision,
  RenameDecision,
  SameDecision,
} from "./decision.js";
export { Decision } from "./decision.js";
export type { Guard } from "./guard.js";
export type {
  ApplyOptions,
  Change,
  ChangedField,
  ChangedFields,
  Conflict,
  ConflictReason,
  Join,
  Leave,
  Move,
  NearPair,
  PlanAbortable,
  PlanEntry,
  PlanJson,
  PlanOptions,
  Relink,
  Rename,
  Return,
  Statement,
  StatementValues,
  Update,
} from "./plan.js";
export { Plan, plan, planSync } from "./plan.js";
export type { Column, Problem, ProblemCode, ProblemJson, ReportJson, ReportJsonOptions } from "./report.js";
export { Report } from "./report.js";
export type { Abortable, CheckOptions, Columns, FixedCsv, Held, Limits, ReadOptions, RosterJson, Student, StudentRow } from "./roster.js";
export { DictionaryColumn, Roster, TextColumn, checkCsv, checkCsvSync, fixCsv, fixCsvSync, readCsv, readCsvSync } from "./roster.js";
export type { AttemptOptions, Link, MatchOptions, MatchedAccount } from "./sign-in.js";
export { Attempts, Identity, matchIdentity } from "./sign-in.js";
export type { Ethnicity, Gender, KeyOptions, SignIn } from "./values.js";
export {
  ETHNICITIES,
  Password,
  PasswordPolicy,
  canonicalPassword,
  ethnicity,
  sameUsername,
  templateCsv,
  usernameKey,
} from "./values.js";

export * as mylogin from "./mylogin.js";
export * as wonde from "./wonde.js";

import * as native from "../native.js";

/** The version of the package. */
export const version: string = native.version();
