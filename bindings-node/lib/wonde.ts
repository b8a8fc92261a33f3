// The list of everything that `onroll/wonde` exports. `wonde/` has the code.

export { WebhookError, WondeError } from "./errors.js";
export type { Request, Response, Send } from "./exchange.js";
export type { AccessState, OtherLists, Task } from "./wonde/access.js";
export { Access } from "./wonde/access.js";
export type { AccessCheck, FieldCheck } from "./wonde/access-check.js";
export type { ClientOptions, Progress, SnapshotOptions } from "./wonde/client.js";
export { Client } from "./wonde/client.js";
export type { Contact } from "./wonde/contact.js";
export type { Include } from "./wonde/include.js";
export type { Lock } from "./wonde/lock.js";
export { Locks, exclusive } from "./wonde/lock.js";
export type { MappedField, RosterOptions } from "./wonde/roster-options.js";
export { Schedule } from "./wonde/schedule.js";
export type { School } from "./wonde/school.js";
export type { SnapshotWarning } from "./wonde/snapshot.js";
export { Snapshot } from "./wonde/snapshot.js";
export { Token } from "./wonde/token.js";
export { Webhook, sameSecret, webhook } from "./wonde/webhook.js";
