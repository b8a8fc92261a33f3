// The list of the codes of all errors: `code`, and `reason` if a code has several reasons. They are the core's codes,
// in Node's form.

/** The reason why a request to another service failed. */
type Fault =
  | "unreachable"
  | "timed-out"
  | "too-large"
  | "not-sent"
  | "unauthorised"
  | "forbidden"
  | "not-found"
  | "invalid"
  | "rate-limited"
  | "redirected"
  | "server-error"
  | "unexpected-status"
  | "not-json";

type IdentityCode =
  | "identity-not-json"
  | "identity-wrong-shape"
  | "identity-name-twice"
  | "identity-missing"
  | "identity-unreadable"
  | "identity-audience"
  | "identity-expired"
  | "identity-in-future";

/** The reason why reading from Wonde failed. */
export type WondeReason =
  | Fault
  | "invalid-token"
  | "invalid-school"
  | "invalid-domain"
  | "invalid-search"
  | "invalid-include"
  | "busy"
  | "wrong-shape"
  | "next-missing"
  | "next-elsewhere"
  | "page-repeated"
  | "too-many"
  | "drifting"
  | "count-differs"
  | "no-students"
  | "ended"
  | "refused";

/** The reason why MyLogin did not identify a person. */
export type MyLoginReason =
  | Fault
  | IdentityCode
  | "invalid-client"
  | "invalid-redirect-uri"
  | "invalid-domain"
  | "invalid-state"
  | "invalid-organisation"
  | "invalid-verifier"
  | "invalid-code"
  | "callback-elsewhere"
  | "callback-invalid"
  | "denied"
  | "unsolicited"
  | "state-unknown"
  | "state-mismatch"
  | "no-code"
  | "code-refused"
  | "client-refused"
  | "wrong-shape"
  | "endpoint-elsewhere"
  | "ended";

/** The reason why a person may not open an account. */
export type RefusedReason =
  | "wrong-school"
  | "not-a-student"
  | "no-account"
  | "inactive"
  | "blocked"
  | "ambiguous"
  | "email-not-verified"
  | "email-shared"
  | "id-disagrees"
  | "not-recognised"
  | "too-soon"
  | "locked"
  | "school-paused";

/** The `code` of an AccountError. */
export type AccountCode =
  | "ERR_ACCOUNT_REJECTED"
  | "ERR_ACCOUNT_NOT_FOUND"
  | "ERR_ACCOUNTS_NOT_JSON"
  | "ERR_ACCOUNTS_VERSION"
  | "ERR_ACCOUNT_SAME_SCHOOL"
  | "ERR_ACCOUNT_OTHER_SIGN_IN"
  | "ERR_ACCOUNT_USERNAME_TAKEN"
  | "ERR_ACCOUNT_ID_TAKEN"
  | "ERR_ACCOUNT_SAME"
  | "ERR_ACCOUNT_TWO_STUDENTS";

/** The reason why a password that a person chose is refused. */
export type ChosenReason = "too-short" | "not-alphanumeric" | "one-kind" | "repeated" | "offensive" | "name" | "common";

/** The `code` of a PolicyError. */
export type PolicyCode =
  | "ERR_POLICY_TOO_NARROW"
  | "ERR_POLICY_TOO_LONG"
  | "ERR_POLICY_NOT_A_WORD"
  | "ERR_PASSWORD_NOT_ALLOWED"
  | "ERR_PASSWORD_BLANK"
  | "ERR_NOT_A_PASSWORD_HASH"
  | "ERR_PASSWORD_NOT_HASHED";

/** The `code` of a PlanError. */
export type PlanCode =
  | "ERR_PLAN_OTHER_ACCOUNTS"
  | "ERR_PLAN_EDITED"
  | "ERR_PLAN_NOT_JSON"
  | "ERR_PLAN_VERSION"
  | "ERR_PLAN_WITHOUT_PASSWORDS"
  | "ERR_PLAN_ALREADY_REVERSED"
  | "ERR_PLAN_CHANGED_SINCE"
  | "ERR_PLAN_PART_BREAKS"
  | "ERR_PLAN_NO_SUCH_CHANGE"
  | "ERR_PLAN_NEEDS_TODAY";

/** The `code` of a MappingError. */
export type MappingCode = "ERR_MAPPING_NOT_JSON" | "ERR_MAPPING_VERSION" | "ERR_MAPPING_VALUE" | "ERR_MAPPING_NO_COLUMN";

/** The `code` of an IdentityError. */
export type IdentityErrorCode = `ERR_${Upper<IdentityCode>}`;

/** The `code` of a WebhookError. */
export type WebhookCode =
  | "ERR_WEBHOOK_NOT_JSON"
  | "ERR_WEBHOOK_WRONG_SHAPE"
  | "ERR_WEBHOOK_TOO_LARGE"
  | "ERR_WEBHOOK_UNKNOWN_TYPE"
  | "ERR_WEBHOOK_NO_SCHOOL"
  | "ERR_WEBHOOK_INVALID_TOKEN";

/** The `code` of any OnrollError. */
export type ErrorCode =
  | AccountCode
  | PolicyCode
  | PlanCode
  | MappingCode
  | IdentityErrorCode
  | WebhookCode
  | "ERR_ROSTER_REJECTED"
  | "ERR_ROSTER_NOT_JSON"
  | "ERR_ROSTER_VERSION"
  | "ERR_PLAN_REFUSED"
  | "ERR_SIGN_IN_REFUSED"
  | "ERR_WONDE"
  | "ERR_MYLOGIN"
  | "ERR_NOT_CREDENTIALS"
  | "ERR_SIGN_IN_URL"
  | "ERR_SIGN_IN_URL_TOO_LONG"
  | "ERR_CLASS_NOT_FOUND"
  | "ERR_LETTER_PLACEHOLDER"
  | "ERR_NOT_A_REGULAR_FILE"
  | "ERR_NO_ENTROPY"
  | "ERR_SCHEDULE_TIME"
  | "ERR_SCHEDULE_WEEKDAY"
  | "ERR_SCHEDULE_SPREAD"
  | "ERR_PROTOCOL"
  | "ERR_PANIC";

type Upper<T extends string> = T extends `${infer Head}-${infer Rest}` ? `${Uppercase<Head>}_${Upper<Rest>}` : Uppercase<T>;
