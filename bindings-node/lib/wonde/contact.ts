// The type `Contact`: a person at a school who is informed about a request for access. Checks its fields.

import { options as known, text } from "../input.js";

/** A person at the school who is informed about a request for access. */
export interface Contact {
  /** The first name. */
  firstName?: string;
  /** The last name. */
  lastName?: string;
  /** The phone number. */
  phoneNumber?: string;
  /** The email address. */
  emailAddress?: string;
  /** Notes for Wonde. */
  notes?: string;
}

const PERSON = ["firstName", "lastName", "phoneNumber", "emailAddress", "notes"];

/** @internal Checks the fields of a contact, and returns them. */
export function person(contact: Contact, name: string): Contact {
  const given = known<Contact>(name, contact, PERSON);
  for (const [field, value] of Object.entries(given)) text(`${name}.${field}`, value);
  return given as Contact;
}
