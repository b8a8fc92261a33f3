// The type `PlanEntry`: an account or a student that a plan names without changing it.

/** An account or a student in a plan. `util.inspect` shows none of its data. */
export interface PlanEntry {
  /** The username. With SSO, it is an email address. */
  readonly username: string;
  /** The student's full name. */
  readonly fullName: string;
  /** The year group as the school writes it. */
  readonly yearGroup: string;
  /** The class as the school writes it. */
  readonly className: string;
  /** The student's id in the school's MIS or in Wonde, if known. */
  readonly sourceId?: string;
  /** The unique pupil number, if known. */
  readonly upn?: string;
}
