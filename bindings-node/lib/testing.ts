// The class `FakeWonde`, for your own tests: a small copy of Wonde and MyLogin, which uses only loopback.
// `core/src/testing/fake` is that copy.

import native = require("../native.js");
import { sync } from "./errors.js";
import { invalid, options as known, text, unmade, whole } from "./input.js";
import * as mylogin from "./mylogin.js";
import * as wonde from "./wonde.js";

/** The options for a fault: which page of which list fails, and how often. */
export interface FaultOptions {
  /** The list that fails. The default is `"students"`. */
  at?: string;
  /** The page that fails, counted from 1. With 0, every page fails. The default is 2. */
  page?: number;
  /** The number of times that the page fails. The default is 1. */
  times?: number;
}

/** The requests that the fake received, and its number of students. */
export interface FakeState {
  /** The path and query of each request, and whether it had an `Authorization` header. */
  readonly log: readonly (readonly [string, boolean])[];
  /** The number of students at the school. */
  readonly students: number;
}

/**
 * A small copy of Wonde and MyLogin, which listens until it is closed. It answers in pages, as Wonde does. `fault`
 * makes a page fail. The school and its students are invented.
 *
 * @example
 * const fake = FakeWonde.start({ students: 60 });
 * fake.fault("503", { page: 1, times: 1 }); // the client retries the page
 * fake.change("a term");
 * fake.signIn(3, "amy@oak.example"); // this student signs in at MyLogin
 * const [client, login] = [fake.client(), fake.mylogin({ redirectUri: "http://127.0.0.1/callback" })];
 * (await client.snapshot(FakeWonde.schoolId)).length === fake.control().students; // => true
 * [fake.domain.startsWith("127.0.0.1:"), FakeWonde.token, FakeWonde.clientId, FakeWonde.clientSecret]; // => [true, "fake-token-of-a-school", "fake-client", "fake-secret-of-the-client"]
 * fake.close();
 */
export class FakeWonde {
  /** The id of the fake's school. */
  static readonly schoolId = "A1329183376";
  /** The token that the fake accepts for the school. */
  static readonly token = "fake-token-of-a-school";
  /** The client id that the fake's MyLogin accepts. */
  static readonly clientId = "fake-client";
  /** The client secret that the fake's MyLogin accepts. */
  static readonly clientSecret = "fake-secret-of-the-client";
  /** The fake's address, such as `127.0.0.1:40123`. Use it as the client's `domain`. */
  readonly domain: string;
  readonly #native: native.FakeWonde;

  private constructor(made: native.FakeWonde) {
    if (!(made instanceof native.FakeWonde)) throw unmade("FakeWonde", "FakeWonde.start()");
    this.#native = made;
    this.domain = made.domain();
  }

  /** Starts a fake of one primary school. `students` is the number of students in years 1 to 6; the default is 450. */
  static start(options?: { students?: number }): FakeWonde {
    const { students = 450 } = known("start", options, ["students"]);
    return new FakeWonde(sync(() => native.FakeWonde.start(whole("students", students))));
  }

  /**
   * Returns a Wonde client for the fake. The client does not wait between retries. `options` are the options of
   * `wonde.Client`.
   */
  client(options: Omit<wonde.ClientOptions, "token" | "domain"> = {}): wonde.Client {
    return new wonde.Client({ wait: async () => {}, timeout: 5000, ...options, token: FakeWonde.token, domain: this.domain });
  }

  /**
   * Returns a MyLogin client for the fake. The redirect URI must be on this machine. `options` are the options of
   * `mylogin.Client`.
   */
  mylogin(options: Omit<mylogin.ClientOptions, "clientId" | "clientSecret" | "domain">): mylogin.Client {
    const { clientId, clientSecret } = FakeWonde;
    return new mylogin.Client({ ...options, clientId, clientSecret, domain: this.domain });
  }

  /**
   * Makes a page of a list fail: with a status such as `"503"`, or with `"drop"`, `"stall"`, `"cut"`, `"huge"`,
   * `"429-after"`, `"429-later"`, `"shape"`, `"no-ids"`, `"no-next"`, `"elsewhere"`, `"downgrade"`, `"for-ever"`,
   * `"same-again"` or `"empty"`. For students, `"remove"`, `"insert"` and `"swap"` change the list while it is read.
   */
  fault(kind: string, options?: FaultOptions): void {
    const { at = "students", page = 2, times = 1 } = known("fault", options, ["at", "page", "times"]);
    this.control({ fault: { list: text("at", at), page: whole("page", page), kind: text("kind", kind), times: whole("times", times) } });
  }

  /**
   * Changes the school: `"a term"` (ten students leave, ten join, and a class is renamed), `"break a record"`, `"mend a
   * record"`, `"lose everybody"` or `"hide everything"`.
   */
  change(what: string): void {
    this.control({ change: text("what", what) });
  }

  /** Sets the number of the student who signs in at MyLogin, and the student's email address. */
  signIn(number: number, email?: string): void {
    this.control({ user: whole("number", number), email: email === undefined ? null : text("email", email) });
  }

  /**
   * Sends any other command to the fake, such as `{ set: { hidden: ["ethnicity"] } }`, `{ set: { offline: true } }`, `{
   * set: { pupil: { 0: { forename: "Zoë" } } } }` or `{ reset: 450 }`. Returns the requests so far and the number of
   * students.
   */
  control(wanted: Readonly<Record<string, unknown>> = {}): FakeState {
    const answer = this.#native.control(JSON.stringify(wanted));
    if (answer === null) throw invalid("this FakeWonde is closed");
    return JSON.parse(answer) as FakeState;
  }

  /** Stops listening. Calling it twice has no effect. */
  close(): void {
    this.#native.close();
  }
}
