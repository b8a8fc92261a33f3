//! The fields of the JSON that Wonde sends, by their names. We read them tolerantly (`loose.rs`), because MIS differ.
//! But a page must be a list.

use serde::de::{IgnoredAny, MapAccess};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::call::JobError;
use super::loose::{Date, Include, LooseList, LooseText, Many, Object};

/// Reads an answer. The JSON library's error text is dropped, because it may quote the answer.
pub(super) fn read<'b, T: Deserialize<'b>>(body: &'b [u8], wrong: impl FnOnce() -> JobError) -> Result<T, JobError> {
    // Check UTF-8 once for the whole answer, instead of for each string.
    let text = std::str::from_utf8(body).map_err(|_| JobError::NotJson)?;
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => wrong(),
        _ => JobError::NotJson,
    })
}

macro_rules! objects {
    ($($(#[$about:meta])* $name:ident { $($key:literal $field:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Default, Serialize)]
        pub(super) struct $name {
            $(#[serde(rename = $key)] pub(super) $field: $type,)*
        }

        impl Object for $name {
            fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
                match key {
                    $($key => self.$field = map.next_value()?,)*
                    _ => drop(map.next_value::<IgnoredAny>()?),
                }
                Ok(())
            }
        }
    )*};
}

objects! {
    Meta { "pagination" pagination: Include<Pagination>, }
    Pagination {
        "next" next: LooseText,
        "more" more: LooseText,
    }
    /// The fields of a student that accounts need. Dates of birth, addresses and photos are not read.
    Student {
        "id" id: LooseText,
        "upi" upi: LooseText,
        "forename" forename: LooseText,
        "surname" surname: LooseText,
        "legal_forename" legal_forename: LooseText,
        "legal_surname" legal_surname: LooseText,
        "gender" gender: LooseText,
        "created_at" created_at: Date,
        "education_details" education: Include<Education>,
        "extended_details" extended: Include<Extended>,
        "contact_details" contact: Include<Contact>,
        "classes" classes: Many<Group>,
        "groups" groups: Many<Group>,
        "registration" registration: Include<Group>,
        "year" year: Include<Group>,
    }
    Education {
        "upn" upn: LooseText,
        "current_nc_year" current_nc_year: LooseText,
        "leaving_date" leaving_date: Date,
    }
    /// The extended details. Their field names differ between MIS, and have changed over time.
    Extended {
        "ethnicity" ethnicity: LooseText,
        "ethnicity_code" ethnicity_code: LooseText,
        "sen_status" sen_status: LooseText,
        "premium_pupil_indicator" premium_pupil_indicator: LooseText,
        "pupil_premium" pupil_premium: LooseText,
        "english_as_additional_language" eal: LooseText,
        "english_as_additional_language_status" eal_status: LooseText,
        "eal_status" other_eal_status: LooseText,
    }
    Contact { "emails" emails: Include<Emails>, }
    Emails {
        "email" email: LooseText,
        "primary" primary: LooseText,
        "work" work: LooseText,
        "home" home: LooseText,
    }
    /// A class, a group or a year.
    Group {
        "name" name: LooseText,
        "code" code: LooseText,
        "type" kind: LooseText,
        "main_class" main_class: LooseText,
    }
    /// A row in the list of deletions. There is one row for each deleted student, but no row for records that were
    /// deleted with a student.
    Deletion {
        "type" kind: LooseText,
        "id" id: LooseText,
        "restored_at" restored_at: Date,
    }
    Counts { "students" students: Include<Count>, }
    Count { "count" count: LooseText, }
    SchoolRow {
        "id" id: LooseText,
        "name" name: LooseText,
        "urn" urn: LooseText,
        "la_code" la_code: LooseText,
        "establishment_number" establishment_number: LooseText,
        "phase_of_education" phase: LooseText,
        "mis" mis: LooseText,
        "region" region: Include<Region>,
    }
    Region { "domain" domain: LooseText, }
    /// The state of Wonde's connection to a school.
    Status {
        "online" online: LooseText,
        "approved" approved: LooseText,
    }
    /// One permission of a school.
    Permission {
        "identity" identity: LooseText,
        "name" name: LooseText,
        "approved" approved: LooseText,
    }
    /// The time when a record was last changed.
    Changed { "updated_at" updated_at: Date, }
    WebhookBody {
        "payload_type" payload_type: LooseText,
        "school_id" school_id: LooseText,
        "school_name" school_name: LooseText,
        "school_token" school_token: LooseText,
        "revoke_reason" revoke_reason: LooseText,
        "decline_reason" decline_reason: LooseText,
        "completed_at" completed_at: Date,
    }
    /// The answer to a request for access, or to a request to end access.
    Outcome {
        "success" success: LooseText,
        "state" state: LooseText,
    }
}

/// A list in Wonde's answer, or one page of it.
#[derive(Deserialize)]
#[serde(bound = "T: Object")]
pub(super) struct Page<T> {
    pub(super) data: LooseList<T>,
    #[serde(default)]
    meta: Include<Meta>,
}

impl<T> Page<T> {
    /// Returns where the list continues. If everything fits on one page, the answer can be without pagination.
    pub(super) fn take_pagination(&mut self) -> Option<Pagination> {
        self.meta.0.take().and_then(|meta| meta.pagination.0)
    }
}
