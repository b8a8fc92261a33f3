// The list of everything that the package `onroll` exports. onroll turns a UK school's roster into working student
// accounts.

export type { Account } from "./accounts/account.js";
export type { AccountRow } from "./accounts/account-row.js";
export type { AccountsJson } from "./accounts/accounts.js";
export { Accounts } from "./accounts/accounts.js";
export type { Changes } from "./accounts/changes.js";
export { createAccounts, createAccountsSync } from "./accounts/create.js";
export type { CredentialsOptions, CredentialsRead } from "./accounts/credentials.js";
export type { PasswordOptions, ResetClassOptions } from "./accounts/passwords.js";
export type { CardLayout, CardLetters, CardText, CardsOptions, ClassListOptions, LettersOptions, PrintOptions } from "./accounts/printing.js";
export type {
  AccountCode,
  ChosenReason,
  ErrorCode,
  IdentityErrorCode,
  MappingCode,
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
  MappingError,
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
export type { ByteSink, Destination } from "./output.js";
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
export { Detected, Mapping } from "./mapping.js";
export type { PupilPremiumJson } from "./premium.js";
export { PupilPremium } from "./premium.js";
export type { Guard } from "./guard.js";
export type { Change, ChangedField, ChangedFields, Join, Leave, Move, Relink, Rename, Return, Update } from "./plan/change.js";
export type { Conflict, ConflictReason, NearPair } from "./plan/conflict.js";
export type { PlanEntry } from "./plan/entry.js";
export type { PlanJson } from "./plan/json.js";
export type { ApplyOptions, PlanAbortable, PlanOptions } from "./plan/options.js";
export { Plan, plan, planSync } from "./plan/plan.js";
export type { Statement, StatementValues } from "./plan/statement.js";
export type { LeftOut, WithoutOptions } from "./plan/without.js";
export { Report } from "./report.js";
export { checkCsv, checkCsvSync } from "./reader/check.js";
export type { DetectOptions } from "./reader/detect.js";
export { detect } from "./reader/detect.js";
export type { FixedCsv } from "./reader/fix.js";
export { fixCsv, fixCsvSync } from "./reader/fix.js";
export type { MarkedWorkbook } from "./reader/mark.js";
export { markCsv, markCsvSync } from "./reader/mark.js";
export type { CheckOptions, ReadOptions } from "./reader/options.js";
export { readCsv, readCsvSync } from "./reader/read.js";
export type { Held } from "./roster/held.js";
export type { RosterJson } from "./roster/roster.js";
export { Roster } from "./roster/roster.js";
export type { StudentRow } from "./roster/student-row.js";
export type {
  Certainty,
  ColumnParts,
  ColumnSource,
  ConstantSource,
  DetectedColumn,
  DetectedJson,
  DetectedValue,
  DetectedValues,
  IgnoredColumn,
  MappingColumns,
  MappingJson,
  MappingOptions,
  MappingValues,
  Question,
  QuestionKind,
  SameSource,
  SourcePart,
  Target,
} from "./shared/detection.js";
export type { Column, FieldName, Problem, ProblemCode, ProblemJson, ReportJson, ReportJsonOptions, ValueGroup } from "./shared/problem.js";
export type { Abortable, EthnicityEntry, Gender, Limits, SignIn, Student } from "./shared/reading.js";
export type { Columns } from "./shared/students.js";
export { DictionaryColumn, TextColumn } from "./shared/students.js";
export type { AttemptOptions, Link, MatchOptions, MatchedAccount } from "./sign-in.js";
export { Attempts, Identity, matchIdentity } from "./sign-in.js";
export type { Ethnicity, KeyOptions } from "./values.js";
export {
  ETHNICITIES,
  Password,
  PasswordPolicy,
  canonicalPassword,
  ethnicity,
  sameUsername,
  templateCsv,
  templateWorkbook,
  usernameKey,
} from "./values.js";

export * as mylogin from "./mylogin.js";
export * as wonde from "./wonde.js";

// `import *` would copy every name of the native module into each file that uses the module. The copies would slow the
// start of a program.
import native = require("../native.js");

/**
 * The version of the package.
 *
 * @example
 * version.split(".").length; // => 3
 */
export const version: string = native.version();
